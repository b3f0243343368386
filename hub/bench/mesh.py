"""`hearth bench mesh`: eight hubs in eight processes on this machine, beside a WebSocket with the same certificates.

Messages of 1 KiB between two of the hubs while all eight are connected: a second, and round trips; then how long until
every other hub notices one that dies (SIGKILL: its connection closes) and one that hangs (SIGSTOP: Zenoh's lease ends).
Reference on a like machine, without relays and in native code on both ends: 411,000 messages/s against 45,000, round
trips 140 us p50, p99 0.2 ms against 3.8 ms.

The flood is sent without a pause, so that the mesh puts up to 128 messages together (`hub.swarm.parcels`), while
the WebSocket sends each by itself. Round trips are of lone messages: there nothing is put together.

What runs over the mesh is measured by modules of its own (`OVER_THE_MESH`), each with `measure() -> list[Measure]`.
"""

import asyncio
import importlib
import importlib.util
import signal
import statistics
import time
from collections.abc import Sequence
from typing import Final

from hub.bench.measure import Measure, compare
from hub.bench.mesh_hub import Do
from hub.bench.mesh_hubs import BenchHome, HubProcess, HubProcesses
from hub.bench.mesh_websocket import PEER, Figures
from hub.bench.mesh_websocket import measure as measure_websocket
from hub.swarm.zenoh_config import with_port

HUBS: Final = 8
SIZE: Final = 1024
TARGET_RATIO: Final = 2.0
"""Times the WebSocket's messages a second."""
TARGET_KILL_MS: Final = 100.0
TARGET_STOP_S: Final = 4.5
TARGET_CONTROL_MS: Final = 100.0
"""99th percentile of a round trip while the same two hubs are flooded."""
OVER_THE_MESH: Final = ("hub.bench.arbitration", "hub.bench.state_visible")
_COUNT: Final = 100_000
_PINGS: Final = 2_000
_ROUNDS: Final = 3


def measure() -> list[Measure]:
    """What the mesh carries, how fast it notices, and what runs over it."""
    measures = asyncio.run(_measure())
    for name in OVER_THE_MESH:
        if importlib.util.find_spec(name) is not None:
            measures += importlib.import_module(name).measure()
    return measures


async def _measure(hubs: int = HUBS, count: int = _COUNT, pings: int = _PINGS) -> list[Measure]:
    home = BenchHome()
    names = [f"{number:064x}" for number in range(hubs)]
    own, other = home.key("e" * 64), home.key("f" * 64)
    async with HubProcesses(*names, home=home) as street:
        one, two = street.by_id[names[0]], street.by_id[names[1]]
        rates, theirs = [], []
        for _ in range(_ROUNDS):  # in turn: whatever else the machine does, it does to both
            rates.append(await _rate(one, two, count))
            theirs.append(await measure_websocket(own, other, with_port("127.0.0.1:0"), SIZE, count // 2, pings // 2))
        trips = (await one.do(Do("ping", two.hub, pings, SIZE), "pinged")).seconds
        flooded = await _flooded(one, two, count * 3, pings)
        measures = [*_carried(rates, theirs, trips), _control(flooded)]
        measures += [
            await _noticed(street, names[-1], signal.SIGKILL),
            await _noticed(street, names[-2], signal.SIGSTOP),
        ]
    return measures


async def _rate(one: HubProcess, two: HubProcess, count: int) -> float:
    since = len(two.said)
    one.tell(Do("flood", two.hub, count, SIZE))
    heard = await two.wait_for("heard", since)
    return heard.count / (heard.at - heard.began)


async def _flooded(one: HubProcess, two: HubProcess, count: int, pings: int) -> Sequence[float]:
    one.tell(Do("flood", two.hub, count, SIZE, gently=True))
    return (await one.do(Do("ping", two.hub, pings, 64), "pinged")).seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _carried(rates: Sequence[float], theirs: Sequence[Figures], trips: Sequence[float]) -> list[Measure]:
    peer_trips = [second for figures in theirs for second in figures.seconds]
    measures = [
        compare(
            "mesh",
            "messages of 1 KiB a second between two hubs",
            statistics.median(rates),
            "1/s",
            peer=statistics.median(figures.rate for figures in theirs),
            peer_name=PEER,
            target_ratio=TARGET_RATIO,
        )
    ]
    for share in (0.5, 0.99):
        measures.append(
            compare(
                "mesh",
                f"round trip of 1 KiB, p{share * 100:.0f}",
                percentile(trips, share) * 1e6,
                "us",
                peer=percentile(peer_trips, share) * 1e6,
                peer_name=PEER,
                lower_is_better=True,
            )
        )
    return measures


def _control(seconds: Sequence[float]) -> Measure:
    return compare(
        "mesh",
        "round trip of urgent messages in a flood of others, p99",
        percentile(seconds, 0.99) * 1e3,
        "ms",
        target=TARGET_CONTROL_MS,
        lower_is_better=True,
    )


async def _noticed(street: HubProcesses, hub: str, number: signal.Signals) -> Measure:
    """Until the last of the others takes the hub for gone."""
    lost = street.by_id.pop(hub)
    alive = frozenset(street.by_id)
    since = {other: len(process.said) for other, process in street.by_id.items()}
    began = time.monotonic()
    lost.signal(number)
    told = [await process.wait_for("alive", since[other], alive - {other}) for other, process in street.by_id.items()]
    took = max(said.at for said in told) - began
    await lost.end()
    killed = number is signal.SIGKILL
    return compare(
        "mesh",
        f"until all {len(alive)} others notice a hub that {'dies' if killed else 'hangs'}",
        took * 1e3 if killed else took,
        "ms" if killed else "s",
        target=TARGET_KILL_MS if killed else TARGET_STOP_S,
        lower_is_better=True,
    )
