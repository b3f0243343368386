"""The web server: up before the rest of the hub, answering for the rooms that are ready."""

import asyncio
import errno
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from hub import __version__
from hub.core.bus import Bus
from hub.core.errors import SettingsError
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.web import wire
from hub.web.api import Api
from hub.web.bodies import MOST_BYTES
from hub.web.connections import HEADER_TIMEOUT_S, MOST_CONNECTIONS, ConnectionGate
from hub.web.failures import Refused, response_of
from hub.web.learning import learning_routes
from hub.web.live import LiveFeed
from hub.web.metrics import Metrics
from hub.web.openapi import describe
from hub.web.page_files import FILES, PageFile
from hub.web.peers import peer_routes
from hub.web.perimeter import SECURITY_HEADERS, Perimeter, is_loopback
from hub.web.ports import Rooms
from hub.web.routes import Access, Route
from hub.web.wire import HealthResponse, encode

log = structlog.get_logger(__name__)
_ROUTE: Final = web.RequestKey("hearth_route", Route)


def _no_problems() -> Mapping[str, str]:
    return {}


class WebServer:
    """The API, the live socket and the page on one loopback address.

    `start()` it first, before the rooms are built: /healthz answers from then on. `open(rooms)` hands over the rooms
    as they become ready; what asks for one that is not gets 503. `problems` says what is wrong with the hub now, by
    the name of what has the problem (`Supervisor.failures` fits).
    """

    def __init__(
        self,
        settings: WebSettings,
        bus: Bus,
        states: StateTable,
        problems: Callable[[], Mapping[str, str]] = _no_problems,
        *,
        most_connections: int = MOST_CONNECTIONS,
        header_timeout_s: float = HEADER_TIMEOUT_S,
    ) -> None:
        self._settings = settings
        self._problems = problems
        self._most_connections = most_connections
        self._header_timeout_s = header_timeout_s
        self._began = time.monotonic()
        self._api = Api(states)
        self._live = LiveFeed(bus, self._api.snapshot)
        self._metrics = Metrics(bus, states, self._live, lambda: self._api.rooms)
        self._perimeter: Perimeter | None = None
        self._runner: web.AppRunner | None = None
        self._gate: ConnectionGate | None = None
        self._listener: asyncio.Server | None = None
        self._complete = False
        self.routes = self._table()
        self.port = settings.port
        """The port that it listens on; a free one is found when the settings say 0."""

    @property
    def url(self) -> str:
        """The address of the page."""
        host = "[::1]" if self._settings.host == "::1" else self._settings.host
        return f"http://{host}:{self.port}/"

    def open(self, rooms: Rooms, *, complete: bool = True) -> None:
        """Answer from these rooms from now on; `complete` when no more are coming."""
        self._api.rooms = rooms
        self._complete = complete

    def _table(self) -> tuple[Route, ...]:
        """Every route, declared once."""
        api, household, public = self._api, Access.HOUSEHOLD, Access.PUBLIC
        page = tuple(
            Route(method="GET", path=path, access=public, summary="The page.", handler=PageFile(name, kind).answer,
                  content=kind)
            for path, (name, kind) in FILES.items()
        )  # fmt: skip
        return (
            Route(method="GET", path="/healthz", access=public, summary="Is the hub up?", handler=self._health,
                  response=HealthResponse),
            Route(method="GET", path="/metrics", access=household, summary="Figures for Prometheus.",
                  handler=self._metrics.answer, content="text/plain"),
            Route(method="GET", path="/api/v1/openapi.json", access=public, summary="This description.",
                  handler=self._openapi),
            Route(method="GET", path="/api/v1/home", access=household, summary="The whole home as it stands.",
                  handler=api.home, response=wire.HomeResponse),
            Route(method="GET", path="/api/v1/entities", access=household, summary="Entities, all or some.",
                  handler=api.entities, query=wire.EntitiesQuery, response=wire.EntitiesResponse),
            Route(method="GET", path="/api/v1/entities/{id}", access=household, summary="One entity.",
                  handler=api.entity, response=wire.EntityResponse),
            Route(method="POST", path="/api/v1/commands", access=household, summary="Send a command, wait for its end.",
                  handler=api.command, request=wire.CommandRequest, response=wire.CommandResponse),
            Route(method="POST", path="/api/v1/say", access=household, summary="Say a sentence to the hub.",
                  handler=api.say, request=wire.SayRequest, response=wire.SayResponse),
            Route(method="GET", path="/api/v1/why/{id}", access=household, summary="Why is an entity as it is?",
                  handler=api.why, query=wire.WhyQuery, response=wire.WhyResponse),
            Route(method="GET", path="/api/v1/history/{id}", access=household, summary="How an entity changed.",
                  handler=api.history, query=wire.HistoryQuery, response=wire.HistoryResponse),
            *peer_routes(lambda: api.rooms.peers),
            *learning_routes(lambda: None if api.rooms.learning is None else api.rooms.learning()),
            Route(method="GET", path="/api/v1/live", access=household, summary="A WebSocket: snapshot, then events.",
                  handler=self._live.serve, content=""),
            *page,
        )  # fmt: skip

    async def start(self) -> None:
        """Listen. Raises `SettingsError` for an address that is no loopback one, or that is taken."""
        host = self._settings.host
        if not is_loopback(host):
            raise SettingsError(
                f"[web] host = {host!r} would open the home to the network, and there are no accounts yet",
                place="hearth.toml",
                remedy="use 127.0.0.1, and an SSH tunnel (ssh -L 8420:127.0.0.1:8420) from elsewhere",
            )
        app = web.Application(middlewares=[self._outermost], client_max_size=MOST_BYTES)
        for route in self.routes:
            app.router.add_route(route.method, route.path, self._entry(route))
        self._runner = web.AppRunner(app, shutdown_timeout=5.0)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        self._gate = ConnectionGate(server, self._most_connections, self._header_timeout_s)
        self._listener = await self._listen("127.0.0.1" if host == "localhost" else host)
        self.port = self._listener.sockets[0].getsockname()[1]
        self._perimeter = Perimeter(self.port)
        log.info("web server listens", url=self.url)

    async def _listen(self, host: str) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        assert self._gate is not None
        try:
            return await loop.create_server(self._gate, host, self._settings.port, backlog=256)
        except OSError as error:
            await self.close()
            taken = error.errno == errno.EADDRINUSE
            raise SettingsError(
                f"port {self._settings.port} is taken" if taken else str(error),
                place="hearth.toml",
                remedy="is another hub running? choose another [web] port" if taken else "choose another [web] host",
            ) from error

    async def close(self) -> None:
        """Stop listening, end live sockets, let requests under way finish for a few seconds."""
        if self._listener is not None:
            self._listener.close()
        await self._live.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _outermost(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every answer passes here: errors get their body, all get the security headers, each is counted."""
        assert self._gate is not None
        with self._gate.serving(request):
            try:
                response = await handler(request)
            except (web.HTTPException, Refused) as error:
                # Also where no route fits: a stranger learns nothing from the way that a path is refused.
                response = self._refusal(request, error)
            except Exception as error:
                response = response_of(error)
                if response.status >= 500 and response.status != 503:
                    log.exception("request failed", path=request.path)
        if not response.prepared:
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
        route = request.get(_ROUTE)
        self._metrics.count(request.method if route else "?", route.path if route else "?", response.status)
        return response

    def _refusal(self, request: web.Request, error: Exception) -> web.Response:
        if _ROUTE not in request and self._perimeter is not None:
            try:
                self._perimeter.check(request, Access.PUBLIC)
            except Refused as refused:
                return response_of(refused)
        return response_of(error)

    def _entry(self, route: Route) -> Callable[[web.Request], Any]:
        socket = route.path == "/api/v1/live"

        async def entry(request: web.Request) -> web.StreamResponse:
            request[_ROUTE] = route
            assert self._perimeter is not None
            self._perimeter.check(request, route.access, socket=socket)
            answer = await route.handler(request)
            if isinstance(answer, web.StreamResponse):
                return answer
            return web.Response(body=encode(answer), content_type="application/json")

        return entry

    async def _health(self, _request: web.Request) -> HealthResponse:
        problems = dict(self._problems())
        listening, names_known = self._api.rooms.listening, self._api.rooms.names_known
        return HealthResponse(
            status="starting" if not self._complete else "degraded" if problems else "ok",
            version=__version__,
            uptime_s=round(time.monotonic() - self._began, 3),
            listening=listening is not None and listening(),
            names_known=names_known is not None and names_known(),
            problems=problems,
        )

    async def _openapi(self, _request: web.Request) -> dict[str, Any]:
        return describe(self.routes)
