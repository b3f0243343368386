"""A channel carries messages as bytes, in order, between the hub and one plugin.

`memory_pair` keeps both ends in one process. A socket pair to a process of the plugin's own fits the same Protocol.
"""

import asyncio
from typing import Protocol


class ChannelClosedError(Exception):
    """The other end is gone; for `Channel`'s users only, never shown."""


class Channel(Protocol):
    """One end."""

    async def send(self, data: bytes) -> None:
        """Hand over one message, waiting while the other end is far behind. Raises `ChannelClosedError`."""
        ...

    async def receive(self) -> bytes:
        """The next message; raises `ChannelClosedError` when there will be none."""
        ...

    def close(self) -> None:
        """End it for both sides."""
        ...


class _MemoryEnd:
    def __init__(self, size: int) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(size)
        self._closed = asyncio.Event()
        self.other: _MemoryEnd = self

    async def send(self, data: bytes) -> None:
        if self._closed.is_set():
            raise ChannelClosedError
        await self.other._queue.put(data)

    async def receive(self) -> bytes:
        if self._closed.is_set() and self._queue.empty():
            raise ChannelClosedError
        data = await self._queue.get()
        if data is None:
            raise ChannelClosedError
        return data

    def close(self) -> None:
        for end in (self, self.other):
            if not end._closed.is_set():
                end._closed.set()
                while end._queue.full():
                    end._queue.get_nowait()
                end._queue.put_nowait(None)


def memory_pair(size: int = 256) -> tuple[Channel, Channel]:
    """Two ends of a channel inside this process; each holds up to `size` messages that were not received yet."""
    hub, plugin = _MemoryEnd(size), _MemoryEnd(size)
    hub.other, plugin.other = plugin, hub
    return hub, plugin
