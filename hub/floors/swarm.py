"""The other hubs of the home: who they are, pairing with more, and being one home with them."""

import asyncio
import ipaddress
import platform
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import PeerTrouble
from hub.core.paths import HomePaths
from hub.core.settings import SwarmSettings
from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.guard.connect import Guard
    from hub.perception.presence.rooms import Rooms
    from hub.plugins.devices.wanted_devices import WantedDevice
    from hub.swarm.arbitration.arbiter import Arbiter
    from hub.swarm.bulk import HttpBulk
    from hub.swarm.contact import Contact
    from hub.swarm.mesh import ZenohMesh
    from hub.swarm.peers import Peers
    from hub.swarm.shared_home import SharedHome

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Swarm:
    """What reaches the other hubs, and what this one shares with them."""

    peers: "Peers"
    mesh: "ZenohMesh"
    bulk: "HttpBulk"
    shared: "SharedHome"


async def build_swarm(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> Swarm | None:
    """The other hubs, and the door through which more come in; None unless hearth.toml enables the swarm.

    Where a port is taken, the hub says so and runs on alone.
    """
    if not ground.settings.swarm.enabled:
        return None
    try:
        async with AsyncExitStack() as opening:
            swarm = await _open(ground, floor, opening)
            stack.push_async_callback(opening.pop_all().aclose)
    except HearthError as error:
        log.error("the hub does not see other hubs", error=str(error))
        ground.supervisor.failures["swarm"] = str(error)
        floor.kept.start()
        return None
    floor.kept.start(_Shared(floor, swarm.shared))
    return swarm


async def _open(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> Swarm:
    await imported("hub.swarm.contact", "hub.swarm.shared_home", "hub.swarm.peers")
    from hub.store.home_table import HomeTable
    from hub.swarm.shared_home import SharedHome

    settings = ground.settings.swarm
    peers = await open_peers(ground.paths, settings, floor.guard, ground.bus, stack)

    def tell(hub: str, trouble: str) -> None:
        log.warning("trouble with a hub", hub=hub[:12], trouble=trouble)
        ground.bus.publish(PeerTrouble(peer=hub, trouble=trouble))

    mesh, bulk, contact = await _in_touch(settings, peers, floor.guard, tell, stack)
    shared = SharedHome(
        mesh,
        floor.home,
        ground.states,
        floor.dispatcher,
        floor.exposure,
        HomeTable(floor.database),
        ground.bus,
        ground.clock,
        contact.names,
        tell,
    )
    await shared.start()
    floor.areas.keep_in(shared)
    stack.push_async_callback(shared.close)
    contact.on_change(shared.look)
    for name, run in (("hubs", contact.run), ("shared home", shared.run)):
        ground.supervisor.start(name, run)
        stack.push_async_callback(ground.supervisor.stop, name)
    return Swarm(peers, mesh, bulk, shared)


async def _in_touch(
    settings: SwarmSettings, peers: "Peers", guard: "Guard", tell: Callable[[str, str], None], stack: AsyncExitStack
) -> "tuple[ZenohMesh, HttpBulk, Contact]":
    """The mesh and bulk of this hub, alone until `Contact` runs."""
    from hub.swarm.addresses import Addresses, Ports
    from hub.swarm.bulk import HttpBulk
    from hub.swarm.contact import Contact
    from hub.swarm.discovery import Discovery, on_address, own_addresses
    from hub.swarm.mesh import ZenohMesh

    fabric, host = peers.fabric, _bracketed(settings.host)
    here = _one_address(settings.host)
    addresses = Addresses(fabric.hub, [], loopback=here is not None and here.is_loopback)
    mesh = ZenohMesh(
        None,
        [],
        addresses.where,
        guard,
        hub=fabric.hub,
        listen=f"{host}:{settings.port}",
        tell=tell,
        proved=addresses.proved,
    )
    await mesh.start()
    stack.push_async_callback(mesh.close)
    bulk = HttpBulk(None, {}, lambda hub: addresses.where(hub, "bulk"), guard, listen=f"{host}:{settings.bulk_port}")
    await bulk.start()
    stack.push_async_callback(bulk.close)
    discovery = Discovery(
        addresses,
        fabric.hub,
        [],
        Ports(),
        found=mesh.moved,
        hosts=own_addresses if here is None else lambda: frozenset({str(here)}),
        open=None if here is None else lambda: on_address(str(here)),
    )
    contact = Contact(
        fabric, mesh, bulk, addresses, discovery, name=_called(settings), offering=lambda: peers.waiting_at
    )
    peers.alive, peers.farewell, peers.offers = mesh.alive, contact.farewell, addresses.offers
    return mesh, bulk, contact


def build_arbiter(swarm: Swarm | None, rooms: "Rooms", ground: Ground) -> "Arbiter":
    """Who answers a wake word: one of the streams of this hub and, where there are more hubs, of theirs."""
    from hub.swarm.arbitration.arbiter import Arbiter

    mesh = None if swarm is None else swarm.mesh
    arbiter = Arbiter("here" if mesh is None else mesh.hub, rooms.belief, mesh)
    ground.supervisor.start("arbiter", arbiter.run)
    return arbiter


class _Shared:
    """Hubs that are asked for the same integration run it on one of them."""

    def __init__(self, floor: HomeFloor, shared: "SharedHome") -> None:
        self._floor = floor
        self._duties = shared.duties

    def start(self, wanted: "WantedDevice") -> None:
        from hub.swarm.duty.duties import duty_of

        self._duties.offer(duty_of(wanted.id, wanted.config), _work(self._floor, wanted), brings=wanted.instance)

    async def stop(self, wanted: "WantedDevice") -> None:
        from hub.swarm.duty.duties import duty_of

        await self._duties.withdraw(duty_of(wanted.id, wanted.config))


def _work(floor: HomeFloor, wanted: "WantedDevice") -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        started = floor.devices.start(wanted.id, wanted.config, instance=wanted.instance, place=wanted.place)
        try:
            await asyncio.Event().wait()
        finally:
            if started:
                await floor.devices.stop(wanted.instance)

    return work


async def open_peers(
    paths: HomePaths,
    settings: SwarmSettings,
    guard: "Guard",
    bus: Bus,
    stack: AsyncExitStack,
    *,
    listen: bool = True,
) -> "Peers":
    """Who the other hubs are, also for a command over a home where no hub runs; `listen`: let other hubs in.

    Raises `StoreError` and `UnavailableError`.
    """
    await imported("hub.swarm.peers")
    from hub.swarm.fabric import Fabric
    from hub.swarm.pairing.host import PairingHost
    from hub.swarm.peers import Peers, reachable_at

    fabric = await asyncio.to_thread(Fabric.open, paths.swarm)

    def about() -> tuple[str, tuple[str, ...]]:
        return _called(settings), reachable_at(settings.host, settings.port)

    place = f"{_bracketed(settings.host)}:{settings.pairing_port}"
    host = PairingHost(fabric, bus, about, place) if listen else None
    peers = Peers(fabric, guard, bus, about, host)
    stack.push_async_callback(peers.close)
    await peers.start()
    return peers


def _called(settings: SwarmSettings) -> str:
    return settings.name or platform.node() or "hub"


def _one_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that hearth.toml wants this hub to listen on; None for all."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return None if address.is_unspecified else address


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
