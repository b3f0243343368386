"""The database of a home: opened, migrated, written by one writer, read by many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import structlog
from sqlalchemy import Connection, Executable, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.core.errors import StoreError
from hub.store import migrate
from hub.store.commits import GroupCommit
from hub.store.faults import as_store_errors, is_corrupt, store_error
from hub.store.schema import HEAD
from hub.store.sqlite_file import BEGIN, BUSY_S, OUTSIDE, WRITING, keep_aside, sqlite_engine

log = structlog.get_logger(__name__)
_URL_REMEDY = "[store] url is empty, a path, sqlite:///PATH or postgresql://user:password@host/database"


class Database:
    """One open database. Make it with `Database.open`."""

    def __init__(self, engine: AsyncEngine, place: str, path: Path | None) -> None:
        self.place = place
        """The file or the address, without its password: for messages."""
        self.path = path
        """The SQLite file; None on PostgreSQL."""
        self.dialect = engine.dialect.name
        self._engine = engine
        self._writing = asyncio.Lock()
        self._commits = GroupCommit(self._commit, place)

    @classmethod
    async def open(cls, target: str | Path, *, busy_s: float = BUSY_S) -> Self:
        """Open the database at `target` (a path, `sqlite:///PATH` or `postgresql://...`), making and migrating it.

        `busy_s` is how long to wait for another process that writes. Raises `StoreError` when it cannot be opened,
        is damaged (the file is then kept aside under another name), or was made by a newer version.
        """
        url = _url_of(target)
        if url.get_backend_name() == "sqlite":
            path = _sqlite_path(url)
            database = cls(sqlite_engine(path, busy_s), str(path), path)
        else:
            database = cls(_postgres_engine(url), url.render_as_string(hide_password=True), None)
        try:
            await database._migrate()
        except BaseException as error:
            await database._engine.dispose()
            if database.path is not None and isinstance(error, Exception) and is_corrupt(error):
                raise _set_aside(database.path, error) from error
            if isinstance(error, SQLAlchemyError | OSError):
                raise store_error(error, database.place) from error
            raise
        return database

    async def _migrate(self) -> None:
        async with self._engine.connect() as connection:
            if await connection.run_sync(migrate.revision_of) == HEAD:
                return
        async with self._engine.connect() as connection:
            await connection.execution_options(**{BEGIN: WRITING})
            async with connection.begin():
                await connection.run_sync(self._upgrade)

    def _upgrade(self, connection: Connection) -> None:
        migrate.upgrade(connection, self.place)

    async def write(self, *statements: Executable) -> list[int]:
        """Commit `statements`, together or not at all, perhaps along with other callers' writes.

        They are on the disk when this returns the number of rows that each touched. Raises `StoreError`.
        """
        return await self._commits.write(*statements)

    async def _commit(self, statements: list[Executable]) -> list[int]:
        async with self._transaction() as connection:
            return [(await connection.execute(statement)).rowcount for statement in statements]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for bulk writes, committed at the end of the block; one at a time. Raises `StoreError`."""
        with as_store_errors(self.place):
            async with self._transaction() as connection:
                yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._writing, self._engine.connect() as connection:
            await connection.execution_options(**{BEGIN: WRITING})
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read from, seeing one moment of the database. Raises `StoreError`."""
        with as_store_errors(self.place):
            async with self._engine.connect() as connection:
                yield connection

    async def reclaim(self, pages: int = 1000) -> None:
        """Give up to `pages` free pages back to the file system, and what the journal holds to the file.

        SQLite only; PostgreSQL cleans up by itself.
        """
        if self.dialect != "sqlite":
            return
        with as_store_errors(self.place):
            async with self._writing, self._engine.connect() as connection:
                await connection.execution_options(**{BEGIN: OUTSIDE})
                raw = await connection.get_raw_connection()
                # A script, since it runs each pragma to its end: a plain execute would free one page and stop.
                await raw.driver_connection.executescript(  # type: ignore[union-attr]
                    f"PRAGMA incremental_vacuum({int(pages)}); PRAGMA wal_checkpoint(PASSIVE); PRAGMA optimize;"
                )

    async def close(self) -> None:
        """Commit what was taken and close all connections."""
        await self._commits.close()
        await self._engine.dispose()


def _url_of(target: str | Path) -> URL:
    text = str(target)
    if isinstance(target, Path) or "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError("the address of the database cannot be read", remedy=_URL_REMEDY) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"{url.get_backend_name()} is not supported", remedy=_URL_REMEDY)
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError("a home's database must be a file", remedy=_URL_REMEDY)
    return url


def _sqlite_path(url: URL) -> Path:
    return Path(url.database or "").expanduser()


def _postgres_engine(url: URL) -> AsyncEngine:
    place = url.render_as_string(hide_password=True)
    try:
        return create_async_engine(url.set(drivername="postgresql+asyncpg"), pool_size=4, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs the asyncpg library", place=place, remedy="pip install 'hearth[postgres]'"
        ) from error


def _set_aside(path: Path, error: Exception) -> StoreError:
    try:
        aside = keep_aside(path)
    except OSError as failed:
        log.warning("damaged database could not be moved", path=str(path), error=str(failed))
        return store_error(error, str(path))
    return StoreError(
        f"the database is damaged ({getattr(error, 'orig', None) or error}); it is kept as {aside}",
        place=str(path),
        remedy="restore a backup with `hearth restore FILE`, or start again to begin with an empty one",
    )
