"""The sockets by which a page's microphone goes to the hub's ears, and its camera to the hub's eyes.

What is said on them is the business of the room that hears or looks; here are their doors: who may open one, how large
a message may be, how long a page may take to read, and that it ends with the session that opened it.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from aiohttp import WSMsgType, web
from msgspec import Struct

from hub.core.clock import Clock
from hub.media.encoded import MOST_BYTES
from hub.web.access.callers import CALLER, Caller
from hub.web.failures import Refused
from hub.web.live import PUT_OUT, end_socket
from hub.web.ports import PageServer

log = structlog.get_logger(__name__)
MOST_SOCKETS: Final = 32
SEND_S: Final = 10.0
_PING_S: Final = 20.0


class SocketKind(Struct, frozen=True, kw_only=True):
    """One kind of socket: `most_bytes` of one message of a page, and what a page is told while nobody serves it."""

    most_bytes: int
    absent: dict[str, str]


LISTENING: Final = SocketKind(
    most_bytes=16_384,  # half a second of sound
    absent={
        "type": "error",
        "code": "deaf",
        "message": "this hub does not hear yet, or not at all",
        "remedy": "try again in a moment; `hearth doctor` on the hub says what its ears need",
    },
)
LOOKING: Final = SocketKind(
    most_bytes=MOST_BYTES,
    absent={
        "type": "error",
        "code": "unavailable",
        "message": "this hub does not look yet",
        "remedy": "try again in a moment",
    },
)


class _Socket:
    """A socket as the room that serves it holds it."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self._socket = socket
        self._transport = transport

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        return None

    async def send(self, message: str | bytes) -> None:
        try:
            async with asyncio.timeout(SEND_S):
                await (self._socket.send_str(message) if isinstance(message, str) else self._socket.send_bytes(message))
        except TimeoutError:
            log.warning("a page is too slow, dropped")
            self._transport.abort()
            raise ConnectionError("the page does not read") from None


class PageSockets:
    """Every open socket of a kind. `server` is asked for at each: ears and eyes come up after the web server."""

    def __init__(self, kind: SocketKind, server: Callable[[], PageServer | None], clock: Clock) -> None:
        self._kind = kind
        self._server = server
        self._clock = clock
        self._open: dict[web.WebSocketResponse, tuple[asyncio.Transport, Caller]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take over the request as a socket until it is done. Raises `Refused`."""
        caller = request[CALLER]
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refused(426, "upgrade", "this is a WebSocket", "connect with a WebSocket client")
        if len(self._open) >= MOST_SOCKETS:
            raise Refused(503, "too_many", f"{MOST_SOCKETS} pages are served already", "close one")
        most = self._kind.most_bytes
        socket = web.WebSocketResponse(heartbeat=_PING_S, compress=False, max_msg_size=most, timeout=2.0)
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        self._open[socket] = (transport, caller)
        over = None if caller.ends is None else self._over_at(caller.ends, socket)
        try:
            await self._attend(_Socket(socket, transport), caller)
        finally:
            if over is not None:
                over.cancel()
            if self._open.pop(socket, None) is not None:
                await end_socket(socket, transport)
        return socket

    async def _attend(self, socket: _Socket, caller: Caller) -> None:
        server = self._server()
        if server is not None:
            await server.attend(socket, whose=caller.credential or caller.by)
            return
        await socket.send(msgspec.json.encode(self._kind.absent).decode())

    def put_out(self, whom: Callable[[Caller], bool]) -> None:
        """End the sockets of these callers: nothing of theirs is heard or seen any more."""
        for socket, (_, caller) in list(self._open.items()):
            if whom(caller):
                self._put_out(socket)

    def _put_out(self, socket: web.WebSocketResponse, code: int = PUT_OUT, why: str = "not let in any more") -> None:
        opened = self._open.pop(socket, None)
        if opened is not None:
            task = asyncio.get_running_loop().create_task(end_socket(socket, opened[0], code=code, why=why))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _over_at(self, at: float, socket: web.WebSocketResponse) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(max(0.0, at - self._clock.now()), self._put_out, socket)

    async def close(self) -> None:
        """Say goodbye to every page."""
        for socket in list(self._open):
            self._put_out(socket, 1001, "the hub stops")
        await asyncio.gather(*self._ending, return_exceptions=True)
