"""H.264 (RFC 6184) and H.265 (RFC 7798) out of RTP: single units, several in one packet, one in several."""

from typing import Final

from hub.media.rtsp.rtp import START, AccessUnits

_H264_SEVERAL: Final = 24  # STAP-A
_H264_PART: Final = 28  # FU-A
_H265_SEVERAL: Final = 48  # AP
_H265_PART: Final = 49  # FU
_BEGIN: Final = 0x80
_END: Final = 0x40


class H264Units(AccessUnits):
    """H.264 as a byte stream (Annex B)."""

    _in_part = False

    def _add(self, payload: bytes) -> bool:
        if not payload:
            return True
        kind = payload[0] & 0x1F
        if 1 <= kind < _H264_SEVERAL:
            self._unit += START + payload
            return True
        if kind == _H264_SEVERAL:
            return _several(self._unit, payload[1:])
        if kind != _H264_PART or len(payload) < 3:
            return False
        flags = payload[1]
        if flags & _BEGIN:
            self._unit += START + bytes((payload[0] & 0xE0 | flags & 0x1F,))
        elif not self._in_part:
            return False  # its beginning is missing
        self._unit += payload[2:]
        self._in_part = not flags & _END
        return True


class H265Units(AccessUnits):
    """H.265 as a byte stream (Annex B)."""

    _in_part = False

    def _add(self, payload: bytes) -> bool:
        if len(payload) < 3:
            return not payload
        kind = payload[0] >> 1 & 0x3F
        if kind < _H265_SEVERAL:
            self._unit += START + payload
            return True
        if kind == _H265_SEVERAL:
            return _several(self._unit, payload[2:])
        if kind != _H265_PART or len(payload) < 4:
            return False
        flags = payload[2]
        if flags & _BEGIN:
            self._unit += START + bytes((payload[0] & 0x81 | (flags & 0x3F) << 1, payload[1]))
        elif not self._in_part:
            return False
        self._unit += payload[3:]
        self._in_part = not flags & _END
        return True


def _several(unit: bytearray, payload: bytes) -> bool:
    """Units that lie in one packet, each behind its length."""
    at = 0
    while at < len(payload):
        length = int.from_bytes(payload[at : at + 2], "big")
        at += 2
        if length == 0 or at + length > len(payload):
            return False
        unit += START + payload[at : at + length]
        at += length
    return True
