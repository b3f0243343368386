"""Who answers, by real ears: three hubs of a home hear the same words at three levels, again and again.

Each hub has a mesh and an arbiter of its own, and sealed ears of its own whose steps of 80 ms begin when they will, as
on machines of their own. Several such homes take turns, so that one's words are heard while it is quiet in the others:
ears serve all homes, a worker for the first hub of each, one for the second and one for the third. Which hub is near
changes by chance. Every word counts.

`hearth bench answered` does it 20 times, `hearth bench answered --times 1000` a thousand times, in four homes;
`python -m hub.bench.answered 1000 8` in eight.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import numpy as np
from msgspec import Struct

from hub.bench.measure import Measure, compare
from hub.bench.mesh_hubs import BenchHome
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.events import Event, WakeHeard
from hub.core.settings import Settings
from hub.guard.connect import Guard
from hub.inference.store import ModelStore
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.decode import AudioFile
from hub.perception.ears.build import build_ears
from hub.perception.ears.ears import Ears
from hub.satellites.arbitrated import ArbitratedEars
from hub.satellites.ports import EarStream
from hub.swarm.arbitration.arbiter import Arbiter
from hub.swarm.mesh import ZenohMesh
from hub.swarm.zenoh_config import with_port

BENCH: Final = "answered"
HOMES: Final = 4
HUBS: Final = 3
_LEVELS: Final = (1.0, 0.4, 0.15)
_PRESENCE: Final = (0.9, 0.35, 0.35)
_PIECE: Final = 1280
_NOISE: Final = 10.0
_BEFORE, _AFTER, _QUIET_S = 8_000, 24_000, 0.5


class Outcome(Struct, frozen=True):
    """What became of a wake word: `verdict` is right, another, twice or nobody. `ms` from the last hub's ears that said
    it before the answer to the answer, `spread_ms` from the first ears that said it to the last.
    """

    verdict: str
    ms: float | None = None
    spread_ms: float | None = None


class Timed:
    """A stream of the ears that notes when each wake word comes out."""

    def __init__(self, inner: EarStream, woken: list[float]) -> None:
        self._inner, self._woken = inner, woken

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._inner:
            if isinstance(event, WakeHeard):
                self._woken.append(asyncio.get_running_loop().time())
            yield event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TimedEars:
    """The ears, with every stream timed."""

    def __init__(self, ears: Any, woken: list[float]) -> None:
        self._ears, self._woken, self.words = ears, woken, ears.words

    async def open_stream(self, stream: str, **options: Any) -> Any:
        """A stream of the ears."""
        return Timed(await self._ears.open_stream(stream, **options), self._woken)


class House:
    """Three hubs of one home."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.near = 0
        self.answers: list[tuple[int, float]] = []
        self.woken: list[float] = []
        self._random = np.random.default_rng(seed)
        self._streams: list[Any] = []

    async def open(self, ears: Sequence[Ears], stack: AsyncExitStack) -> None:
        """Start the hubs, each with its own of `ears`, and have all see all."""
        home = BenchHome(f"home{self.number}")
        hubs = [f"{self.number * 16 + n:064x}" for n in range(HUBS)]
        places = {hub: with_port("127.0.0.1:0") for hub in hubs}
        meshes = []
        for at, hub in enumerate(hubs):
            mesh = ZenohMesh(home.key(hub), places, lambda other: places.get(other, ""), Guard(), listen=places[hub])
            await mesh.start()
            stack.push_async_callback(mesh.close)
            arbiter = Arbiter(hub, lambda area: _PRESENCE[(int(area) - self.near) % HUBS], mesh)
            stack.callback(asyncio.create_task(arbiter.run()).cancel)
            await self._listen(at, ArbitratedEars(_timed(ears[at], self.woken), arbiter, Bus()), stack)
            meshes.append(mesh)
        async with asyncio.timeout(20):
            while any(len(mesh.alive()) < HUBS - 1 for mesh in meshes):  # noqa: ASYNC110 -- looked at from outside
                await asyncio.sleep(0.02)

    async def _listen(self, at: int, ears: ArbitratedEars, stack: AsyncExitStack) -> None:
        stream = await ears.open_stream(f"{self.number}.{at}", area=str(at))
        stack.push_async_callback(stream.close)
        stack.callback(asyncio.create_task(self._count(at, stream)).cancel)
        # Ears work in steps; where those begin differs from hub to hub.
        await stream.feed(self._room(int(self._random.integers(_PIECE))))
        self._streams.append(stream)

    async def _count(self, at: int, stream: Any) -> None:
        async for event in stream:
            if isinstance(event, WakeHeard):
                self.answers.append((at, asyncio.get_running_loop().time()))

    def _room(self, samples: int) -> Pcm:
        return self._random.normal(0, _NOISE, samples).astype(np.int16)

    def _sounds(self, said: Pcm) -> list[Pcm]:
        """What each hub's microphone makes of it."""
        found = []
        for at in range(HUBS):
            padded = np.concatenate((np.zeros(_BEFORE), said * _LEVELS[(at - self.near) % HUBS], np.zeros(_AFTER)))
            found.append(np.clip(padded + self._random.normal(0, _NOISE, len(padded)), -32768, 32767).astype(np.int16))
        return found

    async def hear(self, said: Pcm) -> Outcome:
        """Hear it in real time; what became of it."""
        loop, sounds = asyncio.get_running_loop(), self._sounds(said)
        self.answers.clear()
        self.woken.clear()
        due = loop.time()
        for begin in range(0, len(sounds[0]), _PIECE):
            for stream, sound in zip(self._streams, sounds, strict=True):
                await stream.feed(sound[begin : begin + _PIECE])
            due += _PIECE / SAMPLE_RATE
            await asyncio.sleep(max(0.0, due - loop.time()))
        await asyncio.sleep(_QUIET_S)
        found = judged(self.near, self.answers, self.woken)
        self.near = int(self._random.integers(HUBS))
        return found


def _timed(ears: Ears, woken: list[float]) -> Any:
    return TimedEars(ears, woken)


def judged(near: int, answers: Sequence[tuple[int, float]], woken: Sequence[float]) -> Outcome:
    """What became of a wake word: `answers` are which hub answered and when, `woken` when ears said it."""
    spread = (max(woken) - min(woken)) * 1000 if woken else None
    if len(answers) != 1:
        return Outcome("twice" if answers else "nobody", spread_ms=spread)
    ((hub, at),) = answers
    before = [moment for moment in woken if moment <= at]
    after = (at - max(before)) * 1000 if before else None
    return Outcome("right" if hub == near else "another", after, spread)


async def heard(wakes: int, homes: int = HOMES, seed: int = 0) -> list[Outcome]:
    """What became of so many wake words."""
    from rich.console import Console
    from rich.progress import Progress

    with AudioFile(bundled("config") / "demo" / "clips" / "01_light_on.flac") as file:
        said = np.concatenate([np.asarray(piece) for piece in file.read()])
    found: list[Outcome] = []
    async with AsyncExitStack() as stack:
        ears = [build_ears(Settings(), ModelStore(), Bus()) for _ in range(HUBS)]
        for each in ears:
            await each.start()
            stack.push_async_callback(each.stop)
        houses = [House(number, seed + number) for number in range(homes)]
        for house in houses:
            await house.open(ears, stack)
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        task = progress.add_task("wake words", total=wakes)
        left = iter(range(wakes))
        turn_s = (_BEFORE + len(said) + _AFTER) / SAMPLE_RATE / homes

        def tell(outcome: Outcome) -> None:
            found.append(outcome)
            progress.advance(task)

        async with asyncio.TaskGroup() as tasks:
            for house in houses:
                tasks.create_task(_live(house, said, house.number * turn_s, left, tell))
    return found


async def _live(house: House, said: Pcm, wait_s: float, left: Any, tell: Callable[[Outcome], None]) -> None:
    """Let words be said in a house, from `wait_s` on, as long as there are any `left` for all houses."""
    await asyncio.sleep(wait_s)
    for _ in left:
        tell(await house.hear(said))


def measure(times: int, homes: int = HOMES) -> list[Measure]:
    """The figures of so many wake words; six seconds for every `homes` of them."""
    return figures(asyncio.run(heard(times, min(homes, times))))


def figures(found: Sequence[Outcome]) -> list[Measure]:
    """What to tell of what became of wake words."""
    many, of = len(found), Counter(one.verdict for one in found)
    measures = [
        compare(BENCH, f"answered exactly once, of {many}", of["right"] + of["another"], "wakes", target=many),
        compare(BENCH, f"... by the hub that is near, of {many}", of["right"], "wakes", target=many),
        compare(BENCH, "... by another hub alone", of["another"], "wakes"),
        compare(BENCH, "answered more than once", of["twice"], "wakes"),
        compare(BENCH, "answered by nobody", of["nobody"], "wakes"),
    ]
    timed = {
        "answer after the last ears that woke before it": [one.ms for one in found if one.ms is not None],
        "the last ears that woke after the first": [one.spread_ms for one in found if one.spread_ms is not None],
    }
    for what, ms in timed.items():
        for share in (50, 99) if ms else ():
            measures.append(compare(BENCH, f"{what}, p{share}", float(np.percentile(ms, share)), "ms"))
    return measures


if __name__ == "__main__":
    for line in measure(*map(int, sys.argv[1:])):
        print(line)  # noqa: T201 -- a program for benchmarks
