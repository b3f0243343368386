"""The web server: up before the rest of the hub, answering for the rooms that are ready."""

import asyncio
import errno
import ssl
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from hub import __version__
from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import SettingsError
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.web.access.account_routes import account_routes
from hub.web.access.authority_route import authority_route
from hub.web.access.callers import Caller
from hub.web.access.certificates import certificates_for
from hub.web.access.cookies import Cookies
from hub.web.access.doorkeeper import Doorkeeper
from hub.web.access.entry_routes import Newcomers, entry_routes
from hub.web.access.home_files import WebFiles
from hub.web.access.logins import Logins
from hub.web.access.own_names import in_url, own_names, seen_from_elsewhere, seen_from_here
from hub.web.access.passwords import Passwords
from hub.web.access.people import AccountKeeper, People
from hub.web.access.secrets_shown import digest, fresh_code
from hub.web.answering import Answering
from hub.web.api.address_routes import address_routes, page_url
from hub.web.api.backup_routes import backup_routes
from hub.web.api.camera_routes import camera_routes
from hub.web.api.home import Api
from hub.web.api.rooms import Rooms
from hub.web.connections import HEADER_TIMEOUT_S, MOST_CONNECTIONS, ConnectionGate
from hub.web.hands_feed import HandsFeed
from hub.web.live import LiveFeed
from hub.web.metrics import Metrics
from hub.web.openapi import describe
from hub.web.opened import check_host, check_owner
from hub.web.page_files import page_routes
from hub.web.page_sockets import LISTENING, LOOKING, PageSockets
from hub.web.perimeter import Perimeter
from hub.web.room_routes import room_routes
from hub.web.routes import Access, Route
from hub.web.wire import HealthResponse

log = structlog.get_logger(__name__)


def _no_problems() -> Mapping[str, str]:
    return {}


