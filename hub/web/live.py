"""The live socket: a snapshot of the home, then every event, to any number of clients.

An event is encoded and framed once, and once more for guests while there are any, who are told of things only. Frames
gather for a moment and go to every client as the same bytes in one write: a server's frames are not masked, so they are
equal for all. Nothing ever waits for a client; one that does not read
is dropped when what waits for it grows too large.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import WSMsgType, web

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.events import Event
from hub.web.access.callers import CALLER, Caller
from hub.web.audience import for_guests, is_guest
from hub.web.failures import Refused
from hub.web.hands_feed import HandsFeed
from hub.web.live_client import LiveClient, frame
from hub.web.live_commands import LiveCommands
from hub.web.wire import event_json

log = structlog.get_logger(__name__)
MOST_CLIENTS: Final = 256
MOST_UNREAD: Final = 1024 * 1024
"""Bytes that may wait for one client, beyond what the kernel holds."""
_GATHER_S: Final = 0.02
"""Between two writes to the clients, in the long run."""
_AT_ONCE: Final = 5
"""Writes that need not wait for this after a quiet moment: what a command brings about is seen without delay."""
_MOST_SENT_TO_US: Final = 4096
_PING_S: Final = 30.0
_GOODBYE_S: Final = 0.5
PUT_OUT: Final = 4401
"""The code that a socket is closed with whose session or token was revoked, or is over."""


class LiveFeed:
    """Listens to the bus while there are clients, and tells them.

    `snapshot` is the first message to a caller, `shown` says whether an entity is in the home.
    """

    def __init__(
        self, bus: Bus, snapshot: Callable[[Caller], bytes], shown: Callable[[str], bool], clock: Clock,
        hands: HandsFeed,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._hands = hands
        self.commands = LiveCommands(hands)
        self._clock = clock
        self._snapshot, self._shown = snapshot, shown
        self._clients: dict[web.WebSocketResponse, LiveClient] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._frames: list[bytes] = []
        self._guests = 0
        self._for_guests: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._paid_until = 0.0
        self._cancel: Callable[[], None] | None = None
        self.sent = 0
        """Events told, once for all clients."""
        self.dropped_clients = 0
        """Clients that were too slow."""

    @property
    def clients(self) -> int:
        """How many listen now."""
        return len(self._clients)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take over the request as a live socket until its client leaves. Raises `Refused` when there are too many."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refused(426, "upgrade", "this is a WebSocket", "connect with a WebSocket client")
        if len(self._clients) >= MOST_CLIENTS:
            raise Refused(503, "too_many", f"{MOST_CLIENTS} clients are connected already", "close a page")
        socket = web.WebSocketResponse(heartbeat=_PING_S, compress=False, max_msg_size=_MOST_SENT_TO_US, timeout=2.0)
        await socket.prepare(request)
        transport = request.transport
        if transport is None:
            return socket
        caller = request[CALLER]
        client = LiveClient(caller, transport)
        self._join(socket, client)
        over = None if caller.ends is None else self._over_at(caller.ends, socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
                if message.type is WSMsgType.TEXT and socket in self._clients:
                    self.commands.take(client, message.data)
        finally:
            if over is not None:
                over.cancel()
            self._leave(socket)
        return socket

    def put_out(self, whom: Callable[[Caller], bool]) -> None:
        """End the sockets of these callers: they are told nothing more from now on."""
        for socket, client in list(self._clients.items()):
            if whom(client.caller):
                self._put_out(socket)

    def _put_out(self, socket: web.WebSocketResponse) -> None:
        client = self._clients.get(socket)
        self._leave(socket)
        if client is not None:
            task = asyncio.get_running_loop().create_task(
                end_socket(socket, client.transport, code=PUT_OUT, why="not let in any more"), name="web:put out"
            )
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _over_at(self, at: float, socket: web.WebSocketResponse) -> asyncio.TimerHandle:
        left = max(0.0, at - self._clock.now())
        return asyncio.get_running_loop().call_later(left, self._put_out, socket)

    def _join(self, socket: web.WebSocketResponse, client: LiveClient) -> None:
        # Without an await in between, so that no event falls between the snapshot and the first frame.
        self._send_gathered()
        if self._cancel is None:
            self._cancel = self._bus.subscribe(Event, self._take)
        self._clients[socket] = client
        self._guests += is_guest(client.caller)
        client.transport.write(frame(self._snapshot(client.caller)))

    def _leave(self, socket: web.WebSocketResponse) -> None:
        client = self._clients.pop(socket, None)
        if client is not None:
            self._guests -= is_guest(client.caller)
            self._hands.left(client)
        if not self._clients and self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _take(self, event: Event) -> None:
        self._frames.append(frame(event_json(event)))
        told = for_guests(event, self._shown) if self._guests else None
        if told is not None:
            self._for_guests.append(frame(event_json(told)))
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._paid_until - _AT_ONCE * _GATHER_S, self._send_gathered)

    def _send_gathered(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._frames:
            return
        self._paid_until = max(self._paid_until, asyncio.get_running_loop().time()) + _GATHER_S
        data, data_for_guests = b"".join(self._frames), b"".join(self._for_guests)
        self.sent += len(self._frames)
        self._frames.clear()
        self._for_guests.clear()
        for socket, client in list(self._clients.items()):
            if client.transport.is_closing():
                self._leave(socket)
            elif client.unread > MOST_UNREAD:
                self.dropped_clients += 1
                log.warning("live client too slow, dropped", unread=client.unread)
                self._leave(socket)
                client.transport.abort()
            else:
                client.transport.write(data_for_guests if is_guest(client.caller) else data)

    async def close(self) -> None:
        """Send what is gathered and say goodbye to every client."""
        self._send_gathered()
        sockets = list(self._clients)
        await asyncio.gather(*(socket.close(code=1001, message=b"the hub stops") for socket in sockets))
        for socket in sockets:
            self._leave(socket)
        await asyncio.gather(*self._ending, return_exceptions=True)


async def end_socket(
    socket: web.WebSocketResponse, transport: asyncio.Transport, *, code: int = 1000, why: str = ""
) -> None:
    """Say goodbye, and cut off who does not answer it."""
    try:
        async with asyncio.timeout(_GOODBYE_S):
            await socket.close(code=code, message=why.encode())
    except TimeoutError:
        pass  # who does not say goodbye is cut off
    finally:
        transport.abort()
