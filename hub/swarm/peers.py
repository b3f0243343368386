"""What people do about the other hubs of the home: see them, pair one, remove one."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.errors import UnavailableError
from hub.core.events import HubPaired, HubRemoved
from hub.guard.connect import Guard
from hub.swarm.addresses import Announced
from hub.swarm.check_digits import shown
from hub.swarm.fabric import Fabric
from hub.swarm.members import Member
from hub.swarm.pairing.guest import join
from hub.swarm.pairing.host import About, PairingHost
from hub.swarm.pairing.window import Stage, Status

log = structlog.get_logger(__name__)
_ANY: Final = ("0.0.0.0", "::", "[::]")  # noqa: S104 -- compared with, not bound to


class Peer(Struct, frozen=True, kw_only=True):
    """A hub of the home as people see it. `reachable` is None where no mesh runs that could tell."""

    id: str
    short: str
    name: str
    addresses: tuple[str, ...]
    joined_at: float
    here: bool
    founder: bool
    reachable: bool | None


class Nearby(Struct, frozen=True, kw_only=True):
    """A hub that says it waits to be paired, and where."""

    name: str
    address: str


class Peers:
    """`await start()`, and `await close()` at the end.

    `about` says what this hub is called and where its mesh listens. Without a `host` nobody can be let in here; a hub
    can still be joined. `alive`, `farewell` and `offers` are set by who runs the mesh: the hubs that can be reached,
    what tells the others before this hub leaves, and hubs on the network that wait to be paired.
    """

    def __init__(self, fabric: Fabric, guard: Guard, bus: Bus, about: About, host: PairingHost | None) -> None:
        self.fabric = fabric
        self.alive: Callable[[], frozenset[str]] | None = None
        self.farewell: Callable[[], Awaitable[None]] | None = None
        self.offers: Callable[[], list[Announced]] = list
        self._guard = guard
        self._bus = bus
        self._about = about
        self._host = host
        self._known = {member.id for member in fabric.members()}
        self._end = fabric.changed(self._changed)

    async def start(self) -> None:
        """Listen for hubs that ask to be paired. Raises `UnavailableError` when the port is taken."""
        if self._host is not None:
            await self._host.start()
        if self.fabric.home:
            await self.fabric.describe(*self._about())

    async def close(self) -> None:
        """Listen no more."""
        self._end()
        if self._host is not None:
            await self._host.close()

    def peers(self) -> tuple[Peer, ...]:
        """The home's hubs, this one among them; only this one while it is paired with none."""
        fabric, alive = self.fabric, self.alive() if self.alive is not None else None
        if not fabric.home:
            name, addresses = self._about()
            alone = Member(id=fabric.hub, name=name, fingerprint="", addresses=addresses, joined_at=0.0)
            return (self._seen(alone, alive),)
        return tuple(self._seen(member, alive) for member in fabric.members())

    def pair(self) -> Status:
        """Open the window for another hub, with a new code. Raises `UnavailableError` where none can be let in."""
        if self._host is None:
            raise UnavailableError("this hub does not listen for others", remedy="see [swarm] in hearth.toml")
        return self._host.arm(self._shown_addresses(self._host.address))

    def call_off(self) -> Status:
        """Close the window."""
        if self._host is not None:
            self._host.disarm()
        return self.pairing()

    def pairing(self) -> Status:
        """How pairing stands."""
        return self._host.status() if self._host is not None else Status()

    @property
    def waiting_at(self) -> int:
        """The port at which another hub may knock now; 0 while nobody is waited for."""
        if self._host is None or self._host.status().stage != Stage.WAITING.value:
            return 0
        return int(self._host.address.rpartition(":")[2])

    def nearby(self) -> tuple[Nearby, ...]:
        """The hubs on the network that wait to be paired now. Anybody can claim to be one: the code tells."""
        return tuple(
            Nearby(
                name=said.name,
                address=f"[{said.host}]:{said.ports.pair}" if ":" in said.host else f"{said.host}:{said.ports.pair}",
            )
            for said in self.offers()
        )

    async def join(self, address: str, code: str) -> Peer:
        """Be let into the home of the hub at `address`, which shows `code`; raises as `guest.join` does."""
        hub = await join(self.fabric, self._guard, address, code, *self._about())
        member = self.fabric.member(hub)
        log.info("paired", hub=shown(hub), name=member.name)
        self._bus.publish(HubPaired(peer=hub, name=member.name))
        return self._seen(member, None)

    async def remove(self, named: str) -> Peer:
        """Shut a hub out of the home for good, or leave it, if it is this one. Raises as `Fabric.member` does."""
        member = self.fabric.member(named)
        peer = self._seen(member, None)
        await self.fabric.remove(member.id)
        if peer.here:
            if self.farewell is not None:
                await self.farewell()
            if self.fabric.hub == member.id:  # the others' answer may have had it leave already
                await self.fabric.leave()
        return peer

    def _seen(self, member: Member, alive: frozenset[str] | None) -> Peer:
        here = member.id == self.fabric.hub
        return Peer(
            id=member.id,
            short=shown(member.id),
            name=member.name,
            addresses=member.addresses,
            joined_at=member.joined_at,
            here=here,
            founder=member.id == self.fabric.founder,
            reachable=True if here else None if alive is None else member.id in alive,
        )

    def _changed(self) -> None:
        now = {member.id for member in self.fabric.members()}
        gone, self._known = self._known - now, now
        for hub in sorted(gone):
            self._bus.publish(HubRemoved(peer=hub))

    def _shown_addresses(self, listens: str) -> tuple[str, ...]:
        return reachable_at(*listens.rsplit(":", 1))


def reachable_at(host: str, port: str | int) -> tuple[str, ...]:
    """The addresses, as `host:port`, at which others reach a listener on `host`."""
    if host not in _ANY:
        return (f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}",)
    from hub.swarm.discovery import own_addresses

    return tuple(f"{address}:{port}" for address in sorted(own_addresses())) or (f"127.0.0.1:{port}",)
