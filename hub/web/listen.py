"""The listening socket: a page's microphone goes to the hub's ears by it, and the answer comes back.

What is said on it is the business of the room that listens; here are its doors: who may open one, how large a message
may be, how long a page may take to read, and that it ends with the session that opened it.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from aiohttp import WSMsgType, web

from hub.core.clock import Clock
from hub.web.access.callers import CALLER, Caller
from hub.web.failures import Refused
from hub.web.live import PUT_OUT, end_socket
from hub.web.ports import Listener

log = structlog.get_logger(__name__)
MOST_SOCKETS: Final = 32
MOST_BYTES: Final = 16_384
"""Of one message of a page: half a second of sound."""
SEND_S: Final = 10.0
_PING_S: Final = 20.0
_DEAF: Final = {
    "type": "error",
    "code": "deaf",
    "message": "this hub does not hear yet, or not at all",
    "remedy": "try again in a moment; `hearth doctor` on the hub says what its ears need",
}


class _Socket:
    """A socket as the room that listens holds it."""

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
            log.warning("listening page too slow, dropped")
            self._transport.abort()
            raise ConnectionError("the page does not read") from None


class ListenSockets:
    """Every open listening socket. `listener` is asked for at each: the ears come up after the server."""

    def __init__(self, listener: Callable[[], Listener | None], clock: Clock) -> None:
        self._listener = listener
        self._clock = clock
        self._open: dict[web.WebSocketResponse, tuple[asyncio.Transport, Caller]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take over the request as a listening socket until it is done. Raises `Refused`."""
        caller = request[CALLER]
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refused(426, "upgrade", "this is a WebSocket", "connect with a WebSocket client")
        if len(self._open) >= MOST_SOCKETS:
            raise Refused(503, "too_many", f"{MOST_SOCKETS} pages are listened to already", "close one")
        socket = web.WebSocketResponse(heartbeat=_PING_S, compress=False, max_msg_size=MOST_BYTES, timeout=2.0)
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
        listener = self._listener()
        if listener is not None:
            await listener.attend(socket, whose=caller.credential or caller.by)
            return
        await socket.send(msgspec.json.encode(_DEAF).decode())

    def put_out(self, whom: Callable[[Caller], bool]) -> None:
        """End the sockets of these callers: not a word of theirs is heard any more."""
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
