"""A channel over a stream socket: each message behind its length, none longer than `MAX_MESSAGE`.

Open descriptors may go along with a message (SCM_RIGHTS), from the hub to a plugin and never the other way.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections import deque
from collections.abc import Iterable
from typing import Final

from hub.core.errors import ProtocolError
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.messages import MAX_MESSAGE

_LENGTH: Final = struct.Struct("<I")
_WAITING_BYTES: Final = 128 * 1024
_CHUNK: Final = 64 * 1024
_MOST_DESCRIPTORS: Final = 4
_BURST_S: Final = 4.0
_MESSAGE_S: Final = 1 / 500
_BYTE_S: Final = 1 / (8 * 1024 * 1024)
"""What a message and each of its bytes cost of the hub's time, and how much of it a plugin may take at once. One that
says more waits; the hub does not.
"""


def framed(data: bytes) -> bytes:
    """A message as it goes over the socket."""
    return _LENGTH.pack(len(data)) + data


class _Pace:
    """How long to wait before the next message, so that one plugin does not take the hub's whole loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._paid_until = self._loop.time()

    def wait_s(self) -> float:
        return max(0.0, self._paid_until - self._loop.time() - _BURST_S)

    def take(self, size: int) -> None:
        self._paid_until = max(self._paid_until, self._loop.time()) + _MESSAGE_S + size * _BYTE_S


class SocketChannel:
    """One end of a connected stream socket, which it then owns.

    With `paced` the other end is held to a number of messages a second; with `trusting` it may hand descriptors over,
    which `descriptor` then gives. Needs a running loop.
    """

    def __init__(self, connection: socket.socket, *, paced: bool = False, trusting: bool = False) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self._pace = _Pace() if paced else None
        self._trusting = trusting
        self._came = bytearray()
        self._descriptors: deque[int] = deque()
        self._goes: deque[tuple[bytes | memoryview, tuple[int, ...]]] = deque()
        self._goes_bytes = 0
        self._ended = self._closing = self._reading = self._writing = False
        self._heard: asyncio.Future[None] | None = None
        self._drained = asyncio.Event()

    async def send(self, data: bytes, descriptors: Iterable[int] = ()) -> None:
        """Hand over one message, waiting while the other end is far behind. Raises `ChannelClosedError`.

        `descriptors` go along, and are closed here.
        """
        given = tuple(descriptors)
        if self._closing:
            _close(given)
            raise ChannelClosedError
        self._goes.append((framed(data), given))
        self._goes_bytes += len(data)
        if not self._writing:
            self._write()
        while self._goes_bytes > _WAITING_BYTES:
            self._drained.clear()
            await self._drained.wait()
        if self._closing:
            raise ChannelClosedError

    async def receive(self) -> bytes:
        """The next message. Raises `ChannelClosedError` at the end, `ProtocolError` for one that is too large."""
        if self._pace is not None and (wait_s := self._pace.wait_s()) > 0.0:
            await asyncio.sleep(wait_s)
        while (message := self._whole()) is None:
            if self._ended:
                raise ChannelClosedError
            if not self._reading:
                self._reading = True
                self._loop.add_reader(self._socket, self._read)
            self._heard = self._loop.create_future()
            await self._heard
        if self._pace is not None:
            self._pace.take(len(message))
        return message

    def descriptor(self) -> int:
        """The descriptor that came with the message before. Raises `ProtocolError` when there was none."""
        if not self._descriptors:
            raise ProtocolError("no descriptor came along")
        return self._descriptors.popleft()

    def close(self) -> None:
        """End it for both sides; what was sent still arrives."""
        self._closing = True
        self._end()
        if not self._writing:
            self._gone()

    def _whole(self) -> bytes | None:
        """The next message, if all of it is there."""
        if len(self._came) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._came)
        if length > MAX_MESSAGE:
            raise ProtocolError(f"a message of {length} bytes", remedy=f"stay under {MAX_MESSAGE}")
        end = _LENGTH.size + length
        if len(self._came) < end:
            return None
        message = bytes(memoryview(self._came)[_LENGTH.size : end])
        del self._came[:end]
        return message

    def _read(self) -> None:
        try:
            if self._trusting:
                data, descriptors, _, _ = socket.recv_fds(self._socket, _CHUNK, _MOST_DESCRIPTORS)
                self._descriptors.extend(descriptors)
            else:
                data = self._socket.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        self._came += data
        if not data:
            self._end()
        elif len(self._came) > _WAITING_BYTES:
            self._stop_reading()  # until somebody wants more
        self._wake()

    def _write(self) -> None:
        while self._goes:
            data, descriptors = self._goes[0]
            try:
                if descriptors:
                    sent = socket.send_fds(self._socket, [data], list(descriptors))
                else:
                    sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                if not self._writing:
                    self._writing = True
                    self._loop.add_writer(self._socket, self._write)
                return
            except OSError:
                self._closing = True
                self._end()
                break
            _close(descriptors)
            self._goes[0] = (memoryview(data)[sent:], ())
            if sent == len(data):
                self._goes.popleft()
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)
        self._goes_bytes = 0
        self._drained.set()
        if self._closing:
            self._gone()

    def _end(self) -> None:
        """Nothing comes any more."""
        self._ended = True
        self._stop_reading()
        self._wake()

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._socket)

    def _wake(self) -> None:
        if self._heard is not None and not self._heard.done():
            self._heard.set_result(None)

    def _gone(self) -> None:
        for _, descriptors in self._goes:
            _close(descriptors)
        self._goes.clear()
        _close(self._descriptors)
        self._descriptors.clear()
        self._socket.close()


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
