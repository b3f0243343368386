"""What the commands about devices ask: of the hub that runs over the home, or of its store where none does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from hub.cli import beside
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.plugins.devices.device_shelf import DeviceShelf
    from hub.plugins.devices.wanted_devices import WantedDevice


class DeviceWork(Protocol):
    """Looks at devices, adds and removes them, as the API tells of them. Raises `HearthError`s."""

    takes_effect: str
    """When what was added begins to work, in words."""

    async def status(self) -> dict[str, Any]:
        """What is here, and what could be added."""
        ...

    async def add(self, integration: str, config: dict[str, Any]) -> dict[str, Any]:
        """Add a device."""
        ...

    async def remove(self, instance: str) -> dict[str, Any]:
        """Remove one."""
        ...


class _Beside:
    takes_effect = "it works from now on"

    def __init__(self, hub: beside.RunningHub) -> None:
        self._hub = hub

    async def status(self) -> dict[str, Any]:
        told = await beside.get(self._hub, "api/v1/devices")
        named = {each["integration"]: each["name"] for each in told["devices"]}
        known = {kind["integration"] for kind in told["available"]}
        others = [{"integration": i, "name": n, "schema": {}} for i, n in named.items() if i not in known]
        return {**told, "available": [*told["available"], *others]}

    async def add(self, integration: str, config: dict[str, Any]) -> dict[str, Any]:
        return await beside.post(self._hub, "api/v1/devices", {"integration": integration, "config": config})

    async def remove(self, instance: str) -> dict[str, Any]:
        return await beside.post(self._hub, "api/v1/devices/remove", {"instance": instance})


class _Alone:
    takes_effect = "it works when the hub starts"

    def __init__(self, shelf: "DeviceShelf", *, virtual: bool) -> None:
        self._shelf = shelf
        self._virtual = virtual

    async def status(self) -> dict[str, Any]:
        kinds = [
            {
                "integration": kind.id,
                "name": kind.name,
                "version": kind.version,
                "schema": kind.schema,
                "trouble": kind.trouble,
            }
            for kind in await self._shelf.kinds()
        ]
        kinds.append({"integration": "virtual", "name": self._shelf.name("virtual"), "schema": {}})
        devices = [await self._told(wanted) for wanted in (*self._shelf.declared, *self._shelf.wanted())]
        if self._virtual:
            devices.append({"instance": "virtual", "integration": "virtual", "locked": True, "config": {}})
        return {"available": kinds, "devices": devices}

    async def add(self, integration: str, config: dict[str, Any]) -> dict[str, Any]:
        return await self._told(await self._shelf.put(integration, config))

    async def remove(self, instance: str) -> dict[str, Any]:
        return await self._told(await self._shelf.drop(instance))

    async def _told(self, wanted: "WantedDevice") -> dict[str, Any]:
        config, _ = await self._shelf.shown(wanted)
        return {
            "instance": wanted.instance,
            "integration": wanted.id,
            "state": "waiting",
            "trouble": "",
            "locked": self._shelf.locked(wanted.instance),
            "config": config,
        }


@asynccontextmanager
async def beside_hub(hub: beside.RunningHub) -> AsyncIterator[DeviceWork]:
    """Over the API of a hub that runs."""
    yield _Beside(hub)


@asynccontextmanager
async def alone(paths: HomePaths) -> AsyncIterator[DeviceWork]:
    """Over the store of a home; no hub starts over it meanwhile. Raises `StoreError`, `UnavailableError`."""
    from hub.cli.open_store import open_store, without_hub
    from hub.core.settings_file import load_settings
    from hub.plugins.cage.cages import Cages
    from hub.plugins.devices.device_code import DeviceCode
    from hub.plugins.devices.device_shelf import DeviceShelf
    from hub.plugins.devices.wanted_devices import declared_devices
    from hub.plugins.discovery import find_devices
    from hub.plugins.loader import load_device
    from hub.store.home_table import HomeTable
    from hub.store.kept_devices import DeviceTable

    settings = load_settings(paths.settings).settings
    found = find_devices(settings.plugins, paths.root).plugins
    declared = tuple(declared_devices(settings, {each.manifest.id for each in found}, str(paths.settings)))
    cages = Cages(allow_uncaged=settings.plugins.allow_uncaged)
    with without_hub(paths):
        async with open_store(paths) as database:
            table = DeviceTable(HomeTable(database), paths.device_secrets)
            shelf = DeviceShelf(table, found, declared, DeviceCode(load_device, cages))
            await shelf.load()
            try:
                yield _Alone(shelf, virtual=any(each.traits or each.scene for each in settings.entity))
            finally:
                await cages.close()
