"""/metrics: the hub's figures in the Prometheus text format, gathered when they are asked for."""

import time
from collections import Counter as CountOf
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from hub.core.bus import Bus
from hub.core.states import StateTable
from hub.web.api.rooms import Rooms
from hub.web.live import LiveFeed
from hub.web.ports import CameraFigures


class Metrics:
    """Counts requests, and reads the other figures where they are kept."""

    def __init__(self, bus: Bus, states: StateTable, live: LiveFeed, rooms: Callable[[], Rooms]) -> None:
        self._bus = bus
        self._states = states
        self._live = live
        self._rooms = rooms
        self._requests: CountOf[tuple[str, str, int]] = CountOf()
        self._began = time.monotonic()
        self._registry: Any = None

    def count(self, method: str, path: str, status: int) -> None:
        """One request was answered; `path` is the route's pattern, so that the series stay few."""
        self._requests[method, path, status] += 1

    async def answer(self, _request: web.Request) -> web.Response:
        """GET /metrics"""
        # Imported when first asked: nothing else needs it, and a start should not wait for it.
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        if self._registry is None:
            self._registry = CollectorRegistry()  # not the library's global one: two hubs can live in one process
            self._registry.register(self)
            ProcessCollector(registry=self._registry)
        text = generate_latest(self._registry)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    def collect(self) -> Iterable[Any]:
        """The figures now; called by the registry."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        requests = CounterMetricFamily("hearth_http_requests", "Requests answered", labels=["method", "path", "status"])
        for (method, path, status), count in sorted(self._requests.items()):
            requests.add_metric([method, path, str(status)], count)
        yield requests
        yield CounterMetricFamily("hearth_events_published", "Events on the bus", self._bus.published)
        yield CounterMetricFamily("hearth_live_events", "Events told to live clients", self._live.sent)
        yield CounterMetricFamily(
            "hearth_live_clients_dropped", "Live clients that did not read", self._live.dropped_clients
        )
        yield GaugeMetricFamily("hearth_live_clients", "Live clients", self._live.clients)
        yield GaugeMetricFamily("hearth_entities_known", "Entities with a state", len(self._states))
        yield GaugeMetricFamily("hearth_uptime_seconds", "Since the start", time.monotonic() - self._began)
        rooms = self._rooms()
        gauges = {} if rooms.gauges is None else rooms.gauges.gauges()
        for name, value in sorted(gauges.items()):
            yield GaugeMetricFamily(f"hearth_{name}", name.replace("_", " "), value)
        yield from _cameras(() if rooms.cameras is None else sorted(rooms.cameras(), key=lambda named: named[0]))


def _cameras(figures: Iterable[tuple[str, CameraFigures]]) -> Iterable[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    label = ["camera"]
    looked = CounterMetricFamily("hearth_camera_frames", "Frames looked at", labels=label)
    passed = CounterMetricFamily("hearth_camera_frames_passed_over", "Frames replaced by newer ones", labels=label)
    age = GaugeMetricFamily("hearth_camera_result_age_seconds", "Age of results, median of a second", labels=label)
    oldest = GaugeMetricFamily("hearth_camera_oldest_result_seconds", "Age of a second's oldest result", labels=label)
    for name, pace in figures:
        looked.add_metric([name], pace.frames)
        passed.add_metric([name], pace.passed_over)
        age.add_metric([name], pace.age_ms / 1000)
        oldest.add_metric([name], pace.slowest_ms / 1000)
    yield from (looked, passed, age, oldest)
