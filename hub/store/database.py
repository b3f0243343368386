"""The database of a home: opened, migrated, written by one writer, read by many."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy import Connection, Executable, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.core.errors import StoreError
from hub.core.uninterrupted import uninterrupted
from hub.store import migrate
from hub.store.commits import GroupCommit
from hub.store.faults import as_store_errors, is_corrupt, store_error
from hub.store.schema import HEAD
from hub.store.sqlite_file import BEGIN, BUSY_S, OUTSIDE, WRITING, keep_aside, sqlite_engine

log = structlog.get_logger(__name__)
T = TypeVar("T")
_URL_REMEDY = "[store] url is empty, a path, sqlite:///PATH or postgresql://user:password@host/database"


class Database:
    """One open database. Make it with `Database.open`.

    What is asked of it is a function of a connection, run as one piece: a caller that is cancelled meanwhile is told so
    after it. A driver that is interrupted inside a statement may never come back.
    """

    def __init__(self, engine: AsyncEngine, place: str, path: Path | None) -> None:
        self.place = place
        """The file or the address, without its password: for messages."""
        self.path = path
        """The SQLite file; None on PostgreSQL."""
        self.dialect = engine.dialect.name
        self._engine = engine
        self._writing = asyncio.Lock()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
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
            await database._finish(database._migrate())
        except BaseException as error:
            await uninterrupted(database._engine.dispose())
            if database.path is not None and isinstance(error, Exception) and is_corrupt(error):
                raise _set_aside(database.path, error) from error
            if isinstance(error, SQLAlchemyError | OSError):
                raise store_error(error, database.place) from error
            raise
        return database

    async def _migrate(self) -> None:
        if await self._read(migrate.revision_of) != HEAD:
            await self._transact(lambda connection: migrate.bring_to_head(connection, self.place))

    async def write(self, *statements: Executable) -> list[int]:
        """Commit `statements`, together or not at all, perhaps along with other callers' writes.

        They are on the disk when this returns the number of rows that each touched. Raises `StoreError`.
        """
        return await self._commits.write(*statements)

    async def _commit(self, statements: list[Executable]) -> list[int]:
        def execute(connection: Connection) -> list[int]:
            return [connection.execute(statement).rowcount for statement in statements]

        return await self._in_turn(execute)

    async def transaction(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, for bulk writes, and commit it; one at a time. Raises `StoreError`."""
        with as_store_errors(self.place):
            return await self._in_turn(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which reads; it sees one moment of the database. Raises `StoreError`."""
        with as_store_errors(self.place):
            return await self._finish(self._read(work))

    async def reclaim(self, pages: int = 1000) -> None:
        """Give up to `pages` free pages back to the file system, and what the journal holds to the file.

        SQLite only; PostgreSQL cleans up by itself.
        """
        if self.dialect != "sqlite":
            return
        # A script, since it runs each pragma to its end: a plain execute would free one page and stop.
        script = f"PRAGMA incremental_vacuum({int(pages)}); PRAGMA wal_checkpoint(PASSIVE); PRAGMA optimize;"
        with as_store_errors(self.place):
            async with self._writing:
                await self._finish(self._run_script(script))

    async def close(self) -> None:
        """Commit what was taken, let what is under way end, and close all connections."""
        await uninterrupted(self._close())

    async def _close(self) -> None:
        await self._commits.close()
        self._closed = True
        await self._idle.wait()
        await self._engine.dispose()

    # -- with the driver -----------------------------------------------------------------------------------------------

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end, whatever becomes of the caller; `close` waits for it."""
        if self._closed:
            work.close()
            raise StoreError("the database is closed", place=self.place, remedy="start the hub again")
        self._under_way += 1
        self._idle.clear()
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._ended)
        return await uninterrupted(task)

    def _ended(self, _task: "asyncio.Task[Any]") -> None:
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()

    async def _in_turn(self, work: Callable[[Connection], T]) -> T:
        async with self._writing:
            return await self._finish(self._transact(work))

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            await connection.execution_options(**{BEGIN: WRITING})
            async with connection.begin():
                return await connection.run_sync(work)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def _run_script(self, script: str) -> None:
        async with self._engine.connect() as connection:
            await connection.execution_options(**{BEGIN: OUTSIDE})
            raw = await connection.get_raw_connection()
            await raw.driver_connection.executescript(script)  # type: ignore[union-attr]


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
