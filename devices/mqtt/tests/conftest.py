"""The integration's modules as `mqtt_under_test`, a hub for it, and a real broker."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import time
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

if "mqtt_under_test" not in sys.modules:
    package = types.ModuleType("mqtt_under_test")
    package.__path__ = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    sys.modules["mqtt_under_test"] = package

MOSQUITTO = shutil.which("mosquitto") or ("/usr/sbin/mosquitto" if Path("/usr/sbin/mosquitto").exists() else "")


class MemoryStore:
    """`ctx.store`."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self.values.get(key)

    async def set(self, key: str, value: Any) -> None:
        self.values[key] = dict(value)


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


class Broker:
    """A mosquitto of the tests' own on a free port, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\nmessage_size_limit 0\n"
            f"user {_user()}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError("mosquitto did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


def _user() -> str:
    import getpass

    return getpass.getuser()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if not MOSQUITTO:
        pytest.skip("mosquitto is not installed")
    found = Broker(tmp_path)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def run() -> Callable[..., Any]:
    """`async with run(connect, config) as hub`."""
    return running
