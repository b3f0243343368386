"""MJPEG out of RTP (RFC 2435): the header that every picture shares is left out on the way and put back here.

Huffman tables are the standard's, which decoders assume where none are given.
"""

from typing import Final

from hub.media.rtsp.rtp import AccessUnits

_HEADER: Final = 8
_RESTARTS: Final = 64
_OWN_TABLES: Final = 128
_ALWAYS_OWN: Final = 255
# ITU-T T.81, annex K.1, in zigzag order.
_LUMA: Final = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c393338374048"
    "5c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA: Final = bytes.fromhex("1112121815182f1a1a2f63423842") + b"\x63" * 50


class MjpegUnits(AccessUnits):
    """Whole JPEG pictures."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: dict[int, bytes] = {}
        self._head = b""

    def _add(self, payload: bytes) -> bool:
        if len(payload) < _HEADER:
            return not payload
        offset, kind, quality = int.from_bytes(payload[1:4], "big"), payload[4], payload[5]
        width, height = payload[6] * 8, payload[7] * 8
        at, restart = _HEADER, 0
        if kind >= _RESTARTS:
            restart = int.from_bytes(payload[8:10], "big")
            at += 4
        if offset != len(self._unit) or kind & 0x3F > 1 or not width or not height or not quality:
            return False
        if offset == 0:
            tables, at = self._tables_of(quality, payload, at)
            if not tables:
                return False
            self._head = _jpeg_head(kind & 1, width, height, tables, restart)
        self._unit += payload[at:]
        return True

    def _tables_of(self, quality: int, payload: bytes, at: int) -> tuple[bytes, int]:
        """Both quantisation tables, and where the picture goes on; no tables where they are not understood."""
        if quality < _OWN_TABLES:
            return _scaled(quality), at
        length = int.from_bytes(payload[at + 2 : at + 4], "big")
        own = payload[at + 4 : at + 4 + length]
        if length == 0 and quality != _ALWAYS_OWN:
            return self._tables.get(quality, b""), at + 4
        if len(own) != 128 or payload[at + 1]:  # two tables of 8 bits
            return b"", at
        self._tables[quality] = own
        return own, at + 4 + length

    def _complete(self, unit: bytes) -> bytes:
        return self._head + unit + (b"" if unit.endswith(b"\xff\xd9") else b"\xff\xd9") if unit else b""


def _scaled(quality: int) -> bytes:
    factor = min(quality, 99)
    factor = 5000 // factor if factor < 50 else 200 - factor * 2
    return bytes(min(255, max(1, (value * factor + 50) // 100)) for value in _LUMA + _CHROMA)


def _jpeg_head(kind: int, width: int, height: int, tables: bytes, restart: int) -> bytes:
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    luma = b"\x22" if kind else b"\x21"  # 4:2:0, or 4:2:2
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xdb\0\x43\0" + tables[:64] + b"\xff\xdb\0\x43\1" + tables[64:],
            b"\xff\xdd\0\4" + restart.to_bytes(2, "big") if restart else b"",
            b"\xff\xc0\0\x11\x08" + size + b"\3\1" + luma + b"\0\2\x11\1\3\x11\1",
            b"\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0",
        )
    )
