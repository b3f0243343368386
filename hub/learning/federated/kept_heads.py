"""Heads and reports on disk: what a hub has learnt outlives a restart. Sealed like the examples that it came from."""

from typing import Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import delete, select

from hub.core.clock import Clock, SystemClock
from hub.core.errors import ProtocolError, StoreError
from hub.learning.federated.arrays import pack, unpack
from hub.learning.federated.pupil import Report
from hub.learning.network import Weights
from hub.learning.sealing import Seal
from hub.store.database import Database
from hub.store.schema import heads
from hub.store.upsert import insert_or_replace
from hub.store.values import milliseconds

log = structlog.get_logger(__name__)
MOST_REPORTS: Final = 30
"""Rounds whose reports are kept: a month of one a day."""


class KeptHead(Struct, frozen=True):
    """What is kept of a kind: the last round, the open weights of the shared head and of this hub's own, the reports.

    `reports` are of the newest rounds, the last one last.
    """

    round: int
    shared: Weights
    own: Weights
    reports: tuple[Report, ...] = ()

    @property
    def report(self) -> Report | None:
        """How the last round went."""
        return self.reports[-1] if self.reports else None


class _About(Struct, frozen=True, array_like=True):
    round: int
    report: Report | None
    earlier: tuple[Report, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        return self.earlier if self.report is None else (*self.earlier, self.report)


class KeptHeads:
    """Heads by kind. All raise `StoreError`."""

    def __init__(self, database: Database, seal: Seal, clock: Clock | None = None) -> None:
        self._database, self._seal, self._clock = database, seal, clock or SystemClock()

    async def read(self, kind: str) -> KeptHead | None:
        """What is kept of a kind; None when nothing is, or when this home's key does not open it."""
        wanted = select(heads.c.sealed).where(heads.c.kind == kind)
        sealed = await self._database.read(lambda c: c.execute(wanted).scalar())
        if sealed is None:
            return None
        try:
            frame = unpack(self._seal.open(sealed, f"head {kind}"))
            about = msgspec.msgpack.decode(frame.about, type=_About)
        except (StoreError, ProtocolError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("a learnt head cannot be read; the hub begins again", kind=kind, error=str(error))
            return None
        half = len(frame.arrays) // 2
        return KeptHead(about.round, frame.arrays[:half], frame.arrays[half:], about.reports)

    async def write(self, kind: str, kept: KeptHead) -> None:
        """Keep it; what was kept before goes."""
        about = msgspec.msgpack.encode(_About(kept.round, kept.report, kept.reports[-MOST_REPORTS:-1]))
        sealed = self._seal.seal(pack(about, [*kept.shared, *kept.own]), f"head {kind}")
        row = {"kind": kind, "at": milliseconds(self._clock.now()), "sealed": sealed}
        await self._database.write(insert_or_replace(heads, self._database.dialect).values(row))

    async def forget(self, kind: str = "") -> int:
        """Forget what was learnt of a kind, or all."""
        where = (heads.c.kind == kind,) if kind else ()
        return sum(await self._database.write(delete(heads).where(*where)))
