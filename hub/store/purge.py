"""Purging: what the hub remembers of the household's days is deleted, and its bytes leave the database's files."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, delete, func, select, true

from hub.core.errors import StoreError
from hub.store import schema
from hub.store.backup import ASIDE, DRAFT
from hub.store.database import Database
from hub.store.faults import as_store_errors

_BUSY_S: Final = 5.0


class Remembered(Struct, frozen=True, kw_only=True):
    """Something that is kept: `what` it is called, how many `rows` (or files) of it, and what it is `about`."""

    what: str
    rows: int
    about: str


class _Kept(Struct, frozen=True):
    what: str
    about: str
    table: Table
    where: ColumnElement[bool]


_USAGE: Final = schema.home_objects.c.kind == "usage"
_MEMORIES: Final = (
    _Kept("states", "past states of things; the last one of each stays", schema.states, true()),
    _Kept("events", "what was said, seen and done, and why", schema.events, true()),
    _Kept("commands", "commands and how they ended", schema.commands, true()),
    _Kept("examples", "what the hub learns from, and its key", schema.examples, true()),
    _Kept("heads", "what it learnt of them", schema.heads, true()),
    _Kept("usage", "how often what is asked for", schema.home_objects, _USAGE),
)
_LEDGER: Final = _Kept("ledger", "connections that the hub made", schema.ledger, true())


def _memories(ledger: bool) -> tuple[_Kept, ...]:
    return (*_MEMORIES, _LEDGER) if ledger else _MEMORIES


def _told(kept: tuple[_Kept, ...], counts: list[int]) -> list[Remembered]:
    return [Remembered(what=one.what, rows=rows, about=one.about) for one, rows in zip(kept, counts, strict=True)]


async def remembered(database: Database, *, ledger: bool = False) -> list[Remembered]:
    """What `purge` would delete. Raises `StoreError`."""
    kept = _memories(ledger)
    wanted = [select(func.count()).select_from(one.table).where(one.where) for one in kept]
    counts = await database.read(lambda c: [int(c.execute(count).scalar_one()) for count in wanted])
    return _told(kept, counts)


async def purge(database: Database, *, ledger: bool = False) -> list[Remembered]:
    """Delete it, all or nothing; returns what went. With `ledger`, the connections' ledger too. Raises `StoreError`.

    No hub may run over it: what one holds in memory would be written again. Then `scrub` the database's file.
    """
    kept = _memories(ledger)
    deletions = [delete(one.table).where(one.where) for one in kept]
    counts = await database.transaction(lambda c: [c.execute(deletion).rowcount for deletion in deletions])
    return _told(kept, counts)


def scrub(path: Path) -> None:
    """Write a SQLite database anew without what was deleted, and empty its journal. Blocking.

    Raises `StoreError` where somebody else has it open and reads or writes.
    """
    place = str(path)
    with (
        as_store_errors(place),
        contextlib.closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(
            "rows are deleted, but their bytes are still in the journal", place=place,
            remedy="end what reads the database, and purge again",
        )  # fmt: skip


def copies(database: Path) -> Iterator[Path]:
    """Files beside a database that hold an older one: kept aside when it was damaged, or by a restore; or drafts."""
    name, folder = database.name, database.parent
    patterns = (f"{name}.damaged-*", f"{ASIDE}*/{name}*", f"{DRAFT}/{name}*")
    for found in (path for pattern in patterns for path in folder.glob(pattern)):
        if found.is_file() and not found.is_symlink():
            yield found
