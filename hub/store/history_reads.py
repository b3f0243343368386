"""The questions that history answers, as queries: functions for `Database.read`."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Row, Select, Table, select

from hub.core.events import HERE, Event, Origin, StateChanged, event_types
from hub.store import schema
from hub.store.history_rows import StateRow
from hub.store.values import first_id_at, load_causes, load_value, moment_of

log = structlog.get_logger(__name__)
_MOST_ROWS = 100_000
_IDS_AT_ONCE = 500  # databases bound the number of parameters


def _states_of(table: Table) -> Select[Any]:
    origin, series = schema.origins, schema.series
    return (
        select(table, series.c.entity, series.c.trait, origin.c.hub, origin.c.area, origin.c.source)
        .join(series, series.c.id == table.c.series)
        .outerjoin(origin, origin.c.id == table.c.origin)
    )


def _origin(row: Row[Any]) -> Origin:
    return HERE if row.hub is None else Origin(row.hub, row.area, row.source)


def _state(row: Row[Any]) -> StateRow:
    return StateRow(
        id=row.id,
        entity=row.entity,
        trait=row.trait,
        value=load_value(row.form, row.number, row.text),
        at=moment_of(row.id, row.lag),
        origin=_origin(row),
        causes=load_causes(row.causes),
    )


def states(
    connection: Connection, entity: str, trait: str, since: float, until: float | None, limit: int
) -> list[StateRow]:
    """The newest `limit` changes of an entity between two times, oldest first."""
    table = schema.states
    names = select(schema.series.c.id).where(schema.series.c.entity == entity)
    if trait:
        names = names.where(schema.series.c.trait == trait)
    found: list[StateRow] = []
    # A query for each trait, so that each reads its own newest rows and no more.
    for number in list(connection.execute(names).scalars()):
        wanted = _states_of(table).where(table.c.series == number, table.c.id >= first_id_at(since))
        if until is not None:
            wanted = wanted.where(table.c.id < first_id_at(until))
        rows = connection.execute(wanted.order_by(table.c.id.desc()).limit(_bounded(limit)))
        found += [_state(row) for row in rows]
    found.sort(key=lambda row: row.id)
    return found[max(0, len(found) - _bounded(limit)) :]


def last_states(connection: Connection, entity: str = "", trait: str = "") -> list[StateRow]:
    """The last state of every series, or of one entity's."""
    wanted = _states_of(schema.latest)
    if entity:
        wanted = wanted.where(schema.series.c.entity == entity)
    if trait:
        wanted = wanted.where(schema.series.c.trait == trait)
    return [_state(row) for row in connection.execute(wanted)]


def _events() -> Select[Any]:
    table, origin = schema.events, schema.origins
    return select(table, origin.c.hub, origin.c.area, origin.c.source).outerjoin(origin, origin.c.id == table.c.origin)


def _event(row: Row[Any]) -> Event | None:
    kind = event_types().get(row.type)
    if kind is None:
        return None  # a newer hub's
    # Not `mono`: it means nothing after a restart.
    envelope = {"id": row.id, "at": moment_of(row.id, row.lag), "mono": 0.0, "causes": load_causes(row.causes)}
    try:
        fields = msgspec.json.decode(row.payload, type=dict[str, Any])
        event = msgspec.convert({**fields, **envelope, "event": row.type}, kind)
    except msgspec.DecodeError as error:
        log.warning("event left out of history", event_id=row.id, event_type=row.type, error=str(error))
        return None
    return msgspec.structs.replace(event, origin=_origin(row))


def _as_event(state: StateRow) -> StateChanged:
    return StateChanged(
        id=state.id,
        at=state.at,
        mono=0.0,
        origin=state.origin,
        causes=state.causes,
        entity=state.entity,
        trait=state.trait,
        value=state.value,
    )


def events(connection: Connection, ids: Collection[int]) -> list[Event]:
    """The events and state changes with these ids, oldest first."""
    found: dict[int, Event] = {}
    for some in _chunks(ids):
        rows = connection.execute(_events().where(schema.events.c.id.in_(some)))
        found |= {row.id: event for row in rows if (event := _event(row)) is not None}
        # `latest` too: the change that set the present state may be older than what retention keeps.
        for table in (schema.latest, schema.states):
            rows = connection.execute(_states_of(table).where(table.c.id.in_(some)))
            found |= {row.id: _as_event(_state(row)) for row in rows}
    return [found[event] for event in sorted(found)]


def recent_events(connection: Connection, types: Collection[str], limit: int, before: int | None) -> list[Event]:
    """The newest events, newest first."""
    table = schema.events
    wanted = _events().order_by(table.c.id.desc()).limit(_bounded(limit))
    if types:
        wanted = wanted.where(table.c.type.in_(list(types)))
    if before is not None:
        wanted = wanted.where(table.c.id < before)
    rows = connection.execute(wanted)
    return [event for row in rows if (event := _event(row)) is not None]


def _bounded(limit: int) -> int:
    return max(0, min(limit, _MOST_ROWS))


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    known = sorted({i for i in ids if 0 <= i < 2**63})
    return [known[start : start + _IDS_AT_ONCE] for start in range(0, len(known), _IDS_AT_ONCE)]
