"""`DeviceShelf`: the devices that the household added, checked and kept; whether a hub runs them is another matter."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from hub.core.errors import HearthError, LockedError, NotFoundError, UsageError, ValueRefusedError
from hub.home.declared import VIRTUAL
from hub.plugins.device_forms import Form
from hub.plugins.devices.device_code import DeviceCode
from hub.plugins.devices.wanted_devices import WantedDevice
from hub.plugins.discovery import FoundDevice
from hub.store.kept_devices import DeviceTable, KeptDevice

MOST_DEVICES: Final = 100
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class DeviceKind(Struct, frozen=True, kw_only=True):
    """An integration that could be added; `trouble` is why it cannot."""

    id: str
    name: str
    description: str
    version: str
    schema: dict[str, Any]
    secrets: frozenset[str] = frozenset()
    discover: tuple[str, ...] = ()
    trouble: str = ""


class DeviceShelf:
    """What is kept. `declared` is what hearth.toml asks for, `code` says what an integration is made of.

    `await load()` first.
    """

    def __init__(
        self,
        table: DeviceTable,
        found: Sequence[FoundDevice],
        declared: Sequence[WantedDevice],
        code: DeviceCode,
    ) -> None:
        self._table = table
        self._found = {each.manifest.id: each for each in found}
        self.declared = tuple(declared)
        self._code = code
        self._kept: dict[str, KeptDevice] = {}
        self._forms: dict[str, Form] = {}
        self._useless: dict[str, dict[str, str]] = {}

    async def load(self) -> None:
        """Read what was kept. Raises `StoreError`."""
        self._kept = await self._table.load()

    async def kinds(self) -> list[DeviceKind]:
        """What could be added. Loads code at the first call."""
        return [await self._kind(found) for name, found in self._found.items() if name != VIRTUAL]

    def name(self, integration: str) -> str:
        """What people call an integration."""
        found = self._found.get(integration)
        return integration if found is None else found.manifest.name

    async def shown(self, wanted: WantedDevice) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A config as it may be told, with what is as usual; and the secrets that it has, by field. May load code."""
        try:
            await self._form(self._named(wanted.id))
        except HearthError:
            return {}, ()  # what cannot be told from a secret is not told
        return self._shown(wanted)

    def _shown(self, wanted: WantedDevice) -> tuple[dict[str, Any], tuple[str, ...]]:
        form = self._forms.get(wanted.id)
        if form is None:
            return {}, ()
        usual = {name: said["default"] for name, said in form.schema["properties"].items() if "default" in said}
        whole = usual | dict(wanted.config)
        told = {name: value for name, value in whole.items() if name not in form.secrets}
        return told, tuple(sorted(name for name in form.secrets if whole.get(name)))

    def wanted(self) -> list[WantedDevice]:
        """What was added, as it is to run."""
        return [_wanted(kept) for kept in self._kept.values()]

    def locked(self, instance: str) -> bool:
        """Whether hearth.toml decides on it."""
        return instance not in self._kept

    async def put(self, integration: str, config: Mapping[str, Any], instance: str = "") -> WantedDevice:
        """Keep a device, or with an `instance`, that one's new config, in which secrets may be left as they are.

        Raises `NotFoundError`, `LockedError`, `FieldRefusedError`, `ValueRefusedError`, `UsageError` and `StoreError`.
        """
        found = self._named(integration)
        if integration == VIRTUAL:
            raise LockedError("hearth.toml decides on virtual things", remedy="write an [[entity]] there")
        form = await self._form(found)
        before = self._mine(instance) if instance else None
        if before is not None:
            if before.integration != integration:
                raise UsageError(f"{instance} is a {before.integration}", remedy="remove it, and add the other")
            kept = {name: before.config[name] for name in form.secrets if name in before.config}
            config = kept | dict(config)
        plain = await self._code.checked(found, config)
        self._check_alone(integration, plain, form, instance)
        if before is None and len(self._kept) >= MOST_DEVICES:
            raise ValueRefusedError(f"{MOST_DEVICES} devices were added already", remedy="remove one first")
        device = KeptDevice(instance=instance or self._free(integration), integration=integration, config=plain)
        await self._table.keep(device, form.secrets)
        self._kept[device.instance] = device
        return _wanted(device)

    async def drop(self, instance: str) -> WantedDevice:
        """Forget a device. Raises `NotFoundError`, `LockedError` and `StoreError`."""
        device = self._mine(instance)
        await self._table.forget(instance)
        del self._kept[instance]
        return _wanted(device)

    def has(self, integration: str, host: str, port: int, *, own: bool) -> bool:
        """Whether the home has this integration with what is at `host:port`; `own`: an address of this machine."""
        places = [(name, port) for name in ((host, *_LOOPBACK) if own else (host,))]
        return any(
            wanted.id == integration and self._address(wanted) in places for wanted in (*self.declared, *self.wanted())
        )

    def _address(self, wanted: WantedDevice) -> tuple[Any, Any]:
        """The `host` and `port` of a config that has such fields."""
        config, _ = self._shown(wanted)
        return config.get("host"), config.get("port")

    def _check_alone(self, integration: str, plain: Mapping[str, Any], form: Form, instance: str) -> None:
        new = WantedDevice(integration, plain, instance, "")
        addressed = "host" in form.schema["properties"]
        for other in (*self.declared, *self.wanted()):
            if other.id != integration or other.instance == instance:
                continue
            same = self._address(other) == self._address(new) if addressed else dict(other.config) == dict(plain)
            if same:
                remedy = "hearth.toml has it" if self.locked(other.instance) else "change that one, or remove it first"
                raise ValueRefusedError(f"the home has this {self.name(integration)} already", remedy=remedy)

    def _mine(self, instance: str) -> KeptDevice:
        device = self._kept.get(instance)
        if device is not None:
            return device
        if instance == VIRTUAL or any(wanted.instance == instance for wanted in self.declared):
            raise LockedError(f"hearth.toml decides on {instance}", remedy="change it there")
        raise NotFoundError(f"there is no device {instance[:80]!r}", remedy="`hearth device list` shows them")

    def _named(self, integration: str) -> FoundDevice:
        found = self._found.get(integration)
        if found is None:
            known = ", ".join(sorted(self._found.keys() - {VIRTUAL}))
            raise NotFoundError(f"there is no integration {integration[:80]!r}", remedy=f"there are: {known}")
        return found

    async def _kind(self, found: FoundDevice) -> DeviceKind:
        about = found.manifest
        schema: dict[str, Any] = {}
        secrets: frozenset[str] = frozenset()
        trouble = ""
        try:
            form = await self._form(found)
            schema, secrets = form.schema, form.secrets
        except HearthError as error:
            trouble = str(error)
        return DeviceKind(
            id=about.id,
            name=about.name,
            description=about.description,
            version=about.version,
            schema=schema,
            secrets=secrets,
            discover=about.discover,
            trouble=trouble,
        )

    async def _form(self, found: FoundDevice) -> Form:
        name = found.manifest.id
        if name in self._useless:  # once it was found out, which may have taken a while
            raise HearthError.from_wire(self._useless[name])
        if name not in self._forms:
            try:
                self._forms[name] = await self._code.form(found)
            except HearthError as error:
                self._useless[name] = error.to_wire()
                raise
        return self._forms[name]

    def _free(self, integration: str) -> str:
        # Not as hearth.toml's are called: one that is written there later would be two.
        number = 1
        while (name := f"{integration}_added" if number == 1 else f"{integration}_added_{number}") in self._kept:
            number += 1
        return name


def _wanted(kept: KeptDevice) -> WantedDevice:
    return WantedDevice(kept.integration, kept.config, kept.instance, f"the app's {kept.instance}")
