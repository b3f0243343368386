"""The privacy ledger's writer: a row for every connection out, with what went over it."""

import asyncio
import time
from typing import Final, Protocol

import structlog

from hub.core.errors import HearthError

log = structlog.get_logger(__name__)
_CHECKPOINT_S: Final = 60.0


class LedgerWriter(Protocol):
    """Where the rows are kept."""

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        """Add a row: `who` in the hub exchanged these bytes with `where` (host:port), `why`, at UTC seconds `at`."""
        ...


class Tally:
    """What went over one connection so far. Counted from whatever thread uses it."""

    def __init__(self, who: str, where: str, why: str) -> None:
        self.who = who
        self.where = where
        self.why = why
        self.bytes_out = 0
        self.bytes_in = 0
        self.closed = False
        self._told = (-1, -1)

    def news(self) -> tuple[int, int] | None:
        """Bytes out and in since last asked; None when nothing moved. The first answer is never None."""
        now = (self.bytes_out, self.bytes_in)
        before, self._told = self._told, now
        if before == (-1, -1):
            return now
        moved = (now[0] - before[0], now[1] - before[1])
        return moved if any(moved) else None


class Ledger:
    """Writes the tallies down: a row when a connection opens, then what moved, each minute and when it closes.

    The bytes of a connection are the sum of its rows. A refused connection is a row as well.
    """

    def __init__(self, writer: LedgerWriter | None) -> None:
        """Without a writer nothing is kept; the connections are still guarded."""
        self._writer = writer
        self._open: list[Tally] = []
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def opened(self, who: str, where: str, why: str) -> Tally:
        """Begin a connection's tally. May be called from any thread."""
        tally = Tally(who, where, why)
        self._open.append(tally)
        self.wake()
        return tally

    def refused(self, who: str, where: str, why: str) -> None:
        """Enter an attempt that was refused."""
        self.opened(who, where, f"refused: {why}").closed = True

    def wake(self) -> None:
        """Have the news written soon. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def run(self) -> None:
        """Write rows as there is news, until cancelled; for a supervisor to keep."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self.flush()
            try:
                async with asyncio.timeout(_CHECKPOINT_S):
                    await self._news.wait()
            except TimeoutError:
                continue
            self._news.clear()

    async def flush(self) -> None:
        """Write down what is not written yet."""
        async with self._writing:  # the one at the end may come while another is under way
            for tally in tuple(self._open):
                closed = tally.closed
                moved = tally.news()
                if closed:
                    self._open.remove(tally)
                if moved is not None and self._writer is not None:
                    await self._write(self._writer, tally, moved)

    async def _write(self, writer: LedgerWriter, tally: Tally, moved: tuple[int, int]) -> None:
        try:
            await writer.record(tally.who, tally.where, moved[0], moved[1], tally.why, time.time())
        except HearthError as error:
            log.error("a row of the privacy ledger could not be written", where=tally.where, error=str(error))
