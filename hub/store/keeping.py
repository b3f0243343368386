"""What a home's database keeps: of each kind how much, how large, since when, and for how long."""

from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table, func, select, text, true

from hub.store import schema
from hub.store.database import Database
from hub.store.faults import as_store_errors
from hub.store.values import moment_of

Until = Literal["history_days", "ledger_days", "forgotten", "removed"]
"""For how long: as many days as the settings say, a year, until it is forgotten when told to, or is removed."""


class Keeping(Struct, frozen=True, kw_only=True):
    """One kind: `rows` of it, `bytes` on the disk (None: not known), the `oldest` (UTC seconds)."""

    kind: str
    rows: int
    bytes: int | None
    oldest: float | None
    until: Until


class _Kind(Struct, frozen=True):
    kind: str
    table: Table
    until: Until
    oldest: ColumnElement[Any] | None = None
    ids: bool = False
    """Whether `oldest` is an event's id, which holds its moment."""
    where: ColumnElement[bool] = true()


_OBJECTS: Final = schema.home_objects
_KINDS: Final = (
    _Kind("states", schema.states, "history_days", schema.states.c.id, ids=True),
    _Kind("events", schema.events, "history_days", schema.events.c.id, ids=True),
    _Kind("commands", schema.commands, "history_days", schema.commands.c.ended),
    _Kind("examples", schema.examples, "forgotten", schema.examples.c.at),
    _Kind("heads", schema.heads, "forgotten", schema.heads.c.at),
    _Kind("usage", _OBJECTS, "forgotten", None, where=_OBJECTS.c.kind == "usage"),
    _Kind("placements", _OBJECTS, "removed", _OBJECTS.c.changed, where=_OBJECTS.c.kind == "placement"),
    _Kind("timers", schema.timers, "removed"),
    _Kind("plugins", schema.plugin_data, "removed"),
    _Kind("accounts", schema.accounts, "removed", schema.accounts.c.created),
    _Kind("sessions", schema.credentials, "removed", schema.credentials.c.created),
    _Kind("ledger", schema.ledger, "ledger_days", schema.ledger.c.at),
)


async def keeping(database: Database) -> list[Keeping]:
    """Every kind that the database keeps. Raises `StoreError`."""
    return await database.read(_keeping)


async def size_of(database: Database) -> int | None:
    """Bytes of the whole database on the disk, its journal included; None where it is not this machine's file."""
    path = database.path
    if path is None:
        return None
    with as_store_errors(str(path)):
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())


def _keeping(connection: Connection) -> list[Keeping]:
    sizes = _sizes(connection)
    return [_of(connection, kind, sizes) for kind in _KINDS]


def _of(connection: Connection, kind: _Kind, sizes: dict[str, int]) -> Keeping:
    first = func.min(kind.oldest) if kind.oldest is not None else text("NULL")
    rows, oldest = connection.execute(select(func.count(), first).select_from(kind.table).where(kind.where)).one()
    if oldest is not None:
        oldest = moment_of(oldest, None) if kind.ids else oldest / 1000
    own = kind.table is not _OBJECTS  # that one is shared by small kinds
    return Keeping(
        kind=kind.kind, rows=rows, bytes=sizes.get(kind.table.name) if own else None, oldest=oldest, until=kind.until
    )


def _sizes(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes, by its name; none where SQLite was built without that."""
    if connection.dialect.name != "sqlite":
        wanted = text("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'")
    else:
        (known,) = connection.execute(text("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'")).one()
        if not known:
            return {}
        wanted = text("SELECT tbl_name, sum(pgsize) FROM sqlite_schema JOIN dbstat USING (name) GROUP BY tbl_name")
    return {str(name): int(size) for name, size in connection.execute(wanted)}
