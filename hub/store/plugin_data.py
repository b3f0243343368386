"""A small JSON store for each plugin: behind the SDK's `ctx.store`."""

from typing import Any

import msgspec
from sqlalchemy import delete, func, select

from hub.core.errors import ValueRefusedError
from hub.store.database import Database
from hub.store.schema import plugin_data
from hub.store.upsert import insert_or_replace
from hub.store.values import storable

MOST_KEYS = 10_000
MOST_KEY_CHARACTERS = 200
MOST_VALUE_CHARACTERS = 256 * 1024


class PluginData:
    """Values by plugin and key. A change is on the disk when its call returns. All raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, plugin: str, key: str) -> Any:
        """The value, or None."""
        wanted = select(plugin_data.c.value).where(plugin_data.c.plugin == plugin, plugin_data.c.key == storable(key))
        found = await self._database.read(lambda c: c.execute(wanted).scalar())
        return None if found is None else msgspec.json.decode(found)

    async def set(self, plugin: str, key: str, value: Any) -> None:
        """Keep a JSON value; raises `ValueRefusedError` for what is no JSON, too large, or one key too many."""
        text = _checked(key, value)
        if await self._is_full(plugin, storable(key)):
            raise ValueRefusedError(f"{plugin} keeps {MOST_KEYS} values already", remedy="delete some first")
        row = {"plugin": plugin, "key": storable(key), "value": text}
        await self._database.write(insert_or_replace(plugin_data, self._database.dialect).values(row))

    async def delete(self, plugin: str, key: str) -> bool:
        """Forget the value; False when there was none."""
        where = (plugin_data.c.plugin == plugin, plugin_data.c.key == storable(key))
        return any(await self._database.write(delete(plugin_data).where(*where)))

    async def keys(self, plugin: str, prefix: str = "") -> list[str]:
        """The plugin's keys that start with `prefix`, sorted."""
        wanted = select(plugin_data.c.key).where(plugin_data.c.plugin == plugin)
        if prefix:
            wanted = wanted.where(plugin_data.c.key.startswith(prefix, autoescape=True))
        keys = await self._database.read(lambda c: c.execute(wanted).scalars().all())
        return sorted(key for key in keys if key.startswith(prefix))  # SQLite's LIKE takes a for A

    async def clear(self, plugin: str) -> int:
        """Forget all that the plugin kept; returns how many values that were."""
        return sum(await self._database.write(delete(plugin_data).where(plugin_data.c.plugin == plugin)))

    async def _is_full(self, plugin: str, key: str) -> bool:
        others = select(func.count()).where(plugin_data.c.plugin == plugin, plugin_data.c.key != key)
        return await self._database.read(lambda c: c.execute(others).scalar_one()) >= MOST_KEYS


def _checked(key: str, value: Any) -> str:
    if not isinstance(key, str) or not 0 < len(key) <= MOST_KEY_CHARACTERS:
        raise ValueRefusedError("not a usable key", remedy=f"use text of 1 to {MOST_KEY_CHARACTERS} characters")
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueRefusedError(f"{key!r} cannot be kept: {error}", remedy="keep plain JSON data") from error
    if len(text) > MOST_VALUE_CHARACTERS:
        raise ValueRefusedError(f"{key!r} is larger than 256 KiB as JSON", remedy="keep less, or under several keys")
    return text
