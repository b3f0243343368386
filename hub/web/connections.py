"""Which connections are kept: a flood of idle ones cannot shut the household out."""

import asyncio
import logging
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, cast

import structlog
from aiohttp import web

from hub.web.failures import Refused, response_of
from hub.web.perimeter import SECURITY_HEADERS

log = structlog.get_logger(__name__)
MOST_CONNECTIONS: Final = 512
HEADER_TIMEOUT_S: Final = 10
"""A request's line and headers must have come this long after the connection or the answer before."""


_OUR_FAULT: Final = Refused(500, "error", "the hub failed to answer", "its log says why")


class Connection(web.RequestHandler):
    """aiohttp's connection, answering what is no HTTP in our own words and without a traceback a byte in the log."""

    __slots__ = ("__weakref__", "on_made")

    on_made: Callable[["Connection"], None]
    """Told when it begins; behind TLS that is when hands are shaken."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins."""
        self.on_made(self)
        super().connection_made(transport)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what could not be parsed (400), or to a failure outside of every route."""
        if status == 400:
            log.info("not HTTP", peer=request.remote, error=type(exc).__name__)
            refused = Refused(400, "http", "this is not a request", "speak HTTP/1.1")
        else:
            log.error("connection failed", peer=request.remote, exc_info=exc)
            refused = _OUR_FAULT
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer is sent already")
        response = response_of(refused)
        response.headers.update(SECURITY_HEADERS)
        response.force_close()
        return response


class _Refusal(asyncio.Protocol):
    """For one connection too many while all others are busy."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).abort()


class ConnectionGate:
    """Makes the protocol of each new connection; when there are too many, the oldest idle one goes.

    Not the newest: whoever opens many and says nothing would otherwise keep everybody else out.
    """

    def __init__(
        self,
        server: web.Server,
        most: int = MOST_CONNECTIONS,
        header_timeout_s: float = HEADER_TIMEOUT_S,
        *,
        tls: bool = False,
    ) -> None:
        self._server = server
        self._tls = tls
        # Until when hands may be shaken, by the loop's clock. One that left before is let go of, sooner or later.
        self._greeting: weakref.WeakKeyDictionary[Connection, float] = weakref.WeakKeyDictionary()
        self._most = most
        self._header_timeout_s = header_timeout_s
        self._busy: set[asyncio.BaseProtocol] = set()
        self.evicted = 0
        """Idle connections that were closed to make room."""

    def __call__(self) -> asyncio.BaseProtocol:
        """A protocol for `loop.create_server`. Raises `ConnectionAbortedError`, which ends a connection unanswered."""
        # Who never shakes hands is not among the server's connections, and would use up the hub's files.
        if self._tls and self._greeted() >= max(1, self._most // 2):
            raise ConnectionAbortedError("too many connections that shake no hands")
        connections = self._server.connections
        if len(connections) >= self._most and not self._evict(connections):
            return _Refusal()
        connection = Connection(
            self._server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._header_timeout_s,
            lingering_time=2.0,
            auto_decompress=False,  # compressed bodies are refused unread
            access_log=cast("logging.Logger", None),  # requests are counted (/metrics), not logged
        )
        self._greeting[connection] = asyncio.get_running_loop().time() + self._header_timeout_s
        connection.on_made = self._made
        return connection

    def _made(self, connection: Connection) -> None:
        self._greeting.pop(connection, None)

    def _greeted(self) -> int:
        now = asyncio.get_running_loop().time()
        return sum(until > now for until in self._greeting.values())

    def _evict(self, connections: list[web.RequestHandler]) -> bool:
        for connection in connections:  # in the order they were made
            if connection not in self._busy and connection.transport is not None:
                self.evicted += 1
                connection.force_close()
                return True
        return False

    @contextmanager
    def serving(self, request: web.Request) -> Iterator[None]:
        """While a request is answered its connection is not idle."""
        protocol = request.protocol
        self._busy.add(protocol)
        try:
            yield
        finally:
            self._busy.discard(protocol)
