"""`DeviceKeeper`: the devices of a hub that runs, those of hearth.toml and those that the household adds."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct, field

from hub.core.announced import Announced, Found
from hub.core.errors import HearthError
from hub.home.declared import VIRTUAL
from hub.home.registry import Home
from hub.plugins.devices.device_host import DeviceHost
from hub.plugins.devices.device_shelf import DeviceKind, DeviceShelf
from hub.plugins.devices.wanted_devices import WantedDevice

_LOOK_S: Final = 2.5


Look = Callable[[float, Mapping[str, str]], Awaitable[Sequence[Announced]]]
"""Listens for so many seconds to announcements of these services (service type -> kind) too."""


class Known(Protocol):
    """Whether the home has what is no integration's: of this kind, at `host:port`, which is an `own` address or not."""

    def __call__(self, kind: str, host: str, port: int, /, *, own: bool) -> bool:
        """Whether it has."""
        ...


def _nothing_else(_kind: str, _host: str, _port: int, *, own: bool) -> bool:
    return False


class DeviceInstance(Struct, frozen=True, kw_only=True):
    """An integration at work. `config` is without its `secrets`, of which there are those named."""

    instance: str
    integration: str
    name: str
    state: str
    trouble: str = ""
    entities: tuple[str, ...] = ()
    locked: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


class DeviceRunner(Protocol):
    """Runs integrations: at once, or when it is this hub's turn."""

    def start(self, wanted: WantedDevice) -> None:
        """Run it from now on."""
        ...

    async def stop(self, wanted: WantedDevice) -> None:
        """Run it no more, and forget its things."""
        ...


class AtOnce:
    """Runs everything here and now: a hub that stands alone."""

    def __init__(self, host: DeviceHost) -> None:
        self._host = host

    def start(self, wanted: WantedDevice) -> None:
        """Run it."""
        self._host.start(wanted.id, wanted.config, instance=wanted.instance, place=wanted.place)

    async def stop(self, wanted: WantedDevice) -> None:
        """End it, if it runs."""
        if any(status.instance == wanted.instance for status in self._host.status()):
            await self._host.stop(wanted.instance)


class DeviceKeeper:
    """Adds and removes devices, and tells how they fare.

    `look` listens to the network, `own()` are this machine's addresses there, `known` is what else the home has.
    """

    def __init__(
        self,
        shelf: DeviceShelf,
        host: DeviceHost,
        home: Home,
        look: Look,
        own: Callable[[], Collection[str]] = frozenset,
        known: Known = _nothing_else,
    ) -> None:
        self._known = known
        self._shelf = shelf
        self._host = host
        self._home = home
        self._look = look
        self._own = own
        self._runner: DeviceRunner = AtOnce(host)
        self._lock = asyncio.Lock()
        self._looking: asyncio.Task[Sequence[Announced]] | None = None

    def start(self, runner: DeviceRunner | None = None) -> None:
        """Run what hearth.toml asks for and what was added, from now on with `runner`."""
        self._runner = runner or self._runner
        for wanted in (*self._shelf.declared, *self._shelf.wanted()):
            self._begin(wanted)

    def added(self) -> Sequence[WantedDevice]:
        """What the household added, with its secrets: not for an answer."""
        return self._shelf.wanted()

    async def kinds(self) -> Sequence[DeviceKind]:
        """What could be added."""
        async with self._lock:
            return await self._shelf.kinds()

    async def devices(self) -> Sequence[DeviceInstance]:
        """What is here, and how it fares."""
        statuses = {status.instance: status for status in self._host.status()}
        instances = []
        if VIRTUAL in statuses:
            entities = tuple(self._home.owned_by(VIRTUAL))
            instances.append(DeviceInstance(instance=VIRTUAL, integration=VIRTUAL, name=self._shelf.name(VIRTUAL),
                                            state="running", entities=entities, locked=True))  # fmt: skip
        for wanted in (*self._shelf.declared, *self._shelf.wanted()):
            status = statuses.get(wanted.instance)
            trouble = self._host.report(wanted.instance) if status is None else status.trouble
            running = status is not None and status.running
            instances.append(await self._instance(wanted, running=running, trouble=trouble))
        return instances

    async def add(self, integration: str, config: Mapping[str, Any], instance: str = "") -> DeviceInstance:
        """Add a device, or change the config of the one named; it is kept, and runs. Raises as `DeviceShelf.put`."""
        async with self._lock:
            before = [wanted for wanted in self._shelf.wanted() if wanted.instance == instance]
            wanted = await self._shelf.put(integration, config, instance)
            for old in before:
                await self._runner.stop(old)
            self._begin(wanted)
        return await self._instance(wanted, running=False, trouble=self._host.report(wanted.instance))

    async def remove(self, instance: str) -> DeviceInstance:
        """Remove a device that was added. Raises as `DeviceShelf.drop`."""
        async with self._lock:
            gone = await self._shelf.drop(instance)
            await self._runner.stop(gone)
        return await self._instance(gone, running=False, trouble="")

    async def found(self) -> Sequence[Found]:
        """What announces itself on the network now; who asks meanwhile gets the same. Raises `UnavailableError`."""
        kinds = await self.kinds()
        if self._looking is None or self._looking.done():
            services = {service: kind.id for kind in kinds for service in kind.discover}
            self._looking = asyncio.ensure_future(self._look(_LOOK_S, services))
        seen = await asyncio.shield(self._looking)
        known, own = {kind.id for kind in kinds}, self._own()
        things: dict[tuple[str, str, int], Found] = {}
        for each in sorted(seen, key=lambda s: ":" in s.host):  # an address of four numbers, where there is one
            integration = each.kind if each.kind in known else ""
            mine = each.host in own
            here = self._shelf.has(integration, each.host, each.port, own=mine) or self._known(
                each.kind, each.host, each.port, own=mine
            )
            thing = Found(
                kind=each.kind, name=each.name, host=each.host, port=each.port, integration=integration, here=here
            )
            things.setdefault((each.kind, each.name, each.port), thing)
        return sorted(things.values(), key=lambda thing: (thing.here, thing.kind, thing.name))

    def _begin(self, wanted: WantedDevice) -> None:
        try:
            self._runner.start(wanted)
        except HearthError as error:  # its integration is gone, or is not the one that it was
            self._host.left_out(wanted.instance, str(error))

    async def _instance(self, wanted: WantedDevice, *, running: bool, trouble: str) -> DeviceInstance:
        async with self._lock:
            config, secrets = await self._shelf.shown(wanted)
        return DeviceInstance(
            instance=wanted.instance,
            integration=wanted.id,
            name=self._shelf.name(wanted.id),
            state="trouble" if trouble else "running" if running else "waiting",
            trouble=trouble,
            entities=tuple(self._home.owned_by(wanted.instance)),
            locked=self._shelf.locked(wanted.instance),
            config=config,
            secrets=secrets,
        )
