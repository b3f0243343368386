"""A camera's RTSP address, taken apart."""

from urllib.parse import unquote, urlsplit

from msgspec import Struct

from hub.core.errors import SettingsError
from hub.core.hidden_passwords import hidden

RTSP_PORT = 554


class RtspAddress(Struct, frozen=True):
    """Where a camera is. `url` is what it is asked for: it holds `user` and `password` only where the camera has them
    in its path or query, and is `shown` without.
    """

    host: str
    port: int
    url: str
    user: str = ""
    password: str = ""

    @property
    def shown(self) -> str:
        """`url` as anybody may see it."""
        return hidden(self.url)


def rtsp_address(source: str) -> RtspAddress:
    """The address in `rtsp://user:password@host:port/path`. Raises `SettingsError` when it is none."""
    remedy = "write it as rtsp://user:password@host/path"
    try:
        parts = urlsplit(source)
        host, port = parts.hostname or "", parts.port or RTSP_PORT
    except ValueError as error:
        raise SettingsError("a camera's address that cannot be read", remedy=remedy) from error
    if parts.scheme != "rtsp" or not host or not source.isprintable() or " " in source:
        raise SettingsError(
            "a camera's address that is not rtsp://", remedy=f"{remedy}; other ways in are not known yet"
        )
    place = f"[{host}]" if ":" in host else host
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return RtspAddress(host, port, f"rtsp://{place}:{port}{path}", user, password)
