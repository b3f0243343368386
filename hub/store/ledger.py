"""The ledger: every connection that left this hub, as rows that the household can read."""

from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import insert, select

from hub.core.errors import EgressError
from hub.guard.egress import EgressPolicy, Reach
from hub.store.database import Database
from hub.store.schema import ledger
from hub.store.values import milliseconds, storable

_MOST_CHARACTERS = 500
_REFUSED: Final = "refused: "


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

    async def rows(self, since: float = 0.0, who: str = "", limit: int = 1000, *, before: int = 0) -> list[LedgerRow]:
        """The newest `limit` rows at `since` or later, newest first; with `before`, of those with ids below it."""
        wanted = select(ledger).where(ledger.c.at >= milliseconds(since)).order_by(ledger.c.id.desc()).limit(limit)
        if before:
            wanted = wanted.where(ledger.c.id < before)
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


def address_of(row: LedgerRow) -> tuple[str, int] | None:
    """Where a row's connection went, as address and port; None where it was refused.

    A row says `address:port`, or `name:port (address)`.
    """
    if row.why.startswith(_REFUSED):
        return None
    place, _, address = row.where.partition(" (")
    host, _, port = place.rpartition(":")
    return (address.removesuffix(")") or host.strip("[]")), int(port) if port.isdecimal() else 0


def reach_of(row: LedgerRow) -> Literal["home", "outside", "refused", "unknown"]:
    """How far a row's connection went: this machine and the home's own network, beyond it, or nowhere."""
    place = address_of(row)
    if place is None:
        return "refused"
    try:
        EgressPolicy().check(place[0], *place, Reach.HOME)
    except EgressError:
        return "outside"
    except ValueError:
        return "unknown"
    return "home"
