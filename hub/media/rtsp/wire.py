"""RTSP's two kinds of thing on one connection: messages in text, and media packets between them (RFC 2326, 10.12)."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hub.core.errors import ProtocolError

_MOST_HEAD: Final = 16 * 1024
_MOST_BODY: Final = 64 * 1024
_DOLLAR: Final = 0x24
_REMEDY: Final = "the camera does not speak RTSP as it should; look for newer firmware"


class Reply(Struct, frozen=True):
    """A camera's answer. The names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that name; empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def all_headers(self, name: str) -> list[str]:
        """Every header of that name."""
        return [value for key, value in self.headers if key == name]


class MediaPacket(Struct, frozen=True):
    """A packet of media, on the channel that was agreed on."""

    channel: int
    data: bytes


class RtspReader:
    """Cuts what a camera sends into messages and packets. What a camera asks of us is passed over."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Reply | MediaPacket]:
        """What `data` completes. Raises `ProtocolError` when it is not RTSP, or larger than any camera's need."""
        self._data += data
        while self._data:
            if self._data[0] == _DOLLAR:
                found: Reply | MediaPacket | None = self._packet()
            elif self._data[0] in b"\r\n":  # some cameras end a message with one line too many
                del self._data[:1]
                continue
            else:
                found = self._message()
            if found is None:
                return
            if isinstance(found, MediaPacket) or found.status:
                yield found

    def _packet(self) -> MediaPacket | None:
        if len(self._data) < 4:
            return None
        length = int.from_bytes(self._data[2:4], "big")
        if len(self._data) < 4 + length:
            return None
        packet = MediaPacket(self._data[1], bytes(self._data[4 : 4 + length]))
        del self._data[: 4 + length]
        return packet

    def _message(self) -> Reply | None:
        end = self._data.find(b"\r\n\r\n", 0, _MOST_HEAD)
        if end < 0:
            if len(self._data) >= _MOST_HEAD:
                raise ProtocolError("an RTSP message without end", remedy=_REMEDY)
            return None
        first, *lines = bytes(self._data[:end]).decode("utf-8", "replace").split("\r\n")
        status = _status(first)
        headers = tuple(_header(line) for line in lines)
        length = _length(headers)
        if len(self._data) < end + 4 + length:
            return None
        body = bytes(self._data[end + 4 : end + 4 + length])
        del self._data[: end + 4 + length]
        return Reply(status, headers, body)


def _status(line: str) -> int:
    """A reply's status; 0 for a request, which only a server may be sent."""
    words = line.split(" ", 2)
    if words[0].startswith("RTSP/1.") and len(words) >= 2 and words[1].isascii() and words[1].isdigit():
        status = int(words[1][:4])
        if 100 <= status <= 599:
            return status
    elif words[-1].startswith("RTSP/1."):
        return 0
    raise ProtocolError(f"{line[:40]!r} is not RTSP", remedy=_REMEDY)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _length(headers: tuple[tuple[str, str], ...]) -> int:
    value = next((value for name, value in headers if name == "content-length"), "0")
    if not (value.isascii() and value.isdigit()) or len(value) > 6 or int(value) > _MOST_BODY:
        raise ProtocolError(f"an RTSP message of {value[:20]} bytes", remedy=_REMEDY)
    return int(value)


def request(method: str, url: str, number: int, headers: dict[str, str]) -> bytes:
    """A request as bytes. Raises `ProtocolError` where a value would break out of its line."""
    lines = [f"{method} {url} RTSP/1.0", f"CSeq: {number}", *(f"{name}: {value}" for name, value in headers.items())]
    if any(not line.isprintable() for line in lines) or " " in url:
        raise ProtocolError("an RTSP address or header with control characters", remedy="check the camera's address")
    return "".join(f"{line}\r\n" for line in (*lines, "User-Agent: Hearth", "")).encode()
