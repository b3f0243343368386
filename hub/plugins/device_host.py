"""The host of device integrations: runs each under supervision, applies its updates, brings it its commands."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import Any, cast

import msgspec
import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.errors import HearthError, NotFoundError, SettingsError, UnavailableError, UsageError
from hub.core.events import PluginFailed
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.home.dispatch import Dispatcher
from hub.home.registry import Home
from hub.plugins.device_ports import CommandQueue, Connector, ConnectPort
from hub.plugins.discovery import Found, FoundDevice
from hub.plugins.loader import load_device
from hub.plugins.ports import BoundedData, PluginData
from hub.plugins.updates import Updates
from hub.sdk.context import Context
from hub.sdk.device import Device, Trouble, Update

log = structlog.get_logger(__name__)
_BREATH = 64
"""Updates between two pauses in which the rest of the hub runs, however fast an integration talks."""

_QUIET_S = 0.05
"""After so long without an update, an integration has told what it had to tell at first."""


class DeviceStatus(Struct, frozen=True, kw_only=True):
    """How an integration fares."""

    instance: str
    integration: str
    running: bool
    entities: int
    applied: int
    refused: int
    error: str = ""
    trouble: str = ""
    """Why it cannot do its work now, by its own word or because it failed."""


class _Instance:
    def __init__(self, found: FoundDevice, device: Device, config: Any, updates: Updates, queue: CommandQueue) -> None:
        self.found = found
        self.device = device
        self.config = config
        self.updates = updates
        self.queue = queue
        self.running = False
        self.error = ""
        self.settled = asyncio.Event()
        self.unroute: Callable[[], None] = lambda: None


class DeviceHost:
    """Runs integrations, each instance under a name that owns its entities.

    One that fails is restarted with backoff; meanwhile its entities are unavailable and commands to them fail with a
    reason. A broken one is reported as `PluginFailed` and left out.
    """

    def __init__(
        self,
        home: Home,
        states: StateTable,
        dispatcher: Dispatcher,
        bus: Bus,
        supervisor: Supervisor,
        *,
        data: PluginData,
        connect: Connector | None = None,
    ) -> None:
        self._home = home
        self._states = states
        self._dispatcher = dispatcher
        self._bus = bus
        self._supervisor = supervisor
        self._data = data
        self._connect = connect
        self._found: dict[str, FoundDevice] = {}
        self._instances: dict[str, _Instance] = {}
        self._loaded: dict[str, Device] = {}
        self._reports: dict[str, str] = {}

    def offer(self, found: Found[FoundDevice]) -> None:
        """Know these integrations; reports the broken ones. Nothing runs before `start`."""
        for broken in found.broken:
            self.left_out(broken.plugin, str(broken.error))
        self._found.update((f.manifest.id, f) for f in found.plugins)

    def code(self, found: FoundDevice) -> Device:
        """What an integration is made of, loaded once. Raises `PluginError`."""
        name = found.manifest.id
        if name not in self._loaded:
            self._loaded[name] = load_device(found)
        return self._loaded[name]

    def report(self, instance: str) -> str:
        """Why an instance was left out, empty when it was not."""
        return self._reports.get(instance, "")

    def available(self) -> list[FoundDevice]:
        """The integrations that could be started."""
        return list(self._found.values())

    def start(self, integration: str, config: Mapping[str, Any], *, instance: str = "", place: str = "") -> bool:
        """Run an integration with `config`, as `instance` (its own id unless given).

        False when it is broken or its config is: that is then reported, with `place` naming where the config stands.
        Raises `NotFoundError` for an unknown integration, `UsageError` for an instance that runs already.
        """
        found = self._found.get(integration)
        if found is None:
            raise NotFoundError(f"there is no integration {integration!r}", remedy="`hearth device list` shows them")
        name = instance or integration
        if name in self._instances:
            raise UsageError(f"{name} runs already", remedy="stop it first, or give the second another instance name")
        self._reports.pop(name, None)
        try:
            device = self.code(found)
            settings = _config(device, config, place or f"config of {name}")
        except HearthError as error:
            self.left_out(name, str(error))
            return False
        updates = Updates(name, self._home, self._states, self._dispatcher.attribution)
        running = _Instance(found, device, settings, updates, CommandQueue(name))
        self._instances[name] = running
        running.queue.open()  # commands that come before the generator's first step wait for it
        running.unroute = self._dispatcher.route(name, running.queue)
        self._supervisor.start(f"device:{name}", lambda: self._run(name, running))
        return True

    async def ready(self, timeout_s: float = 2.0) -> bool:
        """Wait until every integration has told what it has and paused; False when one had not by then.

        For commands that start a hub, look and leave. One that failed is not waited for.
        """
        waiting = [i.settled.wait() for i in self._instances.values()]
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*waiting)
        except TimeoutError:
            return False
        return True

    async def stop(self, instance: str) -> None:
        """Unload an instance: cancel its generator and remove its entities. Raises `NotFoundError`."""
        if instance not in self._instances:
            raise NotFoundError(f"{instance!r} does not run", remedy="`hearth device list` shows what does")
        await self._supervisor.stop(f"device:{instance}")
        self._instances.pop(instance).unroute()
        for entity in self._home.owned_by(instance):
            self._home.remove(instance, self._home.source(entity)[1])

    async def close(self) -> None:
        """Cancel all generators; the entities stay, unavailable."""
        for instance in tuple(self._instances):
            await self._supervisor.stop(f"device:{instance}")

    def status(self) -> list[DeviceStatus]:
        """How every instance fares."""
        return [
            DeviceStatus(
                instance=name,
                integration=i.found.manifest.id,
                running=i.running,
                entities=len(self._home.owned_by(name)),
                applied=i.updates.applied,
                refused=i.updates.refused,
                error=i.error or i.updates.trouble or i.updates.last_refusal,
                trouble=i.error or i.updates.trouble,
            )
            for name, i in self._instances.items()
        ]

    async def _run(self, name: str, instance: _Instance) -> None:
        context = Context(self._ports(name, instance))
        run = instance.device.run
        assert run is not None  # the loader checked it
        instance.queue.open()
        instance.running, instance.error, instance.updates.trouble = True, "", ""
        try:
            generator = cast("AsyncGenerator[Update, None]", run(context, instance.config))
            async with aclosing(generator) as updates:
                await self._consume(updates, instance)
        except Exception as error:
            instance.error = f"{type(error).__name__}: {error}"
            raise
        finally:
            instance.running = False
            instance.settled.set()
            instance.queue.close(UnavailableError(f"{name} stopped", remedy="it is being restarted; try again"))
            instance.updates.all_down()

    @staticmethod
    async def _consume(stream: AsyncIterator[Update], instance: _Instance) -> None:
        loop = asyncio.get_running_loop()
        quiet: asyncio.TimerHandle | None = None
        count = 0
        async for update in stream:
            instance.updates.apply(update)
            if not instance.settled.is_set() and not isinstance(update, Trouble):
                if quiet is not None:
                    quiet.cancel()
                quiet = loop.call_later(_QUIET_S, instance.settled.set)
            count += 1
            if count % _BREATH == 0:
                await asyncio.sleep(0)

    def _ports(self, name: str, instance: _Instance) -> dict[str, Any]:
        grants = instance.found.manifest.grant
        granted = {g.port for g in grants}
        ports: dict[str, Any] = {"commands": instance.queue}
        if "store" in granted:
            ports["store"] = BoundedData(name, self._data)
        if "connect" in granted and self._connect is not None:
            ports["connect"] = ConnectPort(name, grants, self._connect)
        return ports

    def left_out(self, plugin: str, error: str) -> None:
        """Report an integration that cannot run."""
        self._reports[plugin] = error
        log.error("an integration is left out", integration=plugin, error=error)
        self._bus.publish(PluginFailed(plugin=plugin, error=error))


def _config(device: Device, config: Mapping[str, Any], place: str) -> Any:
    """`config` as the integration's own struct; raises `SettingsError` with the place."""
    try:
        return msgspec.convert(dict(config), device.config)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), place=place, remedy="see `hearth device list` for its fields") from error
