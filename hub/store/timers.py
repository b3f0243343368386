"""Timers that outlive a restart."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Select, delete, select

from hub.core.errors import ValueRefusedError
from hub.sdk.context import StoredTimer
from hub.store.database import Database
from hub.store.schema import timers
from hub.store.upsert import insert_or_replace
from hub.store.values import storable

_MOST_CHARACTERS = 64 * 1024


class SkillTimer(Struct, frozen=True):
    """A timer and the skill that it belongs to."""

    skill: str
    timer: StoredTimer


class Timers:
    """Timers by skill and id. A change is on the disk when its call returns. All raise `StoreError`.

    A timer that came due is rung first and cancelled then: a crash between the two rings it twice, never not at all.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, skill: str, timer: StoredTimer) -> None:
        """Keep a timer; one of the same skill and id is replaced. Raises `ValueRefusedError` for too much."""
        try:
            data = msgspec.json.encode(timer).decode()
        except (TypeError, UnicodeEncodeError, RecursionError) as error:
            raise ValueRefusedError(f"the timer cannot be kept: {error}", remedy="give plain JSON arguments") from error
        if len(data) > _MOST_CHARACTERS:
            raise ValueRefusedError("the timer's arguments are larger than 64 KiB", remedy="keep them in ctx.store")
        row = {"skill": skill, "id": storable(timer.id), "due": timer.due, "data": data}
        await self._database.write(insert_or_replace(timers, self._database.dialect).values(row))

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        where = (timers.c.skill == skill, timers.c.id == storable(timer))
        return any(await self._database.write(delete(timers).where(*where)))

    async def pending(self, skill: str = "") -> list[SkillTimer]:
        """All timers, or one skill's, next first."""
        wanted = _ordered()
        return await self._read(wanted.where(timers.c.skill == skill) if skill else wanted)

    async def due(self, now: float) -> list[SkillTimer]:
        """The timers whose moment is `now` (UTC seconds) or has passed, longest due first."""
        return await self._read(_ordered().where(timers.c.due <= now))

    async def next_due(self) -> float | None:
        """When the next timer comes due (UTC seconds), None without any."""
        wanted = select(timers.c.due).order_by(timers.c.due).limit(1)
        return await self._database.read(lambda c: c.execute(wanted).scalar())

    async def _read(self, wanted: Select[Any]) -> list[SkillTimer]:
        rows = await self._database.read(lambda c: c.execute(wanted).all())
        return [SkillTimer(skill, msgspec.json.decode(data, type=StoredTimer)) for skill, data in rows]


def _ordered() -> Select[Any]:
    return select(timers.c.skill, timers.c.data).order_by(timers.c.due, timers.c.id)
