"""The other hubs of the home: who they are, and pairing with more."""

import asyncio
import platform
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.settings import SwarmSettings
from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.guard.connect import Guard
    from hub.swarm.peers import Peers

log = structlog.get_logger(__name__)


async def build_peers(ground: Ground, floor: HomeFloor, stack: AsyncExitStack) -> "Peers | None":
    """Who the other hubs are, and the door through which more come in; None unless hearth.toml enables the swarm.

    Where the door's port is taken, the hub says so and runs on without one.
    """
    settings = ground.settings.swarm
    if not settings.enabled:
        return None
    try:
        return await open_peers(ground.paths, settings, floor.guard, ground.bus, stack)
    except HearthError as error:
        log.error("the hub does not see other hubs", error=str(error))
        ground.supervisor.failures["swarm"] = str(error)
        return None


async def open_peers(
    paths: HomePaths,
    settings: SwarmSettings,
    guard: "Guard",
    bus: Bus,
    stack: AsyncExitStack,
    *,
    listen: bool = True,
) -> "Peers":
    """As `build_peers`, also for a command over a home where no hub runs; `listen`: let other hubs in.

    Raises `StoreError` and `UnavailableError`.
    """
    await imported("hub.swarm.peers")
    from hub.swarm.fabric import Fabric
    from hub.swarm.pairing.host import PairingHost
    from hub.swarm.peers import Peers, reachable_at

    fabric = await asyncio.to_thread(Fabric.open, paths.swarm)

    def about() -> tuple[str, tuple[str, ...]]:
        return settings.name or platform.node() or "hub", reachable_at(settings.host, settings.port)

    place = f"{_bracketed(settings.host)}:{settings.pairing_port}"
    host = PairingHost(fabric, bus, about, place) if listen else None
    peers = Peers(fabric, guard, bus, about, host)
    stack.push_async_callback(peers.close)
    await peers.start()
    return peers


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
