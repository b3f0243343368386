"""Which connections are kept: a flood of idle ones cannot shut the household out."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

MOST_CONNECTIONS: Final = 512
HEADER_TIMEOUT_S: Final = 10
"""A request's line and headers must have come this long after the connection or the answer before."""


class _Refusal(asyncio.Protocol):
    """For one connection too many while all others are busy."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).abort()


class ConnectionGate:
    """Makes the protocol of each new connection; when there are too many, the oldest idle one goes.

    Not the newest: whoever opens many and says nothing would otherwise keep everybody else out.
    """

    def __init__(self, server: web.Server, most: int = MOST_CONNECTIONS) -> None:
        self._server = server
        self._most = most
        self._busy: set[asyncio.BaseProtocol] = set()
        self.evicted = 0
        """Idle connections that were closed to make room."""

    def __call__(self) -> asyncio.BaseProtocol:
        """A protocol for `loop.create_server`."""
        connections = self._server.connections
        if len(connections) >= self._most and not self._evict(connections):
            return _Refusal()
        return cast("asyncio.BaseProtocol", self._server())

    def _evict(self, connections: list[RequestHandler]) -> bool:
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
