"""The home over the store, and the devices in it."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from hub.core.errors import StoreError
from hub.floors.ground import Ground, imported
from hub.floors.store import Store, follow_settings

if TYPE_CHECKING:
    from hub.core.announced import Announced
    from hub.guard.connect import Guard
    from hub.home.areas import Areas
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.household_settings import HouseholdSettings
    from hub.home.registry import Home
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.plugins.cage.cages import Cages
    from hub.plugins.devices.device_host import DeviceHost
    from hub.plugins.devices.device_keeper import DeviceKeeper
    from hub.satellites.wyoming.satellite_list import SatelliteList
    from hub.store.database import Database
    from hub.store.history import History
    from hub.store.home_table import HomeTable

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class HomeFloor:
    """The store, the home over it, and the devices in it."""

    guard: "Guard"
    database: "Database"
    history: "History"
    home: "Home"
    areas: "Areas"
    exposure: "Exposure"
    dispatcher: "Dispatcher"
    undo: "UndoLog"
    why: "Why"
    devices: "DeviceHost"
    cages: "Cages"
    settings: "HouseholdSettings"
    kept: "DeviceKeeper"
    satellites: "SatelliteList"


async def build_home(ground: Ground, store: Store, stack: AsyncExitStack) -> HomeFloor:
    """Start the home and its devices. Raises `StoreError`."""
    await imported("hub.plugins.devices.device_host")
    from hub.guard.connect import Guard
    from hub.home.areas import Areas
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.recent import EventRing
    from hub.home.registry import Home
    from hub.home.scenes import Scenes
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.store.command_log import CommandLog
    from hub.store.home_table import HomeTable, Overrides
    from hub.store.ledger import LedgerTable

    settings, bus, states = ground.settings, ground.bus, ground.states
    database, history = store.database, store.history
    guard = Guard(writer=LedgerTable(database))
    stack.push_async_callback(guard.close)
    ground.supervisor.start("ledger", guard.ledger.run)
    ring = EventRing(bus)
    table = HomeTable(database)
    home = Home(settings, bus, states, Overrides(table))
    await home.load()
    areas = Areas(home, table)
    await areas.load()
    follow_settings(store.settings, home)
    scenes = Scenes(settings)
    exposure = Exposure(home, states, scenes, settings.safety)
    commands = CommandLog(database)
    dispatcher = Dispatcher(home, states, bus, exposure, scenes, commands)
    stack.push_async_callback(dispatcher.close)
    undo = UndoLog(bus, ring, states)
    await commands.fail_interrupted(bus)
    devices, cages = _device_host(ground, database, home, dispatcher, guard, stack)
    satellites = await _known_satellites(ground, home, table, guard)
    kept = await _start_devices(devices, cages, home, (table, satellites), ground)
    return HomeFloor(
        guard=guard, database=database, history=history, home=home, areas=areas, exposure=exposure,
        dispatcher=dispatcher, undo=undo, why=Why(home, states, ring, history), devices=devices, cages=cages,
        settings=store.settings, kept=kept, satellites=satellites,
    )  # fmt: skip


def _device_host(
    ground: Ground, database: "Database", home: "Home", dispatcher: "Dispatcher", guard: "Guard", stack: AsyncExitStack
) -> "tuple[DeviceHost, Cages]":
    """What runs device integrations, and the cages for those of others."""
    from hub.plugins.cage.cages import Cages
    from hub.plugins.devices.device_host import DeviceHost
    from hub.store.plugin_data import PluginData

    cages = Cages(allow_uncaged=ground.settings.plugins.allow_uncaged)
    stack.push_async_callback(cages.close)
    host = DeviceHost(
        home, ground.states, dispatcher, ground.bus, ground.supervisor,
        data=PluginData(database), cages=cages, connect=guard.open_socket,
    )  # fmt: skip
    stack.push_async_callback(host.close)
    return host, cages


async def _known_satellites(ground: Ground, home: "Home", table: "HomeTable", guard: "Guard") -> "SatelliteList":
    """Those of hearth.toml and those that were added; they are connected to once the hub hears."""
    from hub.satellites.wyoming.satellite_list import SatelliteList

    satellites = SatelliteList(
        ground.settings.satellite, table, lambda: home.view().areas, guard.connect, ground.supervisor
    )
    try:
        await satellites.load()
    except StoreError as error:  # the rest of the home does not wait for it
        log.error("satellites that were added are left out", error=str(error))
        ground.supervisor.failures["satellites"] = str(error)
    return satellites


async def _start_devices(
    host: "DeviceHost", cages: "Cages", home: "Home", kept: "tuple[HomeTable, SatelliteList]", ground: Ground
) -> "DeviceKeeper":
    """What hearth.toml asks for and the household added. What any hub of the home could run starts with the swarm."""
    from hub.home.declared import is_virtual, virtual_config
    from hub.plugins.devices.device_code import DeviceCode
    from hub.plugins.devices.device_keeper import DeviceKeeper
    from hub.plugins.devices.device_shelf import DeviceShelf
    from hub.plugins.devices.wanted_devices import declared_devices
    from hub.plugins.discovery import find_devices
    from hub.store.kept_devices import DeviceTable

    settings, place = ground.settings, str(ground.paths.settings)
    table, satellites = kept
    host.offer(find_devices(settings.plugins, ground.paths.root))
    if any(is_virtual(e) for e in settings.entity):
        host.start("virtual", virtual_config(settings), place=place)
    found = host.available()
    declared = tuple(declared_devices(settings, {each.manifest.id for each in found}, place))
    shelf = DeviceShelf(DeviceTable(table, ground.paths.device_secrets), found, declared, DeviceCode(host.code, cages))
    try:
        await shelf.load()
    except StoreError as error:  # the rest of the home does not wait for it
        log.error("what was added is left out", error=str(error))
        ground.supervisor.failures["devices"] = str(error)

    def known(kind: str, address: str, port: int, *, own: bool) -> bool:
        # The hub's own services announce themselves as a satellite does.
        served = own and settings.wyoming.enabled and port == settings.wyoming.port
        return kind == "wyoming" and (served or satellites.has(address, port, own=own))

    keeper = DeviceKeeper(shelf, host, home, _announced, _own_addresses, known)
    if not settings.swarm.enabled:
        keeper.start()
    return keeper


def _own_addresses() -> frozenset[str]:
    from hub.swarm.discovery import own_addresses

    return own_addresses()


async def _announced(seconds: float, services: Mapping[str, str]) -> "Sequence[Announced]":
    from hub.plugins.devices.search import announced

    return await announced(seconds, services)
