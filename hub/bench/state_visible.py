"""How soon all hubs of a home show what one of them knows: eight processes, one of which has a lamp."""

import asyncio
from typing import Final

import numpy as np

from hub.bench.measure import Measure, compare
from hub.bench.mesh_hub import Do
from hub.bench.mesh_hubs import HubProcesses

BENCH: Final = "mesh"
HUBS: Final = 8
CHANGES: Final = 100
TARGET_P50_MS: Final = 20.0
_BETWEEN_S: Final = 0.05


class _Sharing(HubProcesses):
    """Hub processes that share their homes."""

    module = "hub.bench.state_hub"


def measure() -> list[Measure]:
    """The figures; about twenty seconds."""
    ms = asyncio.run(seen_everywhere())
    p50, p99 = (float(np.percentile(ms, share)) for share in (50, 99))
    what = f"a state is shown by all of {HUBS} hub processes"
    return [
        compare(BENCH, f"{what}, p50", p50, "ms", target=TARGET_P50_MS, lower_is_better=True),
        compare(BENCH, f"{what}, p99", p99, "ms"),
    ]


async def seen_everywhere(hubs: int = HUBS, changes: int = CHANGES) -> list[float]:
    """Milliseconds from each change of the lamp until the last other hub shows it."""
    async with _Sharing(*(f"{number:064x}" for number in range(hubs))) as street:
        owner, *others = street.by_id.values()
        await asyncio.gather(*(other.wait_for("known") for other in others))
        found = []
        for number in range(changes):
            since = {other.hub: len(other.said) for other in others}
            made = await owner.do(Do("set", count=1 + number % 99), "set")
            shown = await asyncio.gather(*(other.wait_for("seen", since[other.hub]) for other in others))
            found.append((max(one.at for one in shown) - made.at) * 1000)
            await asyncio.sleep(_BETWEEN_S)
    return found
