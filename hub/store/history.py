"""History: what happened and how things stood, written in batches beside the hub's work and never in its way."""

import asyncio
import contextlib
from collections.abc import Collection

import structlog

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import StoreError
from hub.core.events import Event, HandPointed, TaskFailed
from hub.store import history_reads
from hub.store.database import Database
from hub.store.faults import is_about_the_rows
from hub.store.history_rows import StateRow, write_batch
from hub.store.interning import Interned

log = structlog.get_logger(__name__)


class History:
    """Listens to the bus from its making on; `run()` writes what came about every second.

    Rows wait in memory, at most `most_waiting` of them, while the database cannot be written: `run` raises then, so
    that its supervisor reports it and tries again later. What does not fit is counted in `dropped` and reported too.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock | None = None,
        *,
        every_s: float = 1.0,
        batch_rows: int = 5_000,
        most_waiting: int = 200_000,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock or SystemClock()
        self._every = every_s
        self._batch_rows = batch_rows
        self._most = most_waiting
        self._names = Interned(database.dialect)
        self._waiting: list[Event] = []
        self._in_flight: list[Event] = []
        self._many = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._reported = 0
        self.written = 0
        """Rows committed since the start."""
        self.dropped = 0
        """Rows given up since the start: no room to wait, or refused by the database."""
        self._cancel = bus.subscribe(Event, self._take)

    def _take(self, event: Event) -> None:
        if isinstance(event, HandPointed):
            return  # ten a second while a finger points, and of no use a moment later
        waiting = self._waiting
        waiting.append(event)
        if len(waiting) >= self._batch_rows:
            self._many.set()
            excess = len(waiting) + len(self._in_flight) - self._most
            if excess >= 0:
                self._drop_oldest(max(excess, self._most // 20))

    def _drop_oldest(self, count: int) -> None:
        # A twentieth at a time: dropping one by one would move the whole list for every event.
        count = min(count, len(self._waiting))
        del self._waiting[:count]
        self.dropped += count

    @property
    def waiting(self) -> int:
        """Rows that are not on the disk yet."""
        return len(self._waiting) + len(self._in_flight)

    def gauges(self) -> dict[str, float]:
        """Figures for /metrics."""
        return {
            "history_rows_written": self.written,
            "history_rows_waiting": self.waiting,
            "history_rows_dropped": self.dropped,
        }

    async def run(self) -> None:
        """Write batches until cancelled. Raises `StoreError` when the database cannot be written; run it again."""
        while True:
            await self._pause()
            await self.flush()
            self._report_dropped()

    async def _pause(self) -> None:
        self._many.clear()
        if len(self._waiting) >= self._batch_rows:
            return
        sleep = asyncio.ensure_future(self._clock.sleep(self._every))
        many = asyncio.ensure_future(self._many.wait())
        try:
            await asyncio.wait((sleep, many), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            many.cancel()

    def _report_dropped(self) -> None:
        lost, self._reported = self.dropped - self._reported, self.dropped
        if lost:
            text = f"{lost} rows of history were given up: the database could not take them in time"
            log.error("history dropped", rows=lost, database=self._database.place)
            self._bus.publish(TaskFailed(task="history", error=text, restart_s=0.0))

    async def flush(self) -> None:
        """Write all that waits; it is on the disk when this returns. Raises `StoreError`, the rows then wait on."""
        async with self._flushing:
            while self._waiting:
                self._in_flight = self._waiting[: self._batch_rows]
                del self._waiting[: self._batch_rows]
                try:
                    await self._write(self._in_flight)
                except BaseException:
                    self._waiting[:0] = self._in_flight  # not lost: first in line again
                    raise
                finally:
                    self._in_flight = []

    async def _write(self, batch: list[Event]) -> None:
        try:
            unsaved = await self._database.transaction(lambda c: write_batch(c, batch, self._names))
        except Exception as error:
            if not is_about_the_rows(error.__cause__ or error):
                raise
            await self._write_halves(batch, error)
            return
        self._names.saved(unsaved)
        self.written += len(batch)

    async def _write_halves(self, batch: list[Event], error: Exception) -> None:
        # One row among thousands cannot be stored: find it, so that it alone is given up.
        if len(batch) == 1:
            self.dropped += 1
            log.error("event cannot be stored", event_type=type(batch[0]).__name__, error=str(error))
            return
        middle = len(batch) // 2
        await self._write(batch[:middle])
        await self._write(batch[middle:])

    async def close(self) -> None:
        """Stop listening and write what waits; what cannot be written even now is counted and logged."""
        self._cancel()
        for attempt in range(3):
            try:
                await self.flush()
            except StoreError as error:
                log.warning("history not written at the end", attempt=attempt + 1, error=str(error))
                await asyncio.sleep(0.2 * attempt)
            else:
                return
        self._drop_oldest(len(self._waiting))
        self._report_dropped()

    # -- reading -----------------------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        # What has just happened can be asked about at once. A database that cannot be written may still be read.
        with contextlib.suppress(StoreError):
            await self.flush()

    async def states(
        self, entity: str, trait: str = "", since: float = 0.0, until: float | None = None, limit: int = 1000
    ) -> list[StateRow]:
        """The newest `limit` changes of an entity (of one trait, or of all), oldest first, between two UTC times."""
        await self._settle()
        return await self._database.read(lambda c: history_reads.states(c, entity, trait, since, until, limit))

    async def events(self, ids: Collection[int]) -> list[Event]:
        """The events with these ids, oldest first; state changes among them. Unknown ones are left out."""
        await self._settle()
        return await self._database.read(lambda c: history_reads.events(c, ids))

    async def event(self, id: int) -> Event | None:  # noqa: A002 -- the field's name
        """One event or state change (its `old` is not kept), None when it is not kept."""
        found = await self.events((id,))
        return found[0] if found else None

    async def recent_events(
        self, types: Collection[str] = (), limit: int = 100, before: int | None = None
    ) -> list[Event]:
        """The newest events (of these types, or all but state changes), newest first, with ids below `before`."""
        await self._settle()
        return await self._database.read(lambda c: history_reads.recent_events(c, types, limit, before))

    async def last_states(self) -> list[StateRow]:
        """How every trait of every entity stood last: what a start restores."""
        await self._settle()
        return await self._database.read(history_reads.last_states)

    async def last_state_change(self, entity: str, trait: str = "") -> StateRow | None:
        """The newest change of an entity, or of one trait of it."""
        await self._settle()
        found = await self._database.read(lambda c: history_reads.last_states(c, entity, trait))
        return max(found, key=lambda row: row.at, default=None)
