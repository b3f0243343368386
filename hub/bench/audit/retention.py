"""Whether what is too old is gone from the store of a home."""

from typing import Final

from sqlalchemy import ColumnElement, Table, func, select

from hub.bench.audit.line import Line, line
from hub.core.settings import StoreSettings
from hub.learning.kinds import KINDS
from hub.store import schema
from hub.store.database import Database
from hub.store.values import first_id_at, milliseconds

_DAY_S: Final = 86_400.0
_LEDGER_DAYS: Final = 365.0
_SWEEP_S: Final = 2 * 3_600.0
"""A hub that runs sweeps every hour; what became too old since is not wrong."""
_LEARNING_SWEEP_S: Final = 2 * _DAY_S
_MEND: Final = "let the hub run for an hour, it sweeps by itself"


async def old_rows_are_gone(database: Database, settings: StoreSettings, now: float) -> Line:
    """No row is older than the settings say; `now` in UTC seconds. Raises `StoreError`."""
    wrong = []
    for table, days, old in _limits(settings, now):
        count = await _count(database, table, old)
        if count:
            wrong.append(f"{count} rows of {table.name} are older than {days:g} days ({_MEND})")
    return line("retention", wrong, f"nothing is older than {settings.history_days} days, no connection than a year")


def _limits(settings: StoreSettings, now: float) -> list[tuple[Table, float, ColumnElement[bool]]]:
    days = settings.history_days
    history, ledger = now - days * _DAY_S - _SWEEP_S, now - _LEDGER_DAYS * _DAY_S - _SWEEP_S
    first = first_id_at(history)
    limits: list[tuple[Table, float, ColumnElement[bool]]] = [
        (schema.states, days, schema.states.c.id < first),
        (schema.events, days, schema.events.c.id < first),
        (schema.commands, days, schema.commands.c.ended < milliseconds(history)),
        (schema.ledger, _LEDGER_DAYS, schema.ledger.c.at < milliseconds(ledger)),
    ]
    for name, kind in KINDS.items():
        oldest = milliseconds(now - kind.days * _DAY_S - _LEARNING_SWEEP_S)
        of_kind = (schema.examples.c.kind == name) & (schema.examples.c.at < oldest)
        limits.append((schema.examples, kind.days, of_kind))
    return limits


async def _count(database: Database, table: Table, old: ColumnElement[bool]) -> int:
    wanted = select(func.count()).select_from(table).where(old)
    return int(await database.read(lambda c: c.execute(wanted).scalar_one()))
