"""Commands as they were sent and as they ended, so that a crash between the two is found and told."""

import msgspec
from sqlalchemy import select, update

from hub.core.clock import Clock, SystemClock
from hub.core.commands import Command, CommandResult
from hub.store.database import Database
from hub.store.schema import commands
from hub.store.upsert import insert_or_replace
from hub.store.values import storable


class CommandLog:
    """A row a command. What a method wrote is on the disk when it returns. All raise `StoreError`."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def sent(self, command: Command) -> None:
        """The command is under way."""
        await self._put(command, None, None, None)

    async def ended(self, result: CommandResult) -> bool:
        """The command ended; False when it was never recorded as sent."""
        end = {"ended": self._now(), "code": "" if result.ok else result.code, "reason": storable(result.reason)}
        return any(await self._database.write(update(commands).where(commands.c.id == result.command).values(end)))

    async def done(self, command: Command, result: CommandResult) -> None:
        """Both at once, for a command that is recorded only when it has ended."""
        await self._put(command, self._now(), "" if result.ok else result.code, result.reason)

    async def interrupted(self) -> list[Command]:
        """Commands that were under way when the hub last stopped, oldest first: each is owed an end."""
        wanted = select(commands.c.data).where(commands.c.ended.is_(None)).order_by(commands.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).scalars().all()
        return [msgspec.json.decode(row, type=Command) for row in rows]

    async def result(self, command: int) -> CommandResult | None:
        """How a command ended; None when it has not, or is unknown."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(commands).where(commands.c.id == command))).first()
        if row is None or row.ended is None:
            return None
        sent = msgspec.json.decode(row.data, type=Command)
        return CommandResult(
            command=command,
            entity=sent.entity,
            trait=sent.trait,
            value=sent.value,
            ok=not row.code,
            code=row.code or "",
            reason=row.reason or "",
        )

    def _now(self) -> int:
        return int(self._clock.now() * 1000)

    async def _put(self, command: Command, ended: int | None, code: str | None, reason: str | None) -> None:
        row = {
            "id": command.id,
            "entity": storable(command.entity),
            "data": storable(msgspec.json.encode(command).decode()),
            "ended": ended,
            "code": code,
            "reason": None if reason is None else storable(reason),
        }
        await self._database.write(insert_or_replace(commands, self._database.dialect).values(row))
