"""SQLite as this hub uses it: one file, readable by its owner only, durable at every commit."""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.core.errors import StoreError

BUSY_S = 5.0
BEGIN = "hearth_begin"
"""The execution option that says how a transaction begins; `WRITING` where it is going to write, which takes the
write lock at the start so that it cannot fail half-way; `OUTSIDE` for what cannot run inside one."""
WRITING = "BEGIN IMMEDIATE"
OUTSIDE = ""


def sqlite_engine(path: Path, busy_s: float = BUSY_S) -> AsyncEngine:
    """An engine on the file at `path`, which is made when absent; raises `StoreError` where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        remedy = "choose a folder that this user may write to ([store] url in hearth.toml)"
        raise StoreError(error.strerror or str(error), place=str(path), remedy=remedy) from error
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": busy_s, "isolation_level": None},  # None: BEGIN is ours to say, see _begin
        pool_size=4,
        max_overflow=4,
    )
    event.listen(engine.sync_engine, "connect", _configure)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # First, since it only counts before the first table: lets retention give pages back a few at a time.
    cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on the disk when it returns. NORMAL would survive kill -9 too, but not a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = FAST")  # what is purged is overwritten where that costs no extra write
    cursor.execute("PRAGMA journal_size_limit = 16777216")
    cursor.close()


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get(BEGIN, "BEGIN")
    if begin != OUTSIDE:
        connection.exec_driver_sql(begin)


def keep_aside(path: Path) -> Path:
    """Move a damaged database, with its journal, out of the way; returns where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{number}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def check_file(path: Path) -> list[str]:
    """What SQLite's own check finds wrong with the file, nothing when it is sound. Reads all of it: for `doctor`."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if found == ["ok"] else found
