"""Events as rows of history, a batch at a time, and what readers get back."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Insert

from hub.core.events import HERE, Event, Origin, StateChanged, Value
from hub.store.interning import Interned
from hub.store.schema import events, latest, states
from hub.store.upsert import insert_missing, insert_or_replace
from hub.store.values import lag_of, storable, store_causes, store_value

_ENVELOPE = ("id", "at", "mono", "origin", "causes", "event")


class StateRow(Struct, frozen=True, kw_only=True):
    """A trait's value from `at` (UTC seconds) on, by the event `id` that came of `causes`."""

    id: int
    entity: str
    trait: str
    value: Value
    at: float
    origin: Origin = HERE
    causes: tuple[int, ...] = ()


_ROWS_AT_ONCE = 1_000
"""Rows are made on the event loop, a few microseconds each: no more of them at a stretch."""


_Row = tuple[Any, ...]
"""A row's values in the order of its table's columns: the driver takes it as it is."""


def write_batch(connection: Connection, batch: Sequence[Event], names: Interned) -> int:
    """Write events in the caller's transaction; returns what `Interned.saved` wants once it is committed."""
    if not names.loaded:
        names.load(connection)
    dialect = connection.dialect.name
    newest: dict[int, _Row] = {}
    for start in range(0, len(batch), _ROWS_AT_ONCE):
        changes: list[_Row] = []
        others: list[_Row] = []
        for event in batch[start : start + _ROWS_AT_ONCE]:
            if isinstance(event, StateChanged):
                row = _state_row(event, names)
                changes.append(row)
                newest[row[1]] = row
            else:
                others.append(_event_row(event, names))
        _insert(connection, insert_missing(states, dialect), changes)
        _insert(connection, insert_missing(events, dialect), others)
    rows = [(series, id, *value) for id, series, *value in newest.values()]  # noqa: A001 -- the column's name
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        _insert(connection, insert_or_replace(latest, dialect), rows[start : start + _ROWS_AT_ONCE])
    return names.save(connection)


def _insert(connection: Connection, statement: Insert, rows: list[_Row]) -> None:
    if rows:
        # Core would take dictionaries and turn each into a tuple first, which takes as long as the insert itself.
        compiled = statement.compile(dialect=connection.dialect)
        connection.exec_driver_sql(str(compiled), rows)


def _state_row(event: StateChanged, names: Interned) -> _Row:
    return (
        event.id,
        names.series(event.entity, event.trait),
        *store_value(event.value),
        lag_of(event.id, event.at),
        names.origin(event.origin),
        store_causes(event.causes),
    )


def _event_row(event: Event, names: Interned) -> _Row:
    fields = msgspec.to_builtins(event)
    for name in _ENVELOPE:
        fields.pop(name, None)
    return (
        event.id,
        type(event).__name__,
        lag_of(event.id, event.at),
        names.origin(event.origin),
        store_causes(event.causes),
        storable(_json(fields)),
    )


def _json(fields: dict[str, Any]) -> str:
    try:
        return msgspec.json.encode(fields).decode()
    except UnicodeEncodeError:  # half a surrogate pair in some text
        return msgspec.json.encode(_clean(fields)).decode()


def _clean(data: Any) -> Any:
    if isinstance(data, str):
        return storable(data)
    if isinstance(data, dict):
        return {_clean(key): _clean(value) for key, value in data.items()}
    return [_clean(item) for item in data] if isinstance(data, list) else data
