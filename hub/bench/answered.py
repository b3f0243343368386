"""Who answers, by real ears: three hubs of a home hear the same words at three levels, again and again.

Each hub is a process with a mesh, an arbiter and sealed ears of its own (`hub.bench.answered_hub`). Which hub is near
changes by chance. Several homes take turns, so that one's words are heard while it is quiet in the others. Every word
counts.

`hearth bench answered` does it 20 times, `hearth bench answered --times 1000` a thousand times, in four homes;
`python -m hub.bench.answered 1000 8` in eight.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from hub.bench.answered_hub import Word
from hub.bench.measure import Measure, compare
from hub.bench.mesh_hub import Said
from hub.bench.mesh_hubs import HubProcesses

BENCH: Final = "answered"
HOMES: Final = 4
HUBS: Final = 3
_LEVELS: Final = (1.0, 0.4, 0.15)
_PRESENCE: Final = (0.9, 0.35, 0.35)
_AHEAD_S: Final = 0.5
_WORD_S: Final = 6.0


class Outcome(Struct, frozen=True):
    """What became of a wake word: `verdict` is right, another, twice or nobody. `ms` from the last hub's ears that said
    it before the answer to the answer, `spread_ms` from the first ears that said it to the last.
    """

    verdict: str
    ms: float | None = None
    spread_ms: float | None = None


class House(HubProcesses):
    """Three hub processes of one home."""

    module = "hub.bench.answered_hub"

    def __init__(self, number: int) -> None:
        super().__init__(*(f"{number * 16 + n:064x}" for n in range(HUBS)))
        self.number = number
        self._random = random.Random(number)  # noqa: S311 -- where somebody speaks

    async def hear(self) -> Outcome:
        """Have a word said near one of them; what became of it."""
        near, at = self._random.randrange(HUBS), time.monotonic() + _AHEAD_S
        told = []
        for n, hub in enumerate(self.by_id.values()):
            place, since, stdin = (n - near) % HUBS, len(hub.said), hub.process.stdin
            assert stdin is not None
            word = Word(at, _LEVELS[place], _PRESENCE[place])
            stdin.write(msgspec.json.encode(word) + b"\n")
            told.append(hub.wait_for("heard", since))
        return judged(near, await asyncio.gather(*told))


def judged(near: int, told: Sequence[Said]) -> Outcome:
    """What became of a wake word, by what each hub said."""
    woken = [moment for one in told for moment in one.seconds]
    spread = (max(woken) - min(woken)) * 1000 if woken else None
    if sum(one.count for one in told) != 1:
        return Outcome("twice" if any(one.count for one in told) else "nobody", spread_ms=spread)
    [answered] = [one for one in told if one.count]
    before = [moment for moment in woken if moment <= answered.at]
    after = (answered.at - max(before)) * 1000 if before else None
    return Outcome("right" if answered is told[near] else "another", after, spread)


async def heard(wakes: int, homes: int = HOMES) -> list[Outcome]:
    """What became of so many wake words."""
    from rich.console import Console
    from rich.progress import Progress

    found: list[Outcome] = []
    async with AsyncExitStack() as stack:
        houses = [House(number) for number in range(homes)]
        await asyncio.gather(*(stack.enter_async_context(house) for house in houses))
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        task = progress.add_task("wake words", total=wakes)
        left = iter(range(wakes))

        def tell(outcome: Outcome) -> None:
            found.append(outcome)
            progress.advance(task)

        async with asyncio.TaskGroup() as tasks:
            for house in houses:
                tasks.create_task(_live(house, house.number * _WORD_S / homes, left, tell))
    return found


async def _live(house: House, wait_s: float, left: Iterator[int], tell: Callable[[Outcome], None]) -> None:
    """Let words be said in a house, from `wait_s` on, as long as there are any `left` for all houses."""
    await asyncio.sleep(wait_s)
    for _ in left:
        tell(await house.hear())


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
