"""Which addresses the hub may talk to: itself, the home's own network, and what the household granted."""

import enum
import ipaddress
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.core.errors import EgressError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOOPBACK: Final = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128")))
_LAN: Final = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
_NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "169.254.169.254/32", "169.254.170.2/32", "fd00:ec2::254/128",  # cloud machines' metadata, with secrets
            "0.0.0.0/8", "::/128",  # means loopback to some systems
            "224.0.0.0/4", "255.255.255.255/32", "ff00::/8",
            "64:ff9b::/96", "2002::/16", "2001::/32",  # an IPv4 address inside, somewhere else than it looks
        ),
    )
)  # fmt: skip


class Reach(enum.Enum):
    """How far a connection may go, by what it is for."""

    HOME = "home"  # loopback, the LAN, and granted places
    LAN = "lan"  # the LAN and granted places, not this machine: addresses that a plugin or device brought
    OUTSIDE = "outside"  # granted places alone, and only where they are outside: downloads, redirects


class Destination(Struct, frozen=True):
    """A place that the household granted: a host name (`*.example.org`: all below it) or an address. Port 0: any."""

    host: str
    port: int = 0

    def covers(self, host: str, port: int) -> bool:
        """Whether a connection to this host, as it was asked for, is granted."""
        if self.port not in (0, port):
            return False
        wanted, asked = self.host.lower().rstrip("."), host.lower().rstrip(".")
        return asked.endswith(wanted[1:]) and asked != wanted[2:] if wanted.startswith("*.") else asked == wanted


class EgressPolicy:
    """The household's word on where the hub may connect."""

    def __init__(self, granted: Iterable[Destination] = ()) -> None:
        self._granted = set(granted)

    def grant(self, destination: Destination) -> None:
        """Allow one more place."""
        self._granted.add(destination)

    def revoke(self, destination: Destination) -> None:
        """Take a grant back; open connections stay."""
        self._granted.discard(destination)

    def granted(self) -> tuple[Destination, ...]:
        """What is granted now."""
        return tuple(sorted(self._granted, key=lambda d: (d.host, d.port)))

    def check(self, host: str, address: str, port: int, reach: Reach, granted: Iterable[Destination] = ()) -> None:
        """Raise `EgressError` unless `address`, which `host` was resolved to, may be connected to.

        `granted` are places that the household granted for this connection alone.
        """
        ip = _plain(address)
        place = f"{host}:{port}" if host == address else f"{host}:{port} ({address})"
        if any(ip in network for network in _NEVER):
            raise EgressError(f"{place} is never connected to", remedy="give the address of a device in this home")
        asked = any(d.covers(host, port) or d.covers(address, port) for d in (*self._granted, *granted))
        loopback = any(ip in network for network in _LOOPBACK)
        lan = any(ip in network for network in _LAN)
        if reach is Reach.OUTSIDE:
            allowed = asked and not loopback and not lan
        else:
            allowed = lan or (loopback and reach is Reach.HOME) or (asked and not loopback)
        if not allowed:
            where = "this machine" if loopback else "the home's own network" if lan else "outside the home"
            raise EgressError(
                f"{place} is {where}, where this may not connect",
                remedy=f"if it should, grant {host}:{port} in the settings" if not (lan or loopback) else "",
            )


def _plain(address: str) -> Address:
    """The address without a zone, an IPv4 address in IPv6 clothes as what it is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip
