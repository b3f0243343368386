"""The settings that a hub over a home runs with: what hearth.toml says, and under it what was set in the app."""

import asyncio
from typing import Any, Literal

from msgspec import Struct

from hub.core.errors import SettingsError
from hub.core.kept_settings import form_of, is_locked, merged
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import LoadedSettings

Source = Literal["hearth.toml", "app", "default"]


class InForce(Struct, frozen=True):
    """Settings, and who made each of them."""

    settings: Settings = Settings()
    said: frozenset[str] = frozenset()
    """What hearth.toml decides, as `LoadedSettings.said`."""
    kept: frozenset[str] = frozenset()
    """The keys of what holds because it was set in the app."""
    problems: tuple[SettingsError, ...] = ()
    """What was set in the app and is left out, since it does not fit."""

    def source(self, key: str) -> Source:
        """Who made the setting `key`, which is one that the app may decide."""
        if is_locked(key, self.said):
            return "hearth.toml"
        return "app" if key in self.kept else "default"

    def stands(self, key: str) -> str:
        """Where the setting stands, for people; empty where nobody made it."""
        source = self.source(key)
        if source == "app":
            return f"{form_of(key).title!r} of the app's settings"
        return f"{_as_toml(key)} of hearth.toml" if source == "hearth.toml" else ""

    def instead(self, key: str, value: str) -> str:
        """How to make it another: a step for people, with `value` as hearth.toml writes it."""
        if self.source(key) == "app":
            return f"set {form_of(key).title!r} to {value} in the app's settings"
        return f"set {_as_toml(key)} = {value}"


def _as_toml(key: str) -> str:
    table, _, field = key.partition(".")
    return f"[{table}] {field}" if field else f"[[{table}]]"


async def settings_in_force(loaded: LoadedSettings, paths: HomePaths) -> InForce:
    """The settings of the home, as the next start would have them. Raises `StoreError` when the store cannot be read.

    A home without a store yet has none of the app's; none is made by asking.
    """
    from hub.floors.setting_checks import setting_checks
    from hub.home.household_settings import kept_values

    kept = kept_values(await _rows(loaded.settings, paths))
    joined = merged(loaded.settings, loaded.said, kept, setting_checks())
    return InForce(joined.settings, loaded.said, joined.kept, joined.problems)


async def _rows(settings: Settings, paths: HomePaths) -> dict[str, Any]:
    from hub.store.database import Database
    from hub.store.early_settings import early_settings
    from hub.store.home_table import HomeTable

    rows = None if settings.store.url else await asyncio.to_thread(early_settings, paths.database)
    if rows is not None:
        return rows
    database = await Database.open(settings.store.url or paths.database)
    try:
        return await HomeTable(database).settings()
    finally:
        await database.close()
