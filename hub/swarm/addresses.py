"""Where hubs say they are: hints, from a network on which anybody may say anything.

What is believed of them is nothing but an address to try. Who answers there, its certificate says. So a lie costs a
try, and everything is capped, so that many lies cost no more: of a member the last few addresses are kept, and always
the one that proved true; of others the first sixty-four that offer to pair.
"""

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

MOST_OFFERS: Final = 64
_MOST_OF_ONE: Final = 4
_MOST_TXT: Final = 512
_MOST_KEYS: Final = 16
_LONGEST_NAME: Final = 40
_ID: Final = re.compile(r"[0-9a-f]{64}")


class Ports(Struct, frozen=True):
    """A hub's ports; 0 where it does not listen for others, or does not offer to pair."""

    mesh: int = 0
    bulk: int = 0
    pair: int = 0


class Announced(Struct, frozen=True):
    """A hub says that it is at `host`. `name` is what its people call it, told only while it offers to pair."""

    hub: str
    host: str
    ports: Ports
    name: str = ""


def txt(hub: str, ports: Ports, name: str) -> dict[str, str]:
    """What a hub announces: the id, which is random to anybody else, and its ports."""
    said = {"v": "1", "id": hub, "mesh": str(ports.mesh), "bulk": str(ports.bulk)}
    if ports.pair:
        said.update(pair=str(ports.pair), name=name[:_LONGEST_NAME])
    return said


def read_txt(properties: Mapping[bytes, bytes | None]) -> tuple[str, Ports, str] | None:
    """Id, ports and name of a TXT record; None for one that is not ours to read: too large, or not as it should be."""
    if len(properties) > _MOST_KEYS or sum(len(k) + len(v or b"") for k, v in properties.items()) > _MOST_TXT:
        return None
    try:
        said = {key.decode("ascii"): (value or b"").decode() for key, value in properties.items()}
    except UnicodeDecodeError:
        return None
    hub = said.get("id", "")
    ports = [_port(said.get(key, "0")) for key in ("mesh", "bulk", "pair")]
    if not _ID.fullmatch(hub) or None in ports:
        return None
    mesh, bulk, pair = (port or 0 for port in ports)
    name = "".join(c for c in said.get("name", "")[:_LONGEST_NAME] if c.isprintable() and not _turns(c))
    return hub, Ports(mesh, bulk, pair), name if pair else ""


def _port(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536 else None


def _turns(character: str) -> bool:
    """Whether it changes the direction of text, or joins what should be apart: it could dress one name as another."""
    return "\u200b" <= character <= "\u200f" or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


class Addresses:
    """What was announced. `hub` is this hub, whose own id nobody else can have; `members` are always made room for.

    `loopback`: believe in loopback addresses too, for hubs on one machine.
    """

    def __init__(self, hub: str, members: Iterable[str], *, loopback: bool = False) -> None:
        self._hub = hub
        self._members = frozenset(members) - {hub}
        self._loopback = loopback
        self._heard: dict[str, OrderedDict[str, Announced]] = {}  # member -> host -> what was said, newest last
        self._proved: dict[str, str] = {}
        self._turn: dict[str, int] = {}
        self._offers: dict[str, Announced] = {}

    def members(self, members: Iterable[str]) -> None:
        """These are the home's hubs from now on."""
        self._members = frozenset(members) - {self._hub}
        for known in (self._heard, self._proved, self._turn):
            for hub in known.keys() - self._members:
                del known[hub]
        for hub in self._offers.keys() & self._members:
            del self._offers[hub]

    def heard(self, said: Announced) -> bool:
        """Take note of an announcement; whether it is news of a member."""
        if said.hub == self._hub or not self._believable(said.host):
            return False
        if said.hub not in self._members:
            self._offer(said)
            return False
        known = self._heard.setdefault(said.hub, OrderedDict())
        news = known.get(said.host) != said
        known[said.host] = said
        known.move_to_end(said.host)
        while len(known) > _MOST_OF_ONE:
            del known[next(host for host in known if host != self._proved.get(said.hub))]
        return news

    def gone(self, hub: str) -> None:
        """A hub took its announcement back; a member's addresses are kept, for anybody can say so."""
        self._offers.pop(hub, None)

    def proved(self, hub: str, place: str) -> None:
        """A member answered at `host:port`, with its certificate: this is kept whatever else is announced."""
        if hub in self._members:
            self._proved[hub] = place.rpartition(":")[0].strip("[]")

    def where(self, hub: str, kind: str = "mesh") -> str:
        """An address to try for a member's `mesh` or `bulk`, as `host:port`; another one each time, the one that proved
        true first. Empty when none is known.
        """
        known = self._heard.get(hub)
        if not known:
            return ""
        proved = self._proved.get(hub)
        newest_first = list(known.values())[::-1]
        order = sorted(newest_first, key=lambda said: said.host != proved)
        usable = [said for said in order if getattr(said.ports, kind)]
        if not usable:
            return ""
        turn = self._turn.get(hub, 0)
        if kind == "mesh":
            self._turn[hub] = turn + 1
        said = usable[turn % len(usable)]
        host = f"[{said.host}]" if ":" in said.host else said.host
        return f"{host}:{getattr(said.ports, kind)}"

    def offers(self) -> list[Announced]:
        """The hubs that are no members and offer to pair."""
        return sorted(self._offers.values(), key=lambda said: (said.name, said.hub))

    def _offer(self, said: Announced) -> None:
        if not said.ports.pair:
            self._offers.pop(said.hub, None)
        elif said.hub in self._offers or len(self._offers) < MOST_OFFERS:
            self._offers[said.hub] = said

    def _believable(self, host: str) -> bool:
        try:
            ip = ipaddress.ip_address(host)
        except ValueError:
            return False
        if ip.is_loopback:
            return self._loopback
        return ip.is_private and not (ip.is_multicast or ip.is_unspecified or ip.is_reserved)
