"""A channel over a stream socket: each message behind its length, none longer than `MAX_MESSAGE`."""

import asyncio
import socket
import struct
from typing import Final

from hub.core.errors import ProtocolError
from hub.plugins.channel import ChannelClosedError
from hub.plugins.messages import MAX_MESSAGE

_LENGTH: Final = struct.Struct("<I")
_WAITING_BYTES: Final = 128 * 1024
_BURST_S: Final = 4.0
_MESSAGE_S: Final = 1 / 500
_BYTE_S: Final = 1 / (8 * 1024 * 1024)
"""What a message and each of its bytes cost of the hub's time, and how much of it a plugin may take at once. One that
says more waits; the hub does not.
"""


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
    """One end. Make it with `over`; with `paced` the other end is held to a number of messages a second."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, paced: bool) -> None:
        self._reader = reader
        self._writer = writer
        self._pace = _Pace() if paced else None
        writer.transport.set_write_buffer_limits(high=_WAITING_BYTES)

    @classmethod
    async def over(cls, connection: socket.socket, *, paced: bool = False) -> "SocketChannel":
        """A channel over a connected stream socket, which it then owns."""
        reader, writer = await asyncio.open_connection(sock=connection)
        return cls(reader, writer, paced=paced)

    async def send(self, data: bytes) -> None:
        """Hand over one message, waiting while the other end is far behind. Raises `ChannelClosedError`."""
        if self._writer.is_closing():
            raise ChannelClosedError
        try:
            self._writer.write(_LENGTH.pack(len(data)) + data)
            await self._writer.drain()
        except (ConnectionError, RuntimeError):
            raise ChannelClosedError from None

    async def receive(self) -> bytes:
        """The next message. Raises `ChannelClosedError` at the end, `ProtocolError` for one that is too large."""
        if self._pace is not None and (wait_s := self._pace.wait_s()) > 0.0:
            await asyncio.sleep(wait_s)
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            if length > MAX_MESSAGE:
                raise ProtocolError(f"a message of {length} bytes", remedy=f"stay under {MAX_MESSAGE}")
            if self._pace is not None:
                self._pace.take(length)
            return await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ChannelClosedError from None

    def close(self) -> None:
        """End it for both sides; what was sent still arrives."""
        self._writer.close()
