"""`Contact`: the mesh, bulk and discovery of a hub trust and look for exactly the members that the fabric knows.

A hub that is in no home yet is alone, and joins in when a person pairs it. One that left its home stays alone until it
is started again: it has a new id from then on, which everything that runs would have to learn.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from hub.core.errors import HearthError
from hub.swarm.addresses import Addresses, Announced, Ports
from hub.swarm.bulk import HttpBulk
from hub.swarm.discovery import Discovery
from hub.swarm.fabric import Fabric
from hub.swarm.mesh import ZenohMesh
from hub.swarm.spread import Spread
from hub.swarm.zenoh_config import MeshKey

log = structlog.get_logger(__name__)
_TOPIC: Final = "ports"
_LOOK_S: Final = 1.0
_ASK_S: Final = 2.0


class Contact:
    """Keep `run` under a supervisor. `name` is what people call this hub; `offering()` is the port at which it waits
    to be paired, 0 when it does not.
    """

    def __init__(
        self,
        fabric: Fabric,
        mesh: ZenohMesh,
        bulk: HttpBulk,
        addresses: Addresses,
        discovery: Discovery,
        *,
        name: str,
        offering: Callable[[], int],
    ) -> None:
        self._fabric = fabric
        self._mesh = mesh
        self._bulk = bulk
        self._addresses = addresses
        self._discovery = discovery
        self._name = name
        self._offering = offering
        self._changed: Callable[[], None] = lambda: None
        self._spread = Spread(fabric, mesh, self.follow)
        self._spreading = False
        self._followed: tuple[MeshKey | None, Mapping[str, str]] = (None, {})
        self._names: Mapping[str, str] = {}
        self._name_all()

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call `changed` when the members, or what they are called, may be others."""
        self._changed = changed

    def names(self) -> Mapping[str, str]:
        """The home's hubs, id -> what people call it; this one alone while it is in no home."""
        return self._names

    async def farewell(self) -> None:
        """Return when the others that can be reached know what this hub knows of the members."""
        if self._spreading:
            await self._spread.told()

    async def run(self) -> None:
        """Follow the fabric until cancelled."""
        ends = (
            self._fabric.changed(self._name_all),
            self._mesh.answer(_TOPIC, self._say_ports),
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_announcing())
                tasks.create_task(self._discovery.run())
                tasks.create_task(self._keep_in_touch())
                tasks.create_task(self._keep_finding_bulk())
        finally:
            for end in ends:
                end()

    async def follow(self) -> None:
        """Trust those who are members now, and look for them. Raises `UnavailableError` when a port is taken."""
        fabric = self._fabric
        if fabric.hub != self._mesh.hub or not fabric.home:
            log.warning("this hub left its home: start it again before you pair it anew")
            await self._trust(None, {})
            return
        members = fabric.members()
        ids = [member.id for member in members]
        self._addresses.members(ids)
        self._discovery.members(ids)
        for member in members:
            for place in member.addresses:
                self._hint(member.id, place, bulk=0)
        await self._trust(fabric.mesh_key(), {member.id: member.fingerprint for member in members})
        self._changed()

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _trust(self, key: MeshKey | None, pinned: Mapping[str, str]) -> None:
        if (key, pinned) == self._followed:
            return
        await self._bulk.reopen(pinned, key)
        await self._mesh.reopen(pinned, key)
        self._followed = (key, pinned)

    async def _keep_in_touch(self) -> None:
        news = asyncio.Event()
        end = self._fabric.changed(news.set)
        try:
            while not self._fabric.home:
                await news.wait()
                news.clear()
        finally:
            end()
        self._spreading = True
        try:
            await self._spread.run()
        finally:
            self._spreading = False

    async def _keep_announcing(self) -> None:
        said = None
        while True:
            ports = Ports(_port(self._mesh.address), _port(self._bulk.address), self._offering())
            if ports != said:
                self._discovery.announce(ports, self._name if ports.pair else "")
                said = ports
            await asyncio.sleep(_LOOK_S)

    async def _keep_finding_bulk(self) -> None:
        """Where multicast does not reach, members say their ports themselves."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for hub in self._mesh.alive():
                if not self._addresses.where(hub, "bulk"):
                    await self._ask_ports(hub)

    async def _ask_ports(self, hub: str) -> None:
        try:
            said = (await self._mesh.ask(hub, _TOPIC, b"", timeout_s=_ASK_S))[:8].decode("ascii", "replace")
            member = self._fabric.member(hub)
        except HearthError as error:
            log.debug("a hub does not say where it listens", hub=hub[:12], error=str(error))
            return
        if said.isdigit() and 0 < int(said) < 65536:
            for place in member.addresses:
                self._hint(hub, place, bulk=int(said))

    async def _say_ports(self, sender: str, body: bytes) -> bytes:
        return str(_port(self._bulk.address)).encode()

    def _hint(self, hub: str, place: str, *, bulk: int) -> None:
        host, _, port = place.rpartition(":")
        if port.isdigit() and int(port) < 65536 and (bulk or not self._addresses.where(hub)):
            self._addresses.heard(Announced(hub, host.strip("[]"), Ports(int(port), bulk)))

    def _name_all(self) -> None:
        known = {member.id: member.name for member in self._fabric.members()}
        self._names = known if self._mesh.hub in known else {self._mesh.hub: self._name}
        self._changed()


def _port(place: str) -> int:
    port = place.rpartition(":")[2]
    return int(port) if port.isdigit() else 0
