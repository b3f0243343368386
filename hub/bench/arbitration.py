"""Who answers a wake word: how soon that is decided among hub processes, and how often it is answered when messages
are lost.

`decisions` needs a mesh of real processes (`hub.bench.mesh_hubs`); `simulated` runs in a time of its own
(`hub.bench.simulated_wakes`). Nobody else publishes such figures: the targets are the project's own.
"""

import asyncio
import random
import time
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct, field

from hub.bench.arbitration_hub import Wake
from hub.bench.measure import Measure, compare
from hub.bench.mesh_hubs import HubProcess, HubProcesses
from hub.bench.simulated_wakes import Answered, simulate

BENCH: Final = "mesh"
HUBS: Final = 8
WAKES: Final = 60
SIMULATED: Final = 10_000
LOSS: Final = 0.1
TARGET_P50_MS: Final = 15.0
TARGET_P99_MS: Final = 100.0
_AHEAD_S: Final = 1.2
_LATEST_S: Final = 0.04
_SETTLE_S: Final = 3.0


class Decisions(Struct):
    """Of wake words among processes: milliseconds from the last hub's claim or decline to each hub's decision, and how
    many hubs answered each. A hub that cannot win is not waited for: what it says after a decision does not count.
    """

    ms: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    by_loudest: int = 0


class _Arbitrating(HubProcesses):
    """Hub processes that arbitrate."""

    module = "hub.bench.arbitration_hub"


def measure() -> list[Measure]:
    """All figures; about two minutes."""
    found = asyncio.run(decisions())
    once, lost = simulate(SIMULATED, loss=LOSS), simulate(SIMULATED, claims_lost=True)
    return [*decided(found), *simulated(once, lost)]


async def decisions(hubs: int = HUBS, wakes: int = WAKES, seed: int = 0) -> Decisions:
    """Let processes hear `wakes` sounds: at least two notice each, one after the other, others hear nothing."""
    chance = random.Random(seed)  # noqa: S311 -- which hubs hear what
    found = Decisions()
    async with _Arbitrating(*(f"{number:064x}" for number in range(hubs))) as street:
        await asyncio.sleep(_SETTLE_S)  # the clocks are compared, the rooms' noise is known
        for number in range(wakes):
            await _wake(list(street.by_id.values()), number, chance, found)
    return found


async def _wake(hubs: list[HubProcess], number: int, chance: random.Random, found: Decisions) -> None:
    at = time.monotonic() + _AHEAD_S
    noticing = chance.sample(hubs, chance.randint(2, len(hubs)))
    gains = {hub.hub: chance.uniform(0.05, 1.0) if hub in noticing else 0.0 for hub in hubs}
    answers = []
    for hub in hubs:
        after_s = chance.uniform(0, _LATEST_S) if hub in noticing else -1.0
        since, stdin = len(hub.said), hub.process.stdin
        assert stdin is not None
        stdin.write(msgspec.json.encode(Wake(number, gains[hub.hub], at, after_s)) + b"\n")
        answers.append(hub.wait_for("decided" if hub in noticing else "declined", since))
    said = await asyncio.gather(*answers)
    spoken = [moment for one in said for moment in one.seconds if moment]
    for one in said:
        before = [moment for moment in spoken if moment <= one.at]
        if one.what == "decided" and before:
            found.ms.append((one.at - max(before)) * 1000)
    won = [hub.hub for hub, one in zip(hubs, said, strict=True) if one.count]
    found.answers.append(len(won))
    found.by_loudest += won == [max(gains, key=lambda hub: gains[hub])]


def decided(found: Decisions) -> list[Measure]:
    """The figures of `decisions`."""
    p50, p99 = (float(np.percentile(found.ms, share)) for share in (50, 99))
    many, once = len(found.answers), sum(count == 1 for count in found.answers)
    after = "decision after the last hub's claim or decline"
    return [
        compare(BENCH, f"{after}, p50", p50, "ms", target=TARGET_P50_MS, lower_is_better=True),
        compare(BENCH, f"{after}, p99", p99, "ms", target=TARGET_P99_MS, lower_is_better=True),
        compare(BENCH, f"wake words answered by exactly one hub process, of {many}", once, "wakes", target=many),
        compare(BENCH, f"by the one that heard it loudest, of {many}", found.by_loudest, "wakes"),
    ]


def simulated(once: Answered, lost: Answered) -> list[Measure]:
    """The figures of wake words with `LOSS` of all messages lost, and of such whose claims are all lost."""
    share = f"{LOSS:.0%} of messages lost"
    label = f"simulated wakes answered exactly once, {share}, of {once.wakes}"
    extra = f"most extra answers to a wake whose claims are all lost, of {lost.wakes}"
    return [
        compare(BENCH, label, once.once, "wakes", target=once.wakes),
        compare(BENCH, f"{extra}", lost.most_extra, "answers", target=1, lower_is_better=True),
        compare(
            BENCH,
            "such extra answers later than 300 ms, or that both went on",
            lost.late_extra + lost.wakes - lost.standing,
            "answers",
            target=0,
            lower_is_better=True,
        ),
    ]
