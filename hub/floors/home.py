"""The home over the store, and the devices in it."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.floors.ground import Ground, imported
from hub.floors.store import Store, follow_settings

if TYPE_CHECKING:
    from hub.guard.connect import Guard
    from hub.home.areas import Areas
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.household_settings import HouseholdSettings
    from hub.home.registry import Home
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.plugins.device_host import DeviceHost
    from hub.store.database import Database
    from hub.store.history import History


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
    settings: "HouseholdSettings"


async def build_home(ground: Ground, store: Store, stack: AsyncExitStack) -> HomeFloor:
    """Start the home and its devices. Raises `StoreError`."""
    await imported("hub.plugins.device_host")
    from hub.guard.connect import Guard
    from hub.home.areas import Areas
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.recent import EventRing
    from hub.home.registry import Home
    from hub.home.scenes import Scenes
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.plugins.device_host import DeviceHost
    from hub.store.command_log import CommandLog
    from hub.store.home_table import HomeTable, Overrides
    from hub.store.ledger import LedgerTable
    from hub.store.plugin_data import PluginData

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
    data = PluginData(database)
    devices = DeviceHost(home, states, dispatcher, bus, ground.supervisor, data=data, connect=guard.open_socket)
    stack.push_async_callback(devices.close)
    _start_devices(devices, ground)
    why = Why(home, states, ring, history)
    return HomeFloor(guard, database, history, home, areas, exposure, dispatcher, undo, why, devices, store.settings)


class Integration(NamedTuple):
    """An integration that hearth.toml asks for; `place` is where."""

    id: str
    config: Mapping[str, Any]
    instance: str
    place: str


def _start_devices(devices: "DeviceHost", ground: Ground) -> None:
    """What hearth.toml asks for. Integrations that any hub of the home could run are started by `hub.floors.swarm`."""
    from hub.home.declared import is_virtual, virtual_config
    from hub.plugins.discovery import find_devices

    settings = ground.settings
    devices.offer(find_devices(settings.plugins))
    if any(is_virtual(e) for e in settings.entity):
        devices.start("virtual", virtual_config(settings), place=str(ground.paths.settings))
    if not settings.swarm.enabled:
        start_integrations(devices, ground)


def start_integrations(devices: "DeviceHost", ground: Ground) -> None:
    """Start the integrations that talk to things in the home."""
    for wanted in integrations(devices, ground):
        devices.start(wanted.id, wanted.config, instance=wanted.instance, place=wanted.place)


def integrations(devices: "DeviceHost", ground: Ground) -> Iterator[Integration]:
    """The integrations that hearth.toml asks for, without the virtual things."""
    settings, place = ground.settings, str(ground.paths.settings)
    for number, broker in enumerate(settings.mqtt):
        instance = "mqtt" if number == 0 else f"mqtt_{number + 1}"
        yield Integration("mqtt", msgspec.to_builtins(broker), instance, f"{place} [[mqtt]]")
    known = {found.manifest.id for found in devices.available()}
    for integration, config in settings.plugins.config.items():
        if integration in known:
            yield Integration(integration, config, integration, f"{place} [plugins.config.{integration}]")
