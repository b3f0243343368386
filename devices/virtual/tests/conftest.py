"""The virtual integration under the real host, over a hearth.toml of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from hub.core.bus import Bus
from hub.core.commands import Command, CommandResult
from hub.core.events import Event, StateChanged
from hub.core.settings import PluginSettings
from hub.core.settings_file import parse_settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.home.declared import virtual_config
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.devices.device_host import DeviceHost
from hub.plugins.discovery import find_devices
from hub.plugins.ports.hub_ports import MemoryData


class Running:
    def __init__(self, toml: str, data: MemoryData, speed: float) -> None:
        loaded = parse_settings(toml)
        assert not loaded.problems
        self.bus = Bus()
        self.events: list[Event] = []
        self.states = StateTable(self.bus)
        home = Home(loaded.settings, self.bus, self.states)
        scenes = Scenes(loaded.settings)
        exposure = Exposure(home, self.states, scenes, loaded.settings.safety)
        self.dispatcher = Dispatcher(home, self.states, self.bus, exposure, scenes)
        self.supervisor = Supervisor(self.bus)
        self.host = DeviceHost(home, self.states, self.dispatcher, self.bus, self.supervisor, data=data)
        self.host.offer(find_devices(PluginSettings()))
        assert self.host.start("virtual", {**virtual_config(loaded.settings), "speed": speed})
        self.bus.subscribe(Event, self.events.append)

    async def send(self, entity: str, trait: str, value: Any) -> CommandResult:
        command = Command(entity=entity, trait=trait, value=value, channel="ui", confirmed=True)
        return await self.dispatcher.send(command)

    async def until(self, entity: str, trait: str, value: Any) -> None:
        async with asyncio.timeout(20):
            while self.states.value(entity, trait) != value:  # noqa: ASYNC110 -- it is polled in tests only
                await asyncio.sleep(0.001)

    def seen(self, entity: str, trait: str) -> list[Any]:
        changes = (e for e in self.events if isinstance(e, StateChanged))
        return [e.value for e in changes if e.entity == entity and e.trait == trait]

    async def close(self) -> None:
        await self.host.close()
        await self.supervisor.close()
        await self.dispatcher.close()


@pytest.fixture
def data() -> MemoryData:
    return MemoryData()


@pytest.fixture
async def live(data: MemoryData) -> AsyncIterator[Callable[..., Running]]:
    """`live(toml, speed=...)` runs a home of virtual things."""
    homes: list[Running] = []

    def start(toml: str, speed: float = 200.0) -> Running:
        homes.append(Running(toml, data, speed))
        return homes[-1]

    yield start
    for home in homes:
        await home.close()
