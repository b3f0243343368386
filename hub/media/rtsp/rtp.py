"""RTP packets (RFC 3550), and their putting together to access units: all that belongs to one picture."""

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hub.core.errors import ProtocolError

MOST_UNIT: Final = 8 * 1024 * 1024
"""Bytes of one compressed picture, at most."""
START: Final = b"\0\0\0\1"
_FIXED: Final = struct.Struct(">BBHII")


class RtpPacket(Struct, frozen=True):
    """A packet. `marker`: the last one of its picture."""

    payload_type: int
    number: int
    timestamp: int
    marker: bool
    payload: bytes


def parse(data: bytes) -> RtpPacket:
    """The packet in `data`. Raises `ProtocolError` when it is none."""
    if len(data) < _FIXED.size:
        raise ProtocolError("half an RTP packet")
    first, second, number, timestamp, _ = _FIXED.unpack_from(data)
    begin, end = _FIXED.size + 4 * (first & 0x0F), len(data)
    if first >> 6 != 2:
        raise ProtocolError("a packet that is not RTP")
    if first & 0x10:  # an extension
        if end < begin + 4:
            raise ProtocolError("half an RTP packet")
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if first & 0x20:  # padding
        end -= data[-1]
    if begin > end:
        raise ProtocolError("an RTP packet shorter than it says")
    return RtpPacket(second & 0x7F, number, timestamp, bool(second & 0x80), data[begin:end])


class AccessUnits(ABC):
    """Puts the packets of one stream together. A picture of which something is missing is left out."""

    def __init__(self) -> None:
        self._unit = bytearray()
        self._timestamp = 0
        self._number: int | None = None
        self._broken = False

    def feed(self, packet: RtpPacket) -> Iterator[bytes]:
        """The pictures, compressed, that this packet completes."""
        if self._unit and packet.timestamp != self._timestamp:
            yield from self._finish()
        if self._number is not None and packet.number != (self._number + 1) & 0xFFFF:
            self._broken = True
        self._number, self._timestamp = packet.number, packet.timestamp
        if not self._add(packet.payload) or len(self._unit) > MOST_UNIT:
            self._unit.clear()
            self._broken = True
        if packet.marker:
            yield from self._finish()

    def _finish(self) -> Iterator[bytes]:
        unit, broken = self._complete(bytes(self._unit)), self._broken
        self._unit.clear()
        self._broken = False
        if unit and not broken:
            yield unit

    @abstractmethod
    def _add(self, payload: bytes) -> bool:
        """Append what a packet carries; False when it cannot be understood."""

    def _complete(self, unit: bytes) -> bytes:
        """What the decoder is given for all that was appended."""
        return unit
