"""What every request must pass before a route sees it, and the headers that every answer carries.

Browsers let any web page send requests to a local address. The page's own address is what tells them apart: the
Host header (a name that was rebound to this machine), Origin and Sec-Fetch-Site (a page of somebody else's).
"""

from collections.abc import Callable, Iterable
from typing import Final

import structlog
from aiohttp import web

from hub.web.failures import Refused
from hub.web.routes import Access

log = structlog.get_logger(__name__)
_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_SAME_SITE: Final = ("", "same-origin", "none")

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cache-Control": "no-store",
    "Server": "hearth",
}


class Perimeter:
    """The checks, for a server on `port`, over TLS or not.

    `names` are asked for when a request calls it by one that is not known yet: addresses change while a hub runs.
    """

    def __init__(self, port: int, names: Callable[[], Iterable[str]] = tuple, *, tls: bool = False) -> None:
        self._names = names
        self._port = port
        self._scheme = "https" if tls else "http"
        self._hosts = self._known()

    def _known(self) -> frozenset[str]:
        names = {*_NAMES, *self._names()}
        usual = self._port == (443 if self._scheme == "https" else 80)
        return frozenset({f"{name}:{self._port}" for name in names} | (names if usual else set()))

    def check(self, request: web.Request, access: Access, *, socket: bool = False) -> None:
        """Raise `Refused` unless the request may go on to a route of this access rule."""
        host = self._host(request)
        for name in _FORWARDED:
            if name in request.headers:
                log.warning("forwarding header without a proxy", header=name, peer=request.remote)
                raise Refused(400, "forwarded", f"{name} is not accepted", "no proxy is configured", close=True)
        if request.method != "GET" or socket:
            self._origin(request, host, socket)
        # A link of another site may open the page; nothing of the household is for other sites to ask.
        if access is not Access.PUBLIC and request.headers.get("Sec-Fetch-Site", "") not in _SAME_SITE:
            raise Refused(403, "origin", "another site may not do this", "open the hub's own page", close=True)

    def _host(self, request: web.Request) -> str:
        hosts = request.headers.getall("Host", [])
        if len(hosts) == 1 and hosts[0].lower() not in self._hosts:
            self._hosts = self._known()
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            # Not its names: a page whose name was turned to this machine could read them here.
            remedy = "use the address that `hearth run` prints, or give this name to [web] names"
            raise Refused(421, "host", "this hub is not known by that name", remedy, close=True)
        return hosts[0].lower()

    def _origin(self, request: web.Request, host: str, socket: bool) -> None:
        origins = request.headers.getall("Origin", [])
        foreign = [origin for origin in origins if origin.lower() != f"{self._scheme}://{host}"]
        # A browser always names the origin of a socket; without one, cookies must not speak for anybody.
        if foreign or len(origins) > 1 or (socket and not origins and "Cookie" in request.headers):
            remedy = f"open the page at {self._scheme}://{host}/"
            raise Refused(403, "origin", "another site may not do this", remedy, close=True)