class WebServer:
    """The API, the live socket and the page on one address.

    `start()` it first, before the rooms are built: /healthz answers from then on. `open(rooms)` hands over the rooms
    as they become ready; what asks for one that is not gets 503. `problems` says what is wrong with the hub now, by
    the name of what has the problem (`Supervisor.failures` fits). `know` hands over the accounts; until then nothing
    that is not public is answered, unless the settings say that there are none. `files` keep the certificate.
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
        files: WebFiles | None = None,
        clock: Clock | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self._settings = settings
        self._problems = problems
        self._most_connections = most_connections
        self._header_timeout_s = header_timeout_s
        self._clock = clock or SystemClock()
        self._passwords = passwords
        self._names = partial(own_names, settings.host, settings.names)
        self._certificates = certificates_for(settings, files, self._names, self._clock)
        self._began = time.monotonic()
        self._door = Doorkeeper(accounts=settings.accounts == "on")
        self._api = Api(states)
        hands = HandsFeed(lambda: self._api.rooms.hands)
        self.live = LiveFeed(bus, self._api.snapshot, self._api.shown, self._clock, hands)
        """The live socket and the commands that are taken on it."""
        self._page_sockets = (
            PageSockets(LISTENING, lambda: self._api.rooms.listener, self._clock),
            PageSockets(LOOKING, lambda: self._api.rooms.onlooker, self._clock),
        )
        self._metrics = Metrics(bus, states, self.live, lambda: self._api.rooms)
        self._answering = Answering(self._door, self._metrics.count)
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._complete = False
        self.setup_code = ""
        """With which somebody from elsewhere may make the owner; empty when nobody may."""
        self.routes = self._routes()
        self.port = settings.port
        """The port that it listens on; a free one is found when the settings say 0."""

    def _routes(self) -> tuple[Route, ...]:
        logins = Logins(self._clock)
        newcomers = Newcomers(self._door, logins, lambda: self.setup_code)
        listening, looking = self._page_sockets
        return (
            Route(method="GET", path="/healthz", access=Access.PUBLIC, summary="Is the hub up?", handler=self._health,
                  response=HealthResponse),
            Route(method="GET", path="/api/v1/openapi.json", access=Access.PUBLIC, summary="This description.",
                  handler=self._openapi),
            *entry_routes(self._door, logins, newcomers, self._owned),
            *account_routes(self._door),
            authority_route(self._certificates),
            *room_routes(self._api),
            *address_routes(self._settings, lambda: self.port, lambda: self.rooms.settings),
            *camera_routes(),
            *backup_routes(lambda: self.rooms.backups, lambda: self.rooms.restart, newcomers, self._api.run),
            Route(method="GET", path="/api/v1/live", access=Access.GUEST, summary="A WebSocket: snapshot, events.",
                  handler=self.live.serve, content="", socket=True),
            Route(method="GET", path="/api/v1/listen", access=Access.MEMBER, summary="A WebSocket: sound, answers.",
                  handler=listening.serve, content="", socket=True, acts=True),
            Route(method="GET", path="/api/v1/look", access=Access.MEMBER, summary="A WebSocket: pictures of a camera.",
                  handler=looking.serve, content="", socket=True, acts=True),
            Route(method="GET", path="/metrics", access=Access.MEMBER, summary="Figures for Prometheus.",
                  handler=self._metrics.answer, content="text/plain"),
            *page_routes(),
        )  # fmt: skip

    @property
    def url(self) -> str:
        """The address of the page, as people are told it."""
        return page_url(self._settings, seen_from_elsewhere(self._settings.host, self._names()), self.port)

    @property
    def local_url(self) -> str:
        """The address of the page for commands on this machine."""
        return page_url(self._settings, seen_from_here(self._settings.host), self.port)

    @property
    def rooms(self) -> Rooms:
        """What is answered from: put rooms in as they come up."""
        return self._api.rooms

    def open(self, rooms: Rooms | None = None, *, complete: bool = True) -> None:
        """Answer from these rooms from now on (None: those that it has); `complete` when no more are coming."""
        self._api.rooms = rooms or self._api.rooms
        self._complete = complete

    async def know(self, table: AccountKeeper) -> None:
        """Ask who people are, as soon as there are accounts in `table`.

        Raises `StoreError`, and `SettingsError` where the network may come in and nobody owns the home yet.
        """
        if not self._door.accounts:
            return
        self._door.people = await People.load(table, self._clock, self._revoked, self._passwords)
        if self._door.owned:
            return
        check_owner(self._settings, owned=False)
        if self._settings.setup_code:
            self.setup_code = fresh_code()

    def check(self, settings: WebSettings) -> None:
        """Raise `SettingsError` unless a server with these settings would open to this home's people."""
        check_host(settings)
        check_owner(settings, owned=self._door.owned)

    def trust(self, token: str) -> None:
        """Whoever shows this token is a command on the hub's own machine."""
        self._door.machine = digest(token)

    def _revoked(self, credentials: frozenset[str]) -> None:
        self._put_out(lambda caller: caller.credential in credentials)

    def _owned(self) -> None:
        self.setup_code = ""
        self._put_out(lambda caller: caller.by == "open")

    def _put_out(self, whom: Callable[[Caller], bool]) -> None:
        self.live.put_out(whom)
        for sockets in self._page_sockets:
            sockets.put_out(whom)

    async def start(self) -> None:
        """Listen. Raises `SettingsError` for an address that may not be opened as the settings are, or is taken."""
        host = self._settings.host
        check_host(self._settings)
        context = None if self._certificates is None else await self._certificates.context()
        self._runner = web.AppRunner(self._answering.application(self.routes), shutdown_timeout=5.0)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        tls = context is not None
        gate = self._answering.gate = ConnectionGate(server, self._most_connections, self._header_timeout_s, tls=tls)
        self._listener = await self._listen(gate, "127.0.0.1" if host == "localhost" else host, context)
        self.port = self._listener.sockets[0].getsockname()[1]
        self._answering.perimeter = Perimeter(self.port, lambda: [in_url(name) for name in self._names()], tls=tls)
        self._door.cookies = Cookies(self.port, tls=tls)
        log.info("web server listens", url=self.url)

    async def keep_certificate(self) -> None:
        """Renew the certificate whenever it is due, for as long as it runs."""
        if self._certificates is not None:
            await self._certificates.keep()

    async def renew_certificate(self) -> None:
        """Renew the certificate if it is due."""
        if self._certificates is not None:
            await self._certificates.renew()

    async def _listen(self, gate: ConnectionGate, host: str, context: ssl.SSLContext | None) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        patience = None if context is None else self._header_timeout_s
        try:
            return await loop.create_server(
                gate, host, self._settings.port, backlog=256, ssl=context, ssl_handshake_timeout=patience
            )
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
        for sockets in self._page_sockets:
            await sockets.close()
        await self.live.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self, request: web.Request) -> HealthResponse:
        problems = dict(self._problems())
        told = await self._door.lets(request, Access.MEMBER)
        listening, names_known = self._api.rooms.listening, self._api.rooms.names_known
        return HealthResponse(
            status="starting" if not self._complete else "degraded" if problems else "ok",
            version=__version__,
            run=self._api.run,
            uptime_s=round(time.monotonic() - self._began, 3),
            listening=listening is not None and listening(),
            names_known=names_known is not None and names_known(),
            problems=problems if told else {},
        )

    async def _openapi(self, _request: web.Request) -> dict[str, Any]:
        return describe(self.routes)
