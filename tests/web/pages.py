"""Pages at the two sockets of pages, as tests play them: those that listen, and those that show what they see."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import aiohttp

from hub.web.server import WebServer

PAGE = "0123456789abcdef"
START = {"type": "start", "page": PAGE, "area": "kitchen"}
NO_GREETINGS = (
    "",
    "[" * 5_000,
    '{"type":"start"}',
    '{"type":"stop"}',
    '{"type":"talk"}',
    json.dumps({**START, "page": "../../etc"}),
    json.dumps({**START, "version": 2}),
)
"""What neither socket takes as a page's first word."""


def upgrade(server: WebServer, path: str, more: str = "") -> bytes:
    """The request that opens the socket at `path`, with `more` header lines."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    ).encode()


class PlayedPage:
    """A page: its socket, and what it was told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.closed_with: Any = None

    async def send(self, message: str | bytes) -> None:
        await (self.socket.send_str(message) if isinstance(message, str) else self.socket.send_bytes(message))

    async def next(self) -> Any:
        """The next message; None when the socket is closed."""
        while (message := await self.socket.receive(timeout=20)).type is aiohttp.WSMsgType.BINARY:
            self.sounds(message.data)
        if message.type is not aiohttp.WSMsgType.TEXT:
            self.closed_with = message.data
            return None
        return json.loads(message.data)

    async def until(self, kind: str) -> Any:
        """The next message of this kind."""
        while (told := await self.next()) is not None and told["type"] != kind:
            await self.meanwhile(told)
        return told

    def sounds(self, data: bytes) -> None:
        """Sound for the page's loudspeaker."""
        raise AssertionError("this page is sent no sound")

    async def meanwhile(self, told: Any) -> None:
        """What it does about a message that it does not wait for."""


P = TypeVar("P", bound=PlayedPage)


class Doors(Generic[P]):
    """Opens pages at `path`."""

    def __init__(
        self, client: aiohttp.ClientSession, path: str, page: Callable[[aiohttp.ClientWebSocketResponse], P]
    ) -> None:
        self._client, self._path, self._page = client, path, page
        self.opened: list[aiohttp.ClientWebSocketResponse] = []

    async def page(self, **start: Any) -> P:
        """Another page, which begins with `start` if there is any."""
        socket = await self._client.ws_connect(self._path)
        self.opened.append(socket)
        if start:
            await socket.send_json(start)
        return self._page(socket)


@asynccontextmanager
async def doors_to(
    client: aiohttp.ClientSession, path: str, page: Callable[[aiohttp.ClientWebSocketResponse], P]
) -> AsyncIterator[Doors[P]]:
    """Doors, whose pages are closed at the end."""
    doors = Doors(client, path, page)
    yield doors
    for socket in doors.opened:
        await socket.close()
