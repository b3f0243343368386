"""A hub that hears with real ears and answers what is its own, in a process: `python -m hub.bench.answered_hub`.

It reads a `mesh_hub.Start` as one line of JSON, then a `Word` a line, and prints `mesh_hub.Said` lines: `ready`,
`alive` and, for each word, `heard`: `count` is how often it answered, `at` when, and `seconds` when its ears woke.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct

from hub.bench.mesh_hub import Said, Start, say, started
from hub.bench.room import Room
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.events import Event, WakeHeard
from hub.core.settings import Settings
from hub.guard.connect import Guard
from hub.inference.store import ModelStore
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.decode import AudioFile
from hub.perception.ears.build import build_ears
from hub.satellites.arbitrated import ArbitratedEars
from hub.satellites.ports import EarStream
from hub.swarm.arbitration.arbiter import Arbiter
from hub.swarm.mesh import ZenohMesh

_PIECE: Final = 1280
_NOISE: Final = 10.0
_ENDS_S: Final = 1.5
"""After the sentence, until whoever answers has done so."""


class Word(Struct):
    """The demo's first clip, said at second `at` of the machine's monotonic clock, heard at a level of 0 to 1 in a room
    in which somebody is with a belief of `presence`.
    """

    at: float
    level: float
    presence: float


class _Timed:
    """A stream of the ears that notes when each wake word comes out."""

    def __init__(self, inner: EarStream, woken: list[float]) -> None:
        self._inner, self._woken = inner, woken

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._inner:
            if isinstance(event, WakeHeard):
                self._woken.append(time.monotonic())
            yield event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _TimedEars:
    """The ears, with every stream timed."""

    def __init__(self, ears: Any, woken: list[float]) -> None:
        self._ears, self._woken, self.words = ears, woken, ears.words

    async def open_stream(self, stream: str, **options: Any) -> Any:
        return _Timed(await self._ears.open_stream(stream, **options), self._woken)


class Hub:
    """The hub of this process."""

    def __init__(self, start: Start) -> None:
        places, hub = start.places, start.key.hub
        self.mesh = ZenohMesh(start.key, places, lambda other: places.get(other, ""), Guard(), listen=places[hub])
        self.mesh.watch(lambda alive: say(Said("alive", time.monotonic(), tuple(sorted(alive)))))
        self._presence = 0.0
        self.arbiter = Arbiter(hub, lambda _area: self._presence, self.mesh)
        self._woken: list[float] = []
        self._answers: list[float] = []
        self._said = _clip()

    async def listen(self) -> None:
        """Start the ears, and count what is this hub's to answer until cancelled."""
        ears = build_ears(Settings(), ModelStore(), Bus())
        await ears.start()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ears.stop)
            timed: Any = _TimedEars(ears, self._woken)
            stream = await ArbitratedEars(timed, self.arbiter, Bus()).open_stream("microphone", area="room")
            self.room = Room(stream.feed, piece=_PIECE, noise=_NOISE)
            hearing = asyncio.create_task(self.room.run())
            stack.callback(hearing.cancel)
            say(Said("ready", time.monotonic()))
            async for event in stream:
                if isinstance(event, WakeHeard):
                    self._answers.append(time.monotonic())

    async def hear(self, word: Word) -> None:
        """Hear a word in real time, and say what became of it."""
        self._presence = word.presence
        self._woken.clear()
        self._answers.clear()
        self.room.speak((self._said * word.level).astype(np.int16), word.at)
        await asyncio.sleep(word.at + len(self._said) / SAMPLE_RATE + _ENDS_S - time.monotonic())
        answered = self._answers[0] if self._answers else 0.0
        say(Said("heard", answered, count=len(self._answers), seconds=tuple(self._woken)))


def _clip() -> Pcm:
    with AudioFile(bundled("config") / "demo" / "clips" / "01_light_on.flac") as file:
        return np.concatenate([np.asarray(piece) for piece in file.read()])


async def run() -> None:
    """Serve standard input until it ends."""
    start, lines = await started()
    hub = Hub(start)
    await hub.mesh.start()
    running = {asyncio.create_task(hub.arbiter.run()), asyncio.create_task(hub.listen())}
    while line := await lines.readline():
        task = asyncio.create_task(hub.hear(msgspec.json.decode(line, type=Word)))
        running.add(task)
        task.add_done_callback(running.discard)
    await cancelled(*running)
    await hub.mesh.close()


if __name__ == "__main__":
    asyncio.run(run())
