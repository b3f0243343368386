"""Places that a `fetch` grant names: a host, with a port where it is not the scheme's own."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from hub.core.errors import GrantError, ValueRefusedError

_PORTS: Final = {"https": 443, "http": 80}
_LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)
_PLACE: Final = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:/@]+)(:(?P<port>[0-9]{1,5}))?")
_URL: Final = re.compile(r"[!-~]{1,4096}")
_LOCAL_ENDINGS: Final = (".local", ".localhost", ".lan", ".home", ".internal", ".home.arpa")


class Place(Struct, frozen=True):
    """A host (`*.example.org`: all below it) and a port; 0: the one of the URL's scheme, 443 or 80."""

    host: str
    port: int = 0


class Address(Struct, frozen=True):
    """Where a URL leads: scheme, host and port for the connection, `target` for the request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def where(self) -> str:
        """Host and port, for people."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_place(text: str) -> Place:
    """What an entry of `only` says, such as `api.example.org` or `192.168.1.20:8080`. Raises `ValueRefusedError`."""
    found = _PLACE.fullmatch(text)
    host = found["host"].strip("[]") if found else ""
    port = int(found["port"] or 0) if found else 0
    if not found or port > 65535 or not (is_address(host) or _is_name(host)):
        remedy = "name a host, such as api.example.org, *.example.org or 192.168.1.20:8080"
        raise ValueRefusedError(f"{text[:80]!r} is no place on a network", remedy=remedy)
    return Place(host.lower().rstrip("."), port)


def parse_url(url: str) -> Address:
    """Where the URL leads. Raises `ValueRefusedError` for what is not plainly http or https."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").rstrip(".")
    sound = _URL.fullmatch(url) is not None and "\\" not in url and "@" not in parts.netloc
    if not sound or parts.scheme not in _PORTS or port == 0 or not (is_address(host) or _is_name(host)):
        raise ValueRefusedError(f"{url[:80]!r} cannot be fetched", remedy="give an http or https URL in ASCII")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target)


def check_granted(address: Address, places: Iterable[Place], plugin: str) -> None:
    """Raises `GrantError` unless one of the places covers the address."""
    if not any(_covers(place, address) for place in places):
        raise GrantError(f"{plugin} may not fetch from {address.where}", remedy="name it in `only` of its fetch grant")


def is_of_the_home(host: str) -> bool:
    """Whether the host, as it is written, means this machine or the home's own network: then it was meant so."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(_LOCAL_ENDINGS) or "." not in host
    return ip.is_private or ip.is_loopback or ip.is_link_local


def _covers(place: Place, address: Address) -> bool:
    if address.port != (place.port or _PORTS[address.scheme]):
        return False
    return address.host.endswith(place.host[1:]) if place.host.startswith("*.") else address.host == place.host


def is_address(host: str) -> bool:
    """Whether the host is an address, which nobody has to be asked for."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    """A host name; what some resolvers take for a number is none, so that nobody has to know which they are."""
    last = host.rstrip(".").rpartition(".")[2]
    return len(host) <= 253 and _HOST.fullmatch(host) is not None and not last[:1].isdigit()
