"""The ledger: every connection that left this hub, as rows that the household can read."""

from msgspec import Struct
from sqlalchemy import insert, select

from hub.store.database import Database
from hub.store.schema import ledger
from hub.store.values import milliseconds, storable

_MOST_CHARACTERS = 500


class LedgerRow(Struct, frozen=True, kw_only=True):
    """`who` in the hub talked to `where` (host:port), the bytes each way, `why`, and `at` when (UTC seconds)."""

    id: int
    at: float
    who: str
    where: str
    bytes_out: int
    bytes_in: int
    why: str


class LedgerTable:
    """Rows are only ever added, until retention removes the oldest. Both methods raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        """Add a row; it is on the disk when this returns."""
        row = {
            "at": milliseconds(at),
            "who": storable(who[:_MOST_CHARACTERS]),
            "host": storable(where[:_MOST_CHARACTERS]),
            "bytes_out": bytes_out,
            "bytes_in": bytes_in,
            "why": storable(why[:_MOST_CHARACTERS]),
        }
        await self._database.write(insert(ledger).values(row))

    async def rows(self, since: float = 0.0, who: str = "", limit: int = 1000) -> list[LedgerRow]:
        """The newest `limit` rows at `since` or later, newest first."""
        wanted = select(ledger).where(ledger.c.at >= milliseconds(since)).order_by(ledger.c.id.desc()).limit(limit)
        if who:
            wanted = wanted.where(ledger.c.who == who)
        rows = await self._database.read(lambda c: c.execute(wanted).all())
        return [
            LedgerRow(
                id=row.id,
                at=row.at / 1000,
                who=row.who,
                where=row.host,
                bytes_out=row.bytes_out,
                bytes_in=row.bytes_in,
                why=row.why,
            )
            for row in rows
        ]
