"""What the database keeps about the household, row by row and in plain values, for somebody who wants to have it all.

Nothing that opens a door is among it: no password (of a camera, say) or its hash, no session's or token's secret, no
sealed example.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, select

from hub.core.hidden_passwords import hidden_in
from hub.store import schema
from hub.store.database import Database
from hub.store.values import load_value, moment_of

_ROWS_AT_ONCE: Final = 2_000
_SMALL: Final = 100_000
Plain = dict[str, Any]


class _Rows(Struct, frozen=True):
    """A table to go through in the order of ids, and what a row of it says."""

    wanted: Select[Any]
    id: Any
    plain: Callable[[Row[Any]], Plain]


def _state(row: Row[Any]) -> Plain:
    value = load_value(row.form, row.number, row.text)
    return {"at": moment_of(row.id, row.lag), "entity": row.entity, "trait": row.trait, "value": value}


def _event(row: Row[Any]) -> Plain:
    return {"at": moment_of(row.id, row.lag), "event": row.type, **msgspec.json.decode(row.payload)}


def _command(row: Row[Any]) -> Plain:
    return {"entity": row.entity, "ended": _at(row.ended), "code": row.code, "reason": row.reason,
            "command": msgspec.json.decode(row.data)}  # fmt: skip


def _connection(row: Row[Any]) -> Plain:
    return {"at": _at(row.at), "who": row.who, "where": row.host, "bytes_out": row.bytes_out,
            "bytes_in": row.bytes_in, "why": row.why}  # fmt: skip


_STATES, _SERIES = schema.states, schema.series
LONG: Final = {
    "states": _Rows(
        select(_STATES, _SERIES.c.entity, _SERIES.c.trait).join(_SERIES, _SERIES.c.id == _STATES.c.series),
        _STATES.c.id, _state,
    ),
    "events": _Rows(select(schema.events), schema.events.c.id, _event),
    "commands": _Rows(select(schema.commands), schema.commands.c.id, _command),
    "connections": _Rows(select(schema.ledger), schema.ledger.c.id, _connection),
}  # fmt: skip
"""The kinds that may have very many rows."""


async def rows(database: Database, kind: str) -> AsyncIterator[list[Plain]]:
    """The rows of one of `LONG`, oldest first, some at a time. Raises `StoreError`."""
    about, last = LONG[kind], -1
    while True:
        found = await database.read(lambda c, last=last: _page(c, about, last))  # type: ignore[misc]
        if not found:
            return
        last = found[-1].id
        yield [about.plain(row) for row in found]


def _page(connection: Connection, about: _Rows, last: int) -> list[Row[Any]]:
    wanted = about.wanted.where(about.id > last).order_by(about.id).limit(_ROWS_AT_ONCE)
    return list(connection.execute(wanted))


async def small(database: Database) -> dict[str, list[Plain]]:
    """What else is kept, of each kind all. Raises `StoreError`."""
    return await database.read(_small)


def _small(connection: Connection) -> dict[str, list[Plain]]:
    def every(*columns: Any) -> list[Plain]:
        return [dict(row) for row in connection.execute(select(*columns).limit(_SMALL)).mappings()]

    def opened(name: str, found: list[Plain]) -> list[Plain]:
        return [{**row, name: hidden_in(msgspec.json.decode(row[name]))} for row in found]

    def dated(found: list[Plain]) -> list[Plain]:
        return [{**row, **{name: _at(row[name]) for name in ("created", "used") if name in row}} for row in found]

    accounts, keys, objects = schema.accounts.c, schema.credentials.c, schema.home_objects.c
    return {
        "home": opened("data", every(objects.kind, objects.id, objects.data)),
        "timers": opened("data", every(schema.timers)),
        "skills": opened("value", every(schema.plugin_data)),
        "accounts": dated(every(accounts.id, accounts.name, accounts.role, accounts.created)),
        "sessions": dated(every(keys.kind, keys.account, keys.name, keys.created, keys.used)),
    }


def _at(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
