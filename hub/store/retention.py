"""Forgetting: history older than the household wants is deleted, a little at a time."""

import asyncio

import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, Table, delete, select

from hub.core.clock import Clock, SystemClock
from hub.store import schema
from hub.store.database import Database
from hub.store.values import first_id_at, milliseconds

log = structlog.get_logger(__name__)
_DAY_S = 86_400.0
_ROWS_AT_ONCE = 2_000  # a few milliseconds of the write lock
_PAUSE_S = 0.02


class Swept(Struct, frozen=True):
    """How many rows of each table were deleted."""

    states: int
    events: int
    commands: int
    ledger: int


class Retention:
    """Deletes history after `history_days` and ledger rows after `ledger_days`.

    The last state of every trait is kept however old it is: a restart needs it. Zero days keep nothing but that.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        *,
        history_days: float = 30,
        ledger_days: float = 365,
        every_s: float = 3_600.0,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._history_s = history_days * _DAY_S
        self._ledger_s = ledger_days * _DAY_S
        self._every = every_s

    async def run(self) -> None:
        """Sweep now and then until cancelled. Raises `StoreError`; run it again."""
        while True:
            await self._clock.sleep(self._every)
            await self.sweep()

    async def sweep(self) -> Swept:
        """Delete what is too old now, and give some of the room back to the disk. Raises `StoreError`."""
        now = self._clock.now()
        swept = await self._delete(now - self._history_s, now - self._ledger_s)
        await self._database.reclaim()
        log.info("history swept", states=swept.states, events=swept.events, commands=swept.commands)
        return swept

    async def purge(self, before: float) -> Swept:
        """Delete history, commands and ledger rows from before `before` (UTC seconds). Raises `StoreError`."""
        swept = await self._delete(before, before)
        await self._database.reclaim(1_000_000)
        return swept

    async def _delete(self, history_before: float, ledger_before: float) -> Swept:
        first = first_id_at(history_before)
        ended = schema.commands.c.ended < milliseconds(history_before)
        return Swept(
            states=await self._delete_rows(schema.states, schema.states.c.id < first),
            events=await self._delete_rows(schema.events, schema.events.c.id < first),
            commands=await self._delete_rows(schema.commands, ended),
            ledger=await self._delete_rows(schema.ledger, schema.ledger.c.at < milliseconds(ledger_before)),
        )

    async def _delete_rows(self, table: Table, old: ColumnElement[bool]) -> int:
        total = 0
        while True:
            some = select(table.c.id).where(old).order_by(table.c.id).limit(_ROWS_AT_ONCE).scalar_subquery()
            (count,) = await self._database.write(delete(table).where(table.c.id.in_(some)))
            total += count
            if count < _ROWS_AT_ONCE:
                return total
            await asyncio.sleep(_PAUSE_S)  # let others write in between
