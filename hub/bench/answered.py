"""Who answers, by real ears: three hubs of a home hear the same words at three levels, again and again.

Each hub has a mesh and an arbiter of its own; the ears of all are one sealed worker, which takes many streams at once,
so that several such homes are tried at the same time. Which hub is near changes by chance. Times in which this machine
did not keep pace (a word came out of one hub's ears more than `OUT_OF_PACE_S` later than out of another's, after its
sound went in) are told, counted among all that were tried, and repeated: a hub that is a machine of its own has its
cores to itself. What the repeating leaves out is not chance: ears that are shared confirm the word of several streams
one after the other, so that hubs that notice it in different steps are apt to be out of pace.

`hearth bench answered` does it 20 times, `hearth bench answered --times 1000` a thousand times, in four homes;
`python -m hub.bench.answered 1000 8` in eight.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import numpy as np
from msgspec import Struct, field

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
OUT_OF_PACE_S: Final = 0.04
_LEVELS: Final = (1.0, 0.4, 0.15)
_PRESENCE: Final = (0.9, 0.35, 0.35)
_PIECE: Final = 1280
_NOISE: Final = 10.0
_BEFORE, _AFTER, _QUIET_S = 8_000, 48_000, 0.5


class Woken(Struct, frozen=True):
    """A wake word came out of a hub's ears at second `at`, `lag` seconds after its sound went in; noticed at second `t`
    of the stream.
    """

    at: float
    lag: float
    t: float


class Outcome(Struct, frozen=True):
    """What became of a wake word; `ms` from the last hub's ears that said it before the answer, to the answer.

    `apart`: the hubs' ears noticed it in different steps of 80 ms, so that one claims while another does not know yet.
    """

    verdict: str
    in_pace: bool
    apart: bool
    ms: float | None = None


class Found(Struct):
    """What became of wake words."""

    all: list[Outcome] = field(default_factory=list)

    def of(self, *, in_pace: bool) -> list[Outcome]:
        """Those heard in pace, or those that were not."""
        return [one for one in self.all if one.in_pace == in_pace]


class Timed:
    """A stream of the ears that notes when each wake word comes out, and how late."""

    def __init__(self, inner: EarStream, woken: list[Woken]) -> None:
        self._inner, self._woken, self._at = inner, woken, list[float]()

    async def feed(self, samples: Pcm) -> None:
        """More sound, a piece at a time."""
        self._at.append(asyncio.get_running_loop().time())
        await self._inner.feed(samples)

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._inner:
            if isinstance(event, WakeHeard):
                went_in = self._at[min(int(event.t * SAMPLE_RATE / _PIECE), len(self._at) - 1)]
                now = asyncio.get_running_loop().time()
                self._woken.append(Woken(now, now - went_in, event.t))
            yield event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class TimedEars:
    """The ears, with every stream timed."""

    def __init__(self, ears: Any, woken: list[Woken]) -> None:
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
        self.woken: list[Woken] = []
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
            timed: Any = TimedEars(ears, self.woken)
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
            if isinstance(event, WakeHeard):
                self.answers.append((at, asyncio.get_running_loop().time()))

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

    def outcome(self) -> Outcome:
        """What became of the wake word, and be ready for the next."""
        found = judged(self.near, self.answers, self.woken)
        self.answers.clear()
        self.woken.clear()
        self.near = int(self._random.integers(3))
        return found


def judged(near: int, answers: Sequence[tuple[int, float]], woken: Sequence[Woken]) -> Outcome:
    """What became of a wake word: `answers` are which hub answered and when."""
    lags = [one.lag for one in woken]
    in_pace = max(lags, default=0.0) - min(lags, default=0.0) <= OUT_OF_PACE_S
    apart = len({one.t for one in woken}) > 1
    if len(answers) != 1:
        return Outcome("twice" if answers else "nobody", in_pace, apart)
    ((hub, at),) = answers
    before = [one.at for one in woken if one.at <= at]
    after = (at - max(before)) * 1000 if before else None
    return Outcome("right" if hub == near else "another", in_pace, apart, after)


async def heard(wakes: int, homes: int = HOMES, seed: int = 0) -> Found:
    """What became of at least so many wake words that were heard in pace, and of those that were not.

    It gives up, with fewer, when it has tried three times as many.
    """
    from rich.console import Console
    from rich.progress import Progress

    with AudioFile(bundled("config") / "demo" / "clips" / "01_light_on.flac") as file:
        said = np.concatenate([np.asarray(piece) for piece in file.read()])
    ears = build_ears(Settings(), ModelStore(), Bus())
    found = Found()
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
                found.all += [house.outcome() for house in houses]
                in_pace = len(found.of(in_pace=True))
                progress.update(task, completed=in_pace)
                if in_pace >= wakes:
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


def measure(times: int, homes: int = HOMES) -> list[Measure]:
    """The figures of so many wake words; five seconds for every `homes` of them."""
    return figures(asyncio.run(heard(times, min(homes, times))), times)


def figures(found: Found, times: int) -> list[Measure]:
    """What to tell of what became of the `times` wake words that were asked for."""
    heard, again = found.of(in_pace=True), found.of(in_pace=False)
    many, of, tried = len(heard), Counter(one.verdict for one in heard), len(found.all)
    right, right_again = of["right"], sum(one.verdict == "right" for one in again)
    measures = [
        compare(BENCH, "wake words heard by three hubs in pace", many, "wakes", target=times),
        compare(BENCH, f"... answered exactly once, of {many}", right + of["another"], "wakes", target=many),
        compare(BENCH, f"... by the hub that is near, of {many}", right, "wakes", target=many),
        compare(BENCH, "... by another hub alone", of["another"], "wakes"),
        compare(BENCH, "... answered more than once", of["twice"], "wakes"),
        compare(BENCH, "... answered by nobody", of["nobody"], "wakes"),
        compare(BENCH, f"... noticed in different steps, of {many}", sum(one.apart for one in heard), "wakes"),
        compare(BENCH, "heard again, for this machine did not keep pace", len(again), "wakes"),
        compare(BENCH, f"... noticed in different steps, of these {len(again)}", sum(o.apart for o in again), "wakes"),
        compare(BENCH, f"answered once by the near hub, of all {tried} tried", right + right_again, "wakes"),
    ]
    ms = [one.ms for one in heard if one.ms is not None]
    for share in (50, 99) if ms else ():
        after = float(np.percentile(ms, share))
        measures.append(compare(BENCH, f"answer after the last ears that woke before it, p{share}", after, "ms"))
    return measures


if __name__ == "__main__":
    for line in measure(*map(int, sys.argv[1:])):
        print(line)  # noqa: T201 -- a program for benchmarks
