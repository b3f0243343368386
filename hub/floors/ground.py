"""What every room stands on: settings, bus, states, supervisor, clock."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from hub.core.bus import Bus
from hub.core.clock import SystemClock
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import LoadedSettings, load_settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ground:
    """What every room stands on."""

    paths: HomePaths
    settings: Settings
    bus: Bus
    states: StateTable
    supervisor: Supervisor
    clock: SystemClock
    loaded: LoadedSettings
    """What hearth.toml alone says."""
    change: Callable[[Settings], Settings]
    """What the command line makes of settings."""


async def build_ground(paths: HomePaths, change: Callable[[Settings], Settings], stack: AsyncExitStack) -> Ground:
    """Read hearth.toml, changed by `change`, and make what needs nothing else. Raises `SettingsError`."""
    loaded = load_settings(paths.settings)
    for problem in loaded.problems:
        log.warning("left out of the settings", problem=str(problem))
    bus = Bus()
    stack.push_async_callback(bus.close)
    supervisor = Supervisor(bus)
    stack.push_async_callback(supervisor.close)
    return Ground(paths, change(loaded.settings), bus, StateTable(bus), supervisor, SystemClock(), loaded, change)


async def imported(*modules: str) -> None:
    """Import what a floor is made of in a thread: it takes a while, and /healthz answers meanwhile."""
    await asyncio.to_thread(lambda: [importlib.import_module(module) for module in modules])
