"""A furnished home without a plugin host: the demo's hearth.toml, real registry, rules and dispatcher."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.commands import Command
from hub.core.events import Event
from hub.core.settings import Settings
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.home.dispatch import CommandJournal, Dispatcher
from hub.home.exposure import Exposure
from hub.home.overrides import OverrideTable
from hub.home.recent import EventRing
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.sdk.device import DeviceCommand
from hub.store.database import Database


class Obedient:
    """An integration that does at once what it is told, and remembers it."""

    def __init__(self, states: StateTable) -> None:
        self.states = states
        self.told: list[tuple[str, str, Any]] = []

    async def deliver(self, command: DeviceCommand) -> None:
        self.told.append((command.entity, command.trait, command.value))
        self.states.set(command.entity, command.trait, command.value, causes=(command.id,))
        command.done()


class Furnished:
    def __init__(
        self,
        settings: Settings,
        journal: CommandJournal | None = None,
        overrides: OverrideTable | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.ring = EventRing(self.bus)
        self.states = StateTable(self.bus)
        self.home = Home(settings, self.bus, self.states, overrides, settle_s=0.0)
        self.scenes = Scenes(settings)
        self.exposure = Exposure(self.home, self.states, self.scenes, settings.safety)
        self.dispatcher = Dispatcher(
            self.home, self.states, self.bus, self.exposure, self.scenes, journal, timeout_s=timeout_s
        )
        self.sink = Obedient(self.states)
        self.dispatcher.route("virtual", self.sink)
        for declared in settings.entity:
            for trait, value in declared.initial.items():
                self.states.set(declared.id, trait, value)
        self.events.clear()

    def told(self, kind: type[Event]) -> list[Any]:
        return [e for e in self.events if type(e) is kind]


@pytest.fixture(scope="session")
def demo() -> Settings:
    loaded = load_settings(bundled("config") / "demo" / "hearth.toml")
    assert not loaded.problems
    return loaded.settings


@pytest.fixture
def furnish(demo: Settings) -> Callable[..., Furnished]:
    def make(settings: Settings | None = None, **given: Any) -> Furnished:
        return Furnished(settings or demo, **given)

    return make


@pytest.fixture
def house(furnish: Callable[..., Furnished]) -> Furnished:
    return furnish()


@pytest.fixture
def wish() -> Callable[..., Command]:
    def make(entity: str, trait: str, value: Any, **given: Any) -> Command:
        return Command(entity=entity, trait=trait, value=value, **{"channel": "voice", **given})

    return make


@pytest.fixture
def settled() -> Callable[[], Any]:
    """Let what is due on the loop run."""

    async def run() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    return run


@pytest.fixture
def opened() -> Callable[[Path], Any]:
    """A real database, closed at the end of its `async with`."""

    @asynccontextmanager
    async def open_(path: Path) -> AsyncIterator[Database]:
        database = await Database.open(path)
        try:
            yield database
        finally:
            await database.close()

    return open_
