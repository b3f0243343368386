"""A worker's end of its only connection: messages and sound in, small messages out."""

import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.errors import ProtocolError
from hub.guard.framing import HEARTBEAT_S, MOST_FROM_WORKER, Frame, FrameReader, Received, frame

_READ_BYTES = 256 * 1024
_HATCH_S = 5.0


class HubGone(Exception):  # noqa: N818 -- not an error: the worker's normal end
    """The hub closed the connection: the worker has nothing left to do."""


class WorkerLink:
    """Blocking, for the worker's one loop. Call `receive` often: it keeps the heartbeat going."""

    def __init__(self, connection: socket.socket, hatch: socket.socket | None = None) -> None:
        """`hatch` is where the hub hands over descriptors."""
        self._socket = connection
        self._hatch = hatch
        self._socket.setblocking(True)
        self._reader = FrameReader(from_worker=False)
        self._waiting: deque[Received] = deque()
        self._encode = msgspec.msgpack.Encoder().encode
        self._last_sent = time.monotonic()

    def receive(self, timeout_s: float | None) -> Received | None:
        """The next frame, or None when none came within `timeout_s` (None: wait for as long as it takes).

        Raises `HubGone` at the end of the connection, `ProtocolError` when the hub sends what is not allowed.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._waiting:
            self.beat()
            left = HEARTBEAT_S if deadline is None else max(0.0, min(HEARTBEAT_S, deadline - time.monotonic()))
            if self.wait((), left):
                self._read()
            elif deadline is not None and time.monotonic() >= deadline:
                return None
        return self._waiting.popleft()

    def wait(self, others: Sequence[int], timeout_s: float = HEARTBEAT_S) -> list[int]:
        """Wait until the hub said something or one of the descriptors `others` can be read, at most `timeout_s`.

        Returns those that can be read, the connection's own among them.
        """
        if self._waiting:
            return [self._socket.fileno()]
        poll = select.poll()  # unlike select, for descriptors of any number
        for descriptor in (self._socket.fileno(), *others):
            poll.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poll.poll(timeout_s * 1000)]

    def _read(self) -> None:
        try:
            data = self._socket.recv(_READ_BYTES)
        except ConnectionResetError:  # it went without reading all that we said
            raise HubGone from None
        if not data:
            raise HubGone
        self._waiting.extend(self._reader.feed(data))

    def take_descriptors(self, count: int) -> list[int]:
        """The descriptors that came with the message just received; they are ours to close.

        Raises `ProtocolError` when they did not come.
        """
        found: list[int] = []
        if self._hatch is not None:
            self._hatch.settimeout(_HATCH_S)
            try:
                _, found, _, _ = socket.recv_fds(self._hatch, 1, count)
            except TimeoutError:
                found = []
        if len(found) != count:
            raise ProtocolError(f"{len(found)} of {count} descriptors came", remedy="this is a fault of the hub")
        return found

    def send(self, message: Struct) -> None:
        """Send a message of the worker's vocabulary. Raises `ProtocolError` when it is larger than 8 KiB."""
        body = self._encode(message)
        if len(body) > MOST_FROM_WORKER:
            raise ProtocolError(
                f"a {type(message).__name__} of {len(body)} bytes", remedy=f"at most {MOST_FROM_WORKER} may leave"
            )
        self._put(frame(Frame.MESSAGE, body))

    def sealed(self, status: Struct) -> None:
        """Tell how sealing went."""
        self._put(frame(Frame.SEALED, self._encode(status)))

    def ready(self) -> None:
        """Tell that models are loaded and work can come."""
        self._put(frame(Frame.READY))

    def failed(self, error: dict[str, Any]) -> None:
        """Tell the error that this worker ends with."""
        self._put(frame(Frame.FAILED, self._encode({k: str(v)[:1000] for k, v in error.items()})))

    def beat(self) -> None:
        """Send a heartbeat if one is due."""
        if time.monotonic() - self._last_sent >= HEARTBEAT_S / 2:
            self._put(frame(Frame.HEARTBEAT))

    def _put(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise HubGone from None
        self._last_sent = time.monotonic()
