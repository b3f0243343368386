"""A client of the live socket, as what tells it something holds it."""

import asyncio
from typing import Any

from hub.web.access.callers import Caller
from hub.web.wire import encode


def frame(text: bytes) -> bytes:
    """One unmasked, uncompressed WebSocket text frame (RFC 6455, section 5.2)."""
    size = len(text)
    if size < 126:
        return bytes((0x81, size)) + text
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + text
    return b"\x81\x7f" + size.to_bytes(8, "big") + text


class LiveClient:
    """Who it is, and the way to them. Two are alike only when they are the same."""

    def __init__(self, caller: Caller, transport: asyncio.Transport) -> None:
        self.caller = caller
        self.transport = transport

    @property
    def unread(self) -> int:
        """Bytes that wait for it, beyond what the kernel holds."""
        return self.transport.get_write_buffer_size()

    def tell(self, message: dict[str, Any]) -> None:
        """Send it a message of its own, at once; never waits."""
        if not self.transport.is_closing():
            self.transport.write(frame(encode(message)))
