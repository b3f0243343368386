"""What a database says when it fails, as a `StoreError` that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hub.core.errors import StoreError

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REMEDIES = {
    sqlite3.SQLITE_FULL: "free some space on the disk; what waits is written then",
    sqlite3.SQLITE_BUSY: "another program holds the database; end it",
    sqlite3.SQLITE_LOCKED: "another program holds the database; end it",
    sqlite3.SQLITE_READONLY: "let this user write to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "check that the folder exists and that this user may write to it",
    sqlite3.SQLITE_IOERR: "check the disk; `dmesg` tells more",
    sqlite3.SQLITE_PERM: "let this user write to the file and its folder",
}
_CORRUPT_REMEDY = "stop the hub and restore a backup with `hearth restore FILE`"


def sqlite_code(error: BaseException) -> int:
    """SQLite's primary result code behind `error`, 0 when SQLite gave none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.Error):
            return getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the upper bytes are the extended code
        cause = getattr(cause, "orig", None) or cause.__cause__
    return 0


def is_corrupt(error: BaseException) -> bool:
    """Whether SQLite says that the file is damaged or no database at all."""
    return sqlite_code(error) in _CORRUPT


def is_about_the_rows(error: BaseException) -> bool:
    """Whether the database refused the data itself, so that trying again cannot help."""
    if not isinstance(error, DBAPIError):
        return not isinstance(error, SQLAlchemyError | OSError)
    if sqlite_code(error) in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG):
        return True
    return type(error).__name__ in ("DataError", "IntegrityError", "InterfaceError")


def store_error(error: BaseException, place: str) -> StoreError:
    """`error` in words, naming the database and what to do."""
    reason = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    if is_corrupt(error):
        return StoreError(f"the database is damaged: {reason}", place=place, remedy=_CORRUPT_REMEDY)
    remedy = _REMEDIES.get(sqlite_code(error), "check that the database can be reached and written")
    return StoreError(reason, place=place, remedy=remedy)


@contextmanager
def as_store_errors(place: str) -> Iterator[None]:
    """Raise what the database raises inside as `StoreError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise store_error(error, place) from error
