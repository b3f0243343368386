"""Events as rows of history, a batch at a time, and what readers get back."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

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
"""Rows are made on the event loop, about ten microseconds each: no more of them at a stretch."""


async def write_batch(connection: AsyncConnection, batch: Sequence[Event], names: Interned, dialect: str) -> int:
    """Write events in the caller's transaction; returns what `Interned.saved` wants once it is committed."""
    newest: dict[int, dict[str, Any]] = {}
    for start in range(0, len(batch), _ROWS_AT_ONCE):
        changes: list[dict[str, Any]] = []
        others: list[dict[str, Any]] = []
        for event in batch[start : start + _ROWS_AT_ONCE]:
            if isinstance(event, StateChanged):
                row = _state_row(event, names)
                changes.append(row)
                newest[row["series"]] = row
            else:
                others.append(_event_row(event, names))
        await _insert(connection, insert_missing(states, dialect), changes)
        await _insert(connection, insert_missing(events, dialect), others)
    rows = list(newest.values())
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        await _insert(connection, insert_or_replace(latest, dialect), rows[start : start + _ROWS_AT_ONCE])
    return await names.save(connection)


async def _insert(connection: AsyncConnection, statement: Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement, rows)


def _state_row(event: StateChanged, names: Interned) -> dict[str, Any]:
    form, number, text = store_value(event.value)
    return {
        "id": event.id,
        "series": names.series(event.entity, event.trait),
        "form": form,
        "number": number,
        "text": text,
        "lag": lag_of(event.id, event.at),
        "origin": names.origin(event.origin),
        "causes": store_causes(event.causes),
    }


def _event_row(event: Event, names: Interned) -> dict[str, Any]:
    fields = msgspec.to_builtins(event)
    for name in _ENVELOPE:
        fields.pop(name, None)
    return {
        "id": event.id,
        "type": type(event).__name__,
        "lag": lag_of(event.id, event.at),
        "origin": names.origin(event.origin),
        "causes": store_causes(event.causes),
        "payload": storable(_json(fields)),
    }


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
