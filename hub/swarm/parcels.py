"""Small messages that go the same way in the same moment go as one: each costs a microsecond instead of five.

The first message of a turn of the event loop goes at once. What follows in the same turn is put together by key and
goes when the turn ends, or when a parcel is full. So nothing waits longer than what the loop does just then.
"""

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Final

from hub.core.errors import ProtocolError
from hub.swarm.outbox import Outbox

_ONE: Final = b"\0"
_MANY: Final = b"\1"
_LENGTH: Final = struct.Struct("<I")
_MOST_MESSAGES: Final = 128
_FULL: Final = 48 * 1024  # bytes: what Zenoh sends in one piece
_SMALL: Final = 8 * 1024


def pack(bodies: Sequence[bytes]) -> bytes:
    """One message, or up to 128, as one."""
    if len(bodies) == 1:
        return _ONE + bodies[0]
    parts = [_MANY]
    for body in bodies:
        parts += _LENGTH.pack(len(body)), body
    return b"".join(parts)


def unpack(parcel: bytes) -> list[bytes]:
    """The messages of a parcel; raises `ProtocolError` for what is none."""
    if parcel[:1] == _ONE:
        return [parcel[1:]]
    if parcel[:1] != _MANY:
        raise ProtocolError("a message has no meaning")
    bodies: list[bytes] = []
    at, end = 1, len(parcel)
    while at < end:
        if at + _LENGTH.size > end or len(bodies) == _MOST_MESSAGES:
            raise ProtocolError("a message is cut short, or too many are in one")
        start = at + _LENGTH.size
        at = start + _LENGTH.unpack_from(parcel, at)[0]
        if at > end:
            raise ProtocolError("a message is cut short")
        bodies.append(parcel[start:at])
    return bodies


class _Parcel:
    __slots__ = ("bodies", "size", "urgent")

    def __init__(self, urgent: bool) -> None:
        self.bodies: list[bytes] = []
        self.size = 0
        self.urgent = urgent


class Sender:
    """Sends messages as parcels. `put(key, parcel, urgent)` may block. Use it from one event loop."""

    def __init__(self, outbox: Outbox, put: Callable[[str, bytes, bool], None]) -> None:
        self._outbox = outbox
        self._put = put
        self._turning = False
        self._parcels: dict[str, _Parcel] = {}

    async def send(self, key: str, body: bytes, urgent: bool) -> None:
        """Send a message; waits while more is under way than the network takes."""
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)
            await self._outbox.hand(self._job(key, [body], urgent), len(body))
            return
        parcel = self._parcels.get(key)
        if len(body) > _SMALL:
            self.flush()
            await self._outbox.hand(self._job(key, [body], urgent), len(body))
            return
        if parcel is None:
            parcel = self._parcels[key] = _Parcel(urgent)
        parcel.bodies.append(body)
        parcel.size += len(body)
        if parcel.size >= _FULL or len(parcel.bodies) == _MOST_MESSAGES:
            del self._parcels[key]
            await self._outbox.hand(self._job(key, parcel.bodies, urgent), parcel.size)

    def flush(self) -> None:
        """Send what is put together."""
        parcels, self._parcels = self._parcels, {}
        for key, parcel in parcels.items():
            self._outbox.offer(self._job(key, parcel.bodies, parcel.urgent), parcel.size)

    def _turn(self) -> None:
        self._turning = False
        self.flush()

    def _job(self, key: str, bodies: Sequence[bytes], urgent: bool) -> Callable[[], None]:
        return lambda: self._put(key, pack(bodies), urgent)
