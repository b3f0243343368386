"""A hub that arbitrates wake words over the mesh, in a process of its own: `python -m hub.bench.arbitration_hub`.

It reads a `mesh_hub.Start` as one line of JSON, then a `Wake` a line, and prints `mesh_hub.Said` lines: `ready`,
`alive` and, for each wake word, `decided` (or `declined` when it did not notice): `seconds` are when it claimed,
declined or said that it hears the like, `at` when it knew who answers, `count` 1 when it does itself.
"""

import asyncio
import time
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from hub.bench.mesh_hub import Said, Start, say, started
from hub.bench.room import Room
from hub.core.events import WakeHeard
from hub.guard.connect import Guard
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.perception.ears.trail import Trail
from hub.swarm.arbitration import claims
from hub.swarm.arbitration.arbiter import Arbiter
from hub.swarm.mesh import ZenohMesh

STREAM: Final = "microphone"
WORD: Final = "hey_jarvis"
VOICE: Final = 12_800
"""Samples that a voice lasts."""
_LOOK_S: Final = 0.02
_DECLINED_S: Final = 0.3


class Wake(Struct, omit_defaults=True):
    """A sound (each `seed` another) that ends at second `at` of the machine's monotonic clock, so loud. It is noticed
    `after_s` later; less than 0: not at all.
    """

    seed: int
    gain: float
    at: float
    after_s: float = -1.0


def voice(seed: int, gain: float) -> Pcm:
    """Somebody speaks for 0.8 s: noise as loud as syllables are."""
    random = np.random.default_rng(seed)
    steps = np.repeat(random.choice((0.02, 0.1, 0.4, 1.0), VOICE // 800), 800)
    return np.clip(steps * random.standard_normal(VOICE) * 8000 * gain, -32768, 32767).astype(np.int16)


class _TimedMesh(ZenohMesh):
    """Notes when it first spoke of a claim since `spoke` was set to 0."""

    spoke = 0.0

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        """Tell all hubs, or one."""
        if topic == claims.TOPIC and not self.spoke:
            self.spoke = time.monotonic()
        await super().send(topic, body, to=to)


class _Hub:
    """The hub of this process."""

    def __init__(self, start: Start) -> None:
        places, hub = start.places, start.key.hub
        self.mesh = _TimedMesh(start.key, places, lambda other: places.get(other, ""), Guard(), listen=places[hub])
        self.mesh.watch(lambda alive: say(Said("alive", time.monotonic(), tuple(sorted(alive)))))
        self.arbiter = Arbiter(hub, lambda _area: 0.5, self.mesh)
        self._trail = Trail()
        self._noticing = 0
        self.room = Room(self._hear)
        self.arbiter.attend(STREAM, "", (WORD,), self._trail, self._judged, lambda _answer: None)

    async def _hear(self, samples: Pcm) -> None:
        self._trail.hear(samples)

    async def _judged(self, t: float) -> None:
        """As ears tell it: what is to be noticed of the sound up to second `t` has been."""
        while self._trail.seconds < t or self._noticing:  # noqa: ASYNC110 -- sound comes all the time
            await asyncio.sleep(_LOOK_S)

    async def hear(self, wake: Wake) -> None:
        """Hear one sound, and say what became of it."""
        self.room.speak(voice(wake.seed, wake.gain), wake.at - VOICE / SAMPLE_RATE)
        await asyncio.sleep(max(0.0, wake.at - time.monotonic()))
        self.mesh.spoke = 0.0
        if wake.after_s < 0:
            await asyncio.sleep(_DECLINED_S)
            say(Said("declined", self.mesh.spoke, seconds=(self.mesh.spoke,)))
            return
        self._noticing += 1
        await asyncio.sleep(max(0.0, wake.at + wake.after_s - time.monotonic()))
        self._noticing -= 1
        woke = WakeHeard(
            stream=STREAM, word=WORD, score=0.9, t=self._trail.seconds - max(0.0, time.monotonic() - wake.at)
        )
        before, self.mesh.spoke = self.mesh.spoke, 0.0
        won = await self.arbiter.mine(STREAM, woke)
        decided = time.monotonic()
        await asyncio.sleep(_DECLINED_S)
        self.arbiter.turn_ended(STREAM)
        say(Said("decided", decided, count=int(won), seconds=(before, self.mesh.spoke)))


async def run() -> None:
    """Serve standard input until it ends."""
    start, lines = await started()
    hub = _Hub(start)
    await hub.mesh.start()
    running = {asyncio.create_task(hub.arbiter.run()), asyncio.create_task(hub.room.run())}
    say(Said("ready", time.monotonic()))
    while line := await lines.readline():
        task = asyncio.create_task(hub.hear(msgspec.json.decode(line, type=Wake)))
        running.add(task)
        task.add_done_callback(running.discard)
    await hub.mesh.close()


if __name__ == "__main__":
    asyncio.run(run())
