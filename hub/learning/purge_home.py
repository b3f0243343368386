"""Purging a whole home: its database, the copies beside it, and the key of what it learnt from. No hub may run over it.

A hub that runs is asked to by `ask`, and does it between this run and the next: `purge_asked`.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.paths import HomePaths
from hub.learning.sealing import Seal
from hub.store.database import Database
from hub.store.purge import Remembered, copies, purge, remembered, scrub
from hub.store.secret_files import read_secret, write_secret

_ASKED: Final = ".purge.new"
"""By its name no part of the home: no backup holds it."""


class _Asked(Struct, frozen=True):
    ledger: bool


async def remembered_by(database: Database, *, ledger: bool) -> list[Remembered]:
    """What `purge_home` would delete. Raises `StoreError`."""
    found = await remembered(database, ledger=ledger)
    return [*found, *await asyncio.to_thread(_copies, database.path)]


async def purge_home(paths: HomePaths, store_url: str, *, ledger: bool) -> list[Remembered]:
    """Delete it; returns what went. `store_url` is [store] url of the settings. Raises `StoreError`."""
    database = await Database.open(store_url or paths.database)
    try:
        gone = await purge(database, ledger=ledger)
        path = database.path
    finally:
        await database.close()
    # Backups of the database hold examples too: without their key they stay shut.
    await asyncio.to_thread(Seal(paths.root).forget)
    if path is None:
        return gone  # PostgreSQL overwrites what is deleted when it vacuums, by itself
    return [*gone, *await asyncio.to_thread(_scrubbed, path)]


def _scrubbed(path: Path) -> list[Remembered]:
    scrub(path)
    aside = _copies(path)
    for copy in copies(path):
        copy.unlink()
    return aside


def _copies(database: Path | None) -> list[Remembered]:
    if database is None:
        return []
    count = len(list(copies(database)))
    return [Remembered(what="copies", rows=count, about="older databases that were kept aside, with all in them")]


def ask(paths: HomePaths, *, ledger: bool) -> None:
    """Have the home purged before a hub runs over it next, come what may. Blocking; raises `StoreError`."""
    write_secret(paths.root / _ASKED, msgspec.json.encode(_Asked(ledger)))


def is_asked(paths: HomePaths) -> bool:
    """Whether it still is to be."""
    return (paths.root / _ASKED).exists()


async def purge_asked(paths: HomePaths, store_url: str) -> None:
    """Purge the home if that was asked for. Raises `StoreError`, and then it is still asked for."""
    mark = paths.root / _ASKED
    asked = await asyncio.to_thread(read_secret, mark)
    if asked is None:
        return
    await purge_home(paths, store_url, ledger=msgspec.json.decode(asked, type=_Asked).ledger)
    with contextlib.suppress(FileNotFoundError):
        await asyncio.to_thread(mark.unlink)


def take_back(paths: HomePaths) -> None:
    """Have it not be purged after all. Blocking."""
    (paths.root / _ASKED).unlink(missing_ok=True)
