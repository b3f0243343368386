"""The store, and with it the settings that the household made in the app."""

import asyncio
import dataclasses
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.core.errors import ValueRefusedError
from hub.core.kept_settings import merged
from hub.core.running import running_at
from hub.floors.ground import Ground, imported
from hub.floors.setting_checks import setting_checks

if TYPE_CHECKING:
    from hub.home.household_settings import HouseholdSettings
    from hub.home.registry import Home
    from hub.store.database import Database
    from hub.store.history import History


@dataclass(frozen=True)
class Store:
    """The database, the history that is written into it, and what the household set."""

    database: "Database"
    history: "History"
    settings: "HouseholdSettings"


async def early_rows(ground: Ground, *, needed: bool) -> dict[str, Any] | None:
    """The settings made in the app, as rows, before the store is open; None where these cannot be seen yet.

    The store takes a while to open, and models that load for seconds may begin to. Where they are `needed` (the page
    listens where they say) the store is opened and closed for them if it must be. Raises `StoreError` then.
    """
    from hub.store.early_settings import early_settings

    url = ground.settings.store.url
    rows = None if url else await asyncio.to_thread(early_settings, ground.paths.database)
    # Beside a hub that runs this one ends soon, and had better not touch the store before.
    if rows is not None or not needed or running_at(ground.paths) is not None:
        return rows
    await imported("hub.store.database", "hub.store.home_table")
    from hub.store.database import Database
    from hub.store.home_table import HomeTable

    database = await Database.open(url or ground.paths.database)
    try:
        return await HomeTable(database).settings()
    finally:
        await database.close()


def at_first_sight(ground: Ground, rows: dict[str, Any] | None, table: str = "") -> Ground | None:
    """The ground with the settings made in the app too, or with those of `table` alone; None without `rows`."""
    from hub.home.household_settings import kept_values

    if rows is None:
        return None
    kept = {key: value for key, value in kept_values(rows).items() if key.startswith(f"{table}." if table else "")}
    joined = merged(ground.loaded.settings, ground.loaded.said, kept, setting_checks())
    return dataclasses.replace(ground, settings=ground.change(joined.settings))


async def open_store(ground: Ground, stack: AsyncExitStack) -> tuple[Ground, Store]:
    """Open the store. Returns the ground too, whose settings are from then on also those made in the app.

    Raises `StoreError` when it cannot be opened.
    """
    await imported("hub.store.history", "hub.store.sqlite_file", "hub.home.household_settings")
    from hub.home.household_settings import HouseholdSettings
    from hub.store.home_table import HomeTable

    database, history = await _open_database(ground, stack)
    settings = HouseholdSettings(ground.loaded, HomeTable(database), setting_checks())
    now = ground.change(await settings.load())
    return dataclasses.replace(ground, settings=now), Store(database, history, settings)


async def _open_database(ground: Ground, stack: AsyncExitStack) -> "tuple[Database, History]":
    """The database, with what was last known put back and the writing of what happens begun."""
    from hub.store.database import Database
    from hub.store.history import History
    from hub.store.retention import Retention

    store = ground.settings.store
    database = await Database.open(store.url or ground.paths.database)
    stack.push_async_callback(database.close)
    history = History(database, ground.bus)
    stack.push_async_callback(history.close)
    # What is supervised stops before the database closes under it.
    stack.push_async_callback(ground.supervisor.close)
    ground.supervisor.start("history", history.run)
    ground.supervisor.start("retention", Retention(database, history_days=store.history_days).run)
    for row in await history.last_states():
        ground.states.restore(row.entity, row.trait, row.value, row.at)
    return database, history


def follow_settings(settings: "HouseholdSettings", home: "Home") -> None:
    """What the home is called holds at once, and a microphone stands in a room that there is."""

    def check_area(area: Any) -> None:
        areas = home.view().areas
        if area and area not in areas:
            raise ValueRefusedError(f"there is no area {str(area)[:80]!r}", remedy=f"areas: {', '.join(areas)}")

    settings.at_once("home.name", home.rename)
    settings.check("voice.area", check_area)
