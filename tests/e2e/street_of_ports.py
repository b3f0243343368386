"""Three hubs on one machine, each on ports of its own: a street for places where no network namespaces can be made."""

import contextlib
import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.command import Ran
from tests.e2e.running import PATIENCE_S
from tests.e2e.street import Machine, ended, until

_HOST: Final = "127.0.0.1"
# Below what systems give to those who ask for any port, so that a hub that was killed finds its own again.
_PORTS: Final = range(20_000, 32_000)
_MDNS: Final = ("224.0.0.251", 5353)


class Neighbour(Machine):
    """A hub on the loopback of this machine."""

    def __init__(self, home: Path, ports: Sequence[int], *, seen: bool) -> None:
        """`seen`: whether the hubs can discover each other."""
        mesh, pairing, bulk = ports
        super().__init__(home, f'host = "{_HOST}"\nport = {mesh}\npairing_port = {pairing}\nbulk_port = {bulk}')
        self._waits_at = f"{_HOST}:{pairing}"
        self._seen = seen

    def join(self, host: Machine, code: str) -> Ran:
        """Be paired with the host where this hub found it. The code alone would not do: hubs of other tests, on the
        same loopback, may wait to be paired too.
        """
        assert isinstance(host, Neighbour)
        if self._seen:
            wanted = {"name": host.home.name, "address": host._waits_at}
            until(lambda: wanted in self._nearby(), {"host": host, "guest": self})
        return self.run("peer", "pair", host._waits_at, code)

    def _nearby(self) -> list[dict[str, str]]:
        assert self.hub is not None
        found: list[dict[str, str]] = self.hub.get("api/v1/peers")["nearby"]
        return found


@contextlib.contextmanager
def street_of_ports(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """The hubs discover each other where the loopback carries mDNS; elsewhere each is told an address to be paired."""
    ports, seen = _free_ports(3 * len(names)), _carries_mdns()
    machines: dict[str, Machine] = {
        name: Neighbour(folder / name, ports[3 * number : 3 * number + 3], seen=seen)
        for number, name in enumerate(names)
    }
    with ended(machines):
        yield machines


def _free_ports(count: int) -> Sequence[int]:
    """Ports that nobody listens on, and that no test of another process takes meanwhile."""
    blocks = len(_PORTS) // count
    for number in range(blocks):
        first = (os.getpid() + number) % blocks * count
        if all(map(_is_free, _PORTS[first : first + count])):
            return _PORTS[first : first + count]
    pytest.fail("no ports are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _carries_mdns() -> bool:
    """Whether one socket hears on the loopback what another says there: not so where another program has the port for
    itself, or where there is no multicast.
    """
    said = os.urandom(2) + bytes(10)  # a DNS message that says nothing
    with contextlib.ExitStack() as stack:
        try:
            speaks, hears = stack.enter_context(_mdns_socket()), stack.enter_context(_mdns_socket())
            speaks.sendto(said, _MDNS)
            while hears.recv(2048) != said:
                pass  # others speak too
        except OSError:
            return False
    return True


def _mdns_socket() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        for option in ("SO_REUSEADDR", "SO_REUSEPORT"):
            if hasattr(socket, option):
                opened.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
        opened.bind(("", _MDNS[1]))
        here = socket.inet_aton(_HOST)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(_MDNS[0]) + here)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        opened.settimeout(PATIENCE_S / 10)
    except OSError:
        opened.close()
        raise
    return opened
