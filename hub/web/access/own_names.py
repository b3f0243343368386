"""What this machine is called and where it is, as browsers of the household reach it."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Final

_DNS: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*")
_LOOPBACK: Final = ("127.0.0.1", "::1")
WILDCARDS: Final = ("", "0.0.0.0", "::")  # noqa: S104 -- recognised, not bound


def own_names(
    host: str, more: Iterable[str] = (), *, machine: str = "", addresses: Iterable[str] | None = None
) -> tuple[str, ...]:
    """The names and addresses that a server on `host` is reached by, `localhost` and its addresses among them.

    `more` are those that the settings give; `machine` and `addresses` are this machine's own unless given.
    """
    name = (machine or socket.gethostname()).split(".")[0].lower()
    found = ["localhost", *_LOOPBACK, name, f"{name}.local", *(given.lower().rstrip(".") for given in more)]
    if host in WILDCARDS:
        found += _addresses() if addresses is None else addresses
    else:
        found.append(host.lower())
    return tuple(dict.fromkeys(known for known in found if is_address(known) or _DNS.fullmatch(known)))


def in_url(name: str) -> str:
    """The name as it stands in an address: `[::1]` for `::1`."""
    return f"[{name}]" if ":" in name else name


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def seen_from_elsewhere(host: str, names: Iterable[str]) -> str:
    """By which of its names to tell people to reach a server on `host`."""
    if host not in WILDCARDS:
        return host
    outside = [name for name in names if is_address(name) and name not in _LOOPBACK]
    return min(outside, key=lambda address: ":" in address, default="127.0.0.1")


def seen_from_here(host: str) -> str:
    """By which address a command on the same machine reaches a server on `host`."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _addresses() -> list[str]:
    import ifaddr

    found = [ip.ip if ip.is_IPv4 else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    # A link-local address means nothing without the name of the asker's own interface.
    return [str(address) for address in found if not ipaddress.ip_address(str(address)).is_link_local]
