"""Who answers, by real ears: three hubs of a home hear the same words at three levels, again and again.

Each hub has a mesh and an arbiter of its own; the ears of all are one sealed worker, which takes many streams at once,
so that several such homes are tried at the same time. Which hub is near changes each time. Times in which this machine
did not keep pace (a word came out of one hub's ears more than `OUT_OF_PACE_S` later than out of another's, after its
sound went in) are told and repeated: a hub that is a machine of its own has its cores to itself.

`hearth bench answered` does it 20 times, `python -m hub.bench.answered 1000 8` a thousand times, in eight homes.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import numpy as np

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
WAKES: Final = 20
HOMES: Final = 4
OUT_OF_PACE_S: Final = 0.04
_LEVELS: Final = (1.0, 0.4, 0.15)
_PRESENCE: Final = (0.9, 0.35, 0.35)
_PIECE: Final = 1280
_NOISE: Final = 10.0
_BEFORE, _AFTER, _QUIET_S = 8_000, 48_000, 0.5


class Timed:
    """A stream of the ears that notes how late each wake word comes out, in seconds after its sound went in."""

    def __init__(self, inner: EarStream, lags: list[float]) -> None:
        self._inner, self._lags, self._at = inner, lags, list[float]()

    async def feed(self, samples: Pcm) -> None:
        """More sound, a piece at a time."""
        self._at.append(asyncio.get_running_loop().time())
        await self._inner.feed(samples)

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._inner:
            if isinstance(event, WakeHeard):
                went_in = self._at[min(int(event.t * SAMPLE_RATE / _PIECE), len(self._at) - 1)]
                self._lags.append(asyncio.get_running_loop().time() - went_in)
            yield event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TimedEars:
    """The ears, with every stream timed."""

    def __init__(self, ears: Any, lags: list[float]) -> None:
        self._ears, self._lags, self.words = ears, lags, ears.words

    async def open_stream(self, stream: str, **options: Any) -> Any:
        """A stream of the ears."""
        return Timed(await self._ears.open_stream(stream, **options), self._lags)


class House:
    """Three hubs of one home."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.near = 0
        self.answers: Counter[int] = Counter()
        self.lags: list[float] = []
        self._random = np.random.default_rng(seed)
        self._streams: list[Any] = []

    async def open(self, ears: Ears, stack: AsyncExitStack) -> None:
        """Start the hubs, and have all see all."""
        home = BenchHome(f"home{self.number}")
        hubs = [f"{self.number * 16 + n:064x}" for n in range(3)]
        places = {hub: with_port("127.0.0.1:0") for hub in hubs}
        meshes = []
        for at, hub in enumerate(hubs):
            mesh = ZenohMesh(home.key(hub), places, lambda other: places.get(other, ""), Guard(), listen=places[hub])
            await mesh.start()
            stack.push_async_callback(mesh.close)
            arbiter = Arbiter(hub, lambda area: _PRESENCE[(int(area) - self.near) % 3], mesh)
            stack.callback(asyncio.create_task(arbiter.run()).cancel)
            timed: Any = TimedEars(ears, self.lags)
            heard = ArbitratedEars(timed, arbiter, Bus())
            stream = await heard.open_stream(f"{self.number}.{at}", area=str(at))
            stack.push_async_callback(stream.close)
            stack.callback(asyncio.create_task(self._count(at, stream)).cancel)
            self._streams.append(stream)
            meshes.append(mesh)
        async with asyncio.timeout(20):
            while any(len(mesh.alive()) < 2 for mesh in meshes):  # noqa: ASYNC110 -- three hubs, looked at from outside
                await asyncio.sleep(0.02)

    async def _count(self, at: int, stream: Any) -> None:
        async for event in stream:
            self.answers[at] += isinstance(event, WakeHeard)

    def sounds(self, said: Pcm) -> list[Pcm]:
        """What each hub's microphone makes of it."""
        found = []
        for at in range(3):
            padded = np.concatenate((np.zeros(_BEFORE), said * _LEVELS[(at - self.near) % 3], np.zeros(_AFTER)))
            found.append(np.clip(padded + self._random.normal(0, _NOISE, len(padded)), -32768, 32767).astype(np.int16))
        return found

    async def hear(self, sounds: list[Pcm], begin: int) -> None:
        """A piece of sound, at every hub."""
        for stream, sound in zip(self._streams, sounds, strict=True):
            await stream.feed(sound[begin : begin + _PIECE])

    def verdict(self) -> str:
        """What became of the wake word, and be ready for the next."""
        answers, self.answers = +self.answers, Counter()
        lags, near = tuple(self.lags), self.near
        self.lags.clear()
        self.near = int(self._random.integers(3))
        if lags and max(lags) - min(lags) > OUT_OF_PACE_S:
            return "out of pace"
        if not answers:
            return "nobody"
        if sum(answers.values()) > 1:
            return "twice"
        return "right" if near in answers else "another"


async def heard(wakes: int = WAKES, homes: int = HOMES, seed: int = 0) -> Counter[str]:
    """What became of at least so many wake words that were heard in pace, and of those that were not."""
    from rich.console import Console
    from rich.progress import Progress

    with AudioFile(bundled("config") / "demo" / "clips" / "01_light_on.flac") as file:
        said = np.concatenate([np.asarray(piece) for piece in file.read()])
    ears = build_ears(Settings(), ModelStore(), Bus())
    found: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        await ears.start()
        stack.push_async_callback(ears.stop)
        houses = [House(number, seed + number) for number in range(homes)]
        for house in houses:
            await house.open(ears, stack)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("wake words", total=wakes)
            for _ in range(3 * wakes // homes + 1):
                await _once(houses, said)
                found.update(house.verdict() for house in houses)
                progress.update(task, completed=_in_pace(found))
                if _in_pace(found) >= wakes:
                    break
    return found


async def _once(houses: list[House], said: Pcm) -> None:
    loop = asyncio.get_running_loop()
    sounds = [house.sounds(said) for house in houses]
    due = loop.time()
    for begin in range(0, len(sounds[0][0]), _PIECE):
        for house, of_house in zip(houses, sounds, strict=True):
            await house.hear(of_house, begin)
        due += _PIECE / SAMPLE_RATE
        await asyncio.sleep(max(0.0, due - loop.time()))
    await asyncio.sleep(_QUIET_S)


def _in_pace(found: Counter[str]) -> int:
    return found.total() - found["out of pace"]


def measure(wakes: int = WAKES, homes: int = HOMES) -> list[Measure]:
    """The figures; five seconds for every `homes` wake words."""
    found = asyncio.run(heard(wakes, homes))
    many = _in_pace(found)
    once = found["right"] + found["another"]
    return [
        compare(BENCH, f"wake words heard by three hubs and answered once, of {many}", once, "wakes", target=many),
        compare(BENCH, f"... by the hub that is near, of {many}", found["right"], "wakes", target=many),
        compare(BENCH, "... answered by two", found["twice"], "wakes"),
        compare(BENCH, "... answered by nobody", found["nobody"], "wakes"),
        compare(BENCH, "heard again, for this machine did not keep pace", found["out of pace"], "wakes"),
    ]


if __name__ == "__main__":
    for line in measure(*map(int, sys.argv[1:])):
        print(line)  # noqa: T201 -- a program for benchmarks
