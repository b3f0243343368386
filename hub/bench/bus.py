"""`hearth bench bus`: how many events a second reach ten subscribers.

The reference is Home Assistant 2026.11 on Python 3.14: 201,000 events/s to ten plain callbacks, 75,000 to coroutines,
18,000 to coroutines that suspend once. Where the `homeassistant` package is installed it runs beside us.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from hub.bench.home_assistant import HomeAssistantPeer, home_assistant
from hub.bench.measure import Measure, compare
from hub.core.bus import Bus
from hub.core.events import WorkerLost

SUBSCRIBERS = 10
REFERENCE = "Home Assistant 2026.11 (reference: 201,000, 75,000 and 18,000)"


async def _settle(counted: Callable[[], int], wanted: int) -> None:
    while counted() < wanted:  # noqa: ASYNC110 -- giving way is what is measured
        await asyncio.sleep(0)


async def _rate(subscribe: Callable[[Bus, Callable[[], None]], None], events: int) -> float:
    bus, seen = Bus(), 0

    def count() -> None:
        nonlocal seen
        seen += 1

    for _ in range(SUBSCRIBERS):
        subscribe(bus, count)
    await asyncio.sleep(0)
    began = time.perf_counter()
    for n in range(events):
        bus.publish(WorkerLost(worker="bench", lost="nothing"))
        if n % 200 == 199:  # as a hub would: handlers run between bursts, queues stay bounded
            await _settle(lambda: seen, (n + 1) * SUBSCRIBERS)
    await _settle(lambda: seen, events * SUBSCRIBERS)
    rate = events / (time.perf_counter() - began)
    await bus.close()
    return rate


def _plain(bus: Bus, count: Callable[[], None]) -> None:
    bus.subscribe(WorkerLost, lambda _event: count())


def _coroutine(bus: Bus, count: Callable[[], None]) -> None:
    async def handler(_event: WorkerLost) -> None:
        count()

    bus.handle(WorkerLost, handler)


def _suspending(bus: Bus, count: Callable[[], None]) -> None:
    async def handler(_event: WorkerLost) -> None:
        await asyncio.sleep(0)
        count()

    bus.handle(WorkerLost, handler)


_CASES: tuple[tuple[str, Callable[[Bus, Callable[[], None]], None], int, float], ...] = (
    ("events to 10 callbacks", _plain, 100_000, 201_000),
    ("events to 10 coroutines", _coroutine, 40_000, 3 * 75_000),
    ("events to 10 suspending coroutines", _suspending, 8_000, 2.5 * 18_000),
)


async def _measure() -> list[Measure]:
    measures: list[Measure] = []
    peer = await home_assistant()
    for name, subscribe, events, target in _CASES:
        ours = max([await _rate(subscribe, events) for _ in range(3)])
        theirs = await _peer_rate(peer, subscribe.__name__, events // 4) if peer else None
        label = peer.label if peer else REFERENCE
        measures.append(compare("bus", name, ours, "events/s", peer=theirs, peer_name=label, target=target))
    if peer:
        await peer.stop()
    return measures


async def _peer_rate(peer: HomeAssistantPeer, case: str, events: int) -> float:
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1

    async def coroutine(_event: object) -> None:
        count()

    async def suspending(_event: object) -> None:
        await asyncio.sleep(0)
        count()

    handlers: dict[str, Callable[..., Awaitable[None] | None]] = {
        "_plain": peer.callback(lambda _event: count()),
        "_coroutine": coroutine,
        "_suspending": suspending,
    }
    cancels = [peer.listen("bench", handlers[case]) for _ in range(SUBSCRIBERS)]
    began = time.perf_counter()
    for n in range(events):
        peer.fire("bench")
        if n % 200 == 199:
            await _settle(lambda: seen, (n + 1) * SUBSCRIBERS)
    await _settle(lambda: seen, events * SUBSCRIBERS)
    rate = events / (time.perf_counter() - began)
    for cancel in cancels:
        cancel()
    return rate


def measure() -> list[Measure]:
    """The three rates, in events a second; best of three runs each."""
    return asyncio.run(_measure())
