"""The host of device integrations: runs each under supervision, applies its updates, brings it its commands."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any, cast

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.errors import HearthError, NotFoundError, SealError, UnavailableError, UsageError
from hub.core.events import PluginFailed
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.home.dispatch import Dispatcher
from hub.home.registry import Home
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.command_queue import CommandQueue
from hub.plugins.devices.caged_device import CagedDevice
from hub.plugins.devices.updates import Updates
from hub.plugins.discovery import Found, FoundDevice
from hub.plugins.loader import load_device
from hub.plugins.ports.device_ports import Connector, ConnectPort, texts
from hub.plugins.ports.hub_ports import BoundedData, PluginData
from hub.sdk.context import Context
from hub.sdk.device import Device, Trouble, Update
from hub.sdk.plugin_module import device_config

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


_Run = Callable[[Context], AsyncGenerator[Any, None]]


class _Instance:
    def __init__(self, found: FoundDevice, run: _Run, updates: Updates, queue: CommandQueue) -> None:
        self.found = found
        self.run = run
        self.caged: CagedDevice | None = None
        self.uncaged: Callable[[], _Run] = lambda: run
        self.told: frozenset[str] = frozenset()
        self.updates = updates
        self.queue = queue
        self.running = False
        self.error = ""
        self.settled = asyncio.Event()
        self.unroute: Callable[[], None] = lambda: None


class DeviceHost:
    """Runs integrations, each instance under a name that owns its entities.

    One that fails is restarted with backoff; meanwhile its entities are unavailable and commands to them fail with a
    reason. A broken one is reported as `PluginFailed` and left out. Those that did not come with the hub run in
    `cages`; without, in tests and nowhere else, they run here.
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
        cages: Cages | None = None,
        connect: Connector | None = None,
    ) -> None:
        self._home = home
        self._states = states
        self._dispatcher = dispatcher
        self._bus = bus
        self._supervisor = supervisor
        self._data = data
        self._cages = cages
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

        False when it is broken or its config is: that is then reported, with `place` naming where the config stands. Of
        one in a cage that is found out, and reported, later.
        Raises `NotFoundError` for an unknown integration, `UsageError` for an instance that runs already.
        """
        found = self._found.get(integration)
        if found is None:
            raise NotFoundError(f"there is no integration {integration!r}", remedy="`hearth device list` shows them")
        name = instance or integration
        if name in self._instances:
            raise UsageError(f"{name} runs already", remedy="stop it first, or give the second another instance name")
        self._reports.pop(name, None)
        place = place or f"config of {name}"
        caged = None
        try:
            if found.bundled or self._cages is None:
                run = self._in_the_hub(found, config, place)
            else:
                caged = CagedDevice(found, config, place, self._cages)
                run = caged.run
        except HearthError as error:
            self.left_out(name, str(error))
            return False
        updates = Updates(name, self._home, self._states, self._dispatcher.attribution)
        running = _Instance(found, run, updates, CommandQueue(name))
        running.caged, running.uncaged = caged, partial(self._in_the_hub, found, config, place)
        running.told = texts(config)
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
        instance.queue.open()
        instance.running, instance.error, instance.updates.trouble = True, "", ""
        try:
            async with aclosing(instance.run(context)) as updates:
                await self._consume(updates, instance)
        except Exception as error:
            instance.error = f"{type(error).__name__}: {error}"
            if instance.caged is None or instance.caged.introduced:
                raise
            self._not_begun(name, instance, error)  # and is not tried again and again
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

    def _not_begun(self, name: str, instance: _Instance, error: Exception) -> None:
        """A stranger's integration could not be caged, or is of no use."""
        if not isinstance(error, SealError) or self._cages is None:
            self.left_out(name, str(error))
        elif not self._cages.allow_uncaged:
            remedy = "set [plugins] allow_uncaged = true if you trust its code with the whole hub"
            self.left_out(name, str(SealError(f"it did not come with the hub, and {error}", remedy=remedy)))
        else:
            log.warning("an integration runs uncaged, as the household insists", integration=name, why=str(error))
            instance.caged, instance.run = None, instance.uncaged()
            raise error  # and is started again, without

    def _ports(self, name: str, instance: _Instance) -> dict[str, Any]:
        grants = instance.found.manifest.grant
        granted = {g.port for g in grants}
        ports: dict[str, Any] = {"commands": instance.queue}
        if "store" in granted:
            ports["store"] = BoundedData(name, self._data)
        if "connect" in granted and self._connect is not None:
            stranger = instance.caged is not None
            ports["connect"] = ConnectPort(name, grants, self._connect, stranger=stranger, told=instance.told)
        return ports

    def _in_the_hub(self, found: FoundDevice, config: Mapping[str, Any], place: str) -> _Run:
        """The integration's own generator, to run in this process. Raises `PluginError`, `SettingsError`."""
        device = self.code(found)
        settings = device_config(device, config, place)
        run = device.run
        assert run is not None  # the loader checked it
        return lambda context: cast("AsyncGenerator[Update, None]", run(context, settings))

    def left_out(self, plugin: str, error: str) -> None:
        """Report an integration that cannot run."""
        self._reports[plugin] = error
        log.error("an integration is left out", integration=plugin, error=error)
        self._bus.publish(PluginFailed(plugin=plugin, error=error))
