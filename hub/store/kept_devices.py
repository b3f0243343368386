"""The devices that the household added in the app: their settings in the store, their secrets in a file of the hub's.

The database may be on another machine, and is looked into by tools; passwords stay on this one, with mode 0600.
"""

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.errors import StoreError
from hub.store.home_table import HomeTable
from hub.store.secret_files import read_secret, write_secret

_KIND: Final = "device"


class KeptDevice(Struct, frozen=True, kw_only=True):
    """An integration that runs as `instance` with this config: JSON by field, secrets among it."""

    instance: str
    integration: str
    config: dict[str, Any]


class _Row(Struct, frozen=True, kw_only=True):
    integration: str
    config: dict[str, Any]


class DeviceTable:
    """Rows of the home's table, completed with the secrets of the file at `secrets`."""

    def __init__(self, table: HomeTable, secrets: Path) -> None:
        self._table = table
        self._secrets = secrets

    async def load(self) -> dict[str, KeptDevice]:
        """What was kept, by instance. Raises `StoreError`."""
        secrets = await asyncio.to_thread(self._read)
        rows: dict[str, _Row] = await self._table.all_rows(_KIND, _Row)
        return {
            name: KeptDevice(instance=name, integration=row.integration, config=row.config | secrets.get(name, {}))
            for name, row in rows.items()
        }

    async def keep(self, device: KeptDevice, secret: Collection[str]) -> None:
        """Keep a device, whose fields `secret` go into the file; on the disk when it returns. Raises `StoreError`."""
        hidden = {name: value for name, value in device.config.items() if name in secret}
        plain = {name: value for name, value in device.config.items() if name not in secret}
        # The secrets first: a row without its password would be a device that cannot be reached.
        await asyncio.to_thread(self._write, device.instance, hidden)
        await self._table.set_row(_KIND, device.instance, _Row(integration=device.integration, config=plain))

    async def forget(self, instance: str) -> None:
        """Forget a device and its secrets. Raises `StoreError`."""
        await self._table.delete_row(_KIND, instance)
        await asyncio.to_thread(self._write, instance, {})

    def _read(self) -> dict[str, dict[str, Any]]:
        content = read_secret(self._secrets)
        if content is None:
            return {}
        try:
            return msgspec.json.decode(content, type=dict[str, dict[str, Any]])
        except msgspec.DecodeError as error:
            remedy = "remove it, and add the devices with passwords again"
            raise StoreError("it is damaged", place=str(self._secrets), remedy=remedy) from error

    def _write(self, instance: str, hidden: Mapping[str, Any]) -> None:
        before = self._read()
        after = {name: values for name, values in before.items() if name != instance}
        if hidden:
            after[instance] = dict(hidden)
        if after != before:
            write_secret(self._secrets, msgspec.json.encode(after))
