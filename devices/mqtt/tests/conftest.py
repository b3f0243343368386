"""The integration's modules as `mqtt_under_test`, a hub for it, and a real broker."""

import asyncio
import contextlib
import socket
import sys
import types
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.entities import Entity
from hub.sdk import (
    Context,
    DeviceCommand,
    EntityAdded,
    EntityRemoved,
    Reachable,
    StateReported,
    Update,
    Value,
)
from hub.sdk.testing import MemoryStore
from tests.mosquitto import Broker

if "mqtt_under_test" not in sys.modules:
    package = types.ModuleType("mqtt_under_test")
    package.__path__ = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    sys.modules["mqtt_under_test"] = package


class Commands:
    """`ctx.commands`."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[DeviceCommand] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[DeviceCommand]:
        while True:
            yield await self.queue.get()


class Hub:
    """What the integration told, as a hub would hold it."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.states: dict[tuple[str, str], Value] = {}
        self.reachable: dict[str, bool] = {}
        self.troubles: list[str] = []
        self.store = MemoryStore()
        self.commands = Commands()
        self.opened: list[tuple[str, int]] = []
        self.context = Context({"commands": self.commands, "connect": self.connect, "store": self.store})
        self._changed = asyncio.Event()

    async def connect(self, host: str, port: int) -> socket.socket:
        self.opened.append((host, port))
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(connection, (host, port))
        except OSError:
            connection.close()
            raise
        return connection

    def take(self, update: Update) -> None:
        if isinstance(update, EntityAdded):
            self.entities[update.entity.id] = update.entity
        elif isinstance(update, EntityRemoved):
            del self.entities[update.entity]
        elif isinstance(update, StateReported):
            assert update.entity in self.entities
            self.states[update.entity, update.trait] = update.value
        elif isinstance(update, Reachable):
            for entity in [update.entity] if update.entity else list(self.entities):
                self.reachable[entity] = update.available
        elif update.text:
            self.troubles.append(update.text)
        self._changed.set()

    async def until(self, holds: Callable[["Hub"], object]) -> None:
        async with asyncio.timeout(20):
            while not holds(self):
                self._changed.clear()
                await self._changed.wait()

    async def command(self, entity: str, trait: str, value: Value) -> None:
        command = DeviceCommand(1, entity, trait, value)
        await self.commands.queue.put(command)
        async with asyncio.timeout(20):
            await command.answered()


@contextlib.asynccontextmanager
async def running(connect: Callable[..., AsyncIterator[Update]], config: Any) -> AsyncIterator[Hub]:
    """The integration at work, feeding a `Hub`."""
    hub = Hub()

    async def feed() -> None:
        async with contextlib.aclosing(connect(hub.context, config)) as updates:  # type: ignore[type-var]
            async for update in updates:
                hub.take(update)

    task = asyncio.create_task(feed())
    try:
        yield hub
    finally:
        task.cancel()
        async with asyncio.timeout(30):
            results = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError), results[0]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as found:
        yield found


@pytest.fixture
def run() -> Callable[..., Any]:
    """`async with run(connect, config) as hub`."""
    return running
