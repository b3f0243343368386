"""Which connections are kept: a flood of idle ones cannot shut the household out."""

import asyncio
import logging
from collections.abc import Iterator
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

    __slots__ = ()

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
        self, server: web.Server, most: int = MOST_CONNECTIONS, header_timeout_s: float = HEADER_TIMEOUT_S
    ) -> None:
        self._server = server
        self._most = most
        self._header_timeout_s = header_timeout_s
        self._busy: set[asyncio.BaseProtocol] = set()
        self.evicted = 0
        """Idle connections that were closed to make room."""

    def __call__(self) -> asyncio.BaseProtocol:
        """A protocol for `loop.create_server`."""
        connections = self._server.connections
        if len(connections) >= self._most and not self._evict(connections):
            return _Refusal()
        return Connection(
            self._server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._header_timeout_s,
            lingering_time=2.0,
            auto_decompress=False,  # compressed bodies are refused unread
            access_log=cast("logging.Logger", None),  # requests are counted (/metrics), not logged
        )

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
