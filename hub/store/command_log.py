"""Commands as they were sent and as they ended, so that a crash between the two is found and told."""

import msgspec
from sqlalchemy import select

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.commands import CommandResult
from hub.core.errors import UnavailableError, UsageError
from hub.core.events import CommandDone, CommandFailed, CommandSent, Event
from hub.store.database import Database
from hub.store.schema import commands
from hub.store.upsert import insert_missing, insert_or_replace
from hub.store.values import milliseconds, storable

_Told = CommandSent | CommandDone | CommandFailed


class CommandLog:
    """A row a command: the durable record that the dispatcher's `CommandJournal` asks for. All raise `StoreError`."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def commit(self, event: Event) -> None:
        """Record `CommandSent`, `CommandDone` or `CommandFailed`; it is on the disk when this returns."""
        if not isinstance(event, _Told):
            raise UsageError(f"{type(event).__name__} tells nothing of a command", remedy="commit command events only")
        row = {
            "id": event.command,
            "entity": storable(event.entity),
            "data": storable(msgspec.json.encode(event).decode()),
            "ended": None if isinstance(event, CommandSent) else milliseconds(self._clock.now()),
            "code": event.code if isinstance(event, CommandFailed) else "",
            "reason": storable(event.reason) if isinstance(event, CommandFailed) else "",
        }
        # A command's end may be recorded before its sending was: the end stands.
        insert = insert_missing if isinstance(event, CommandSent) else insert_or_replace
        await self._database.write(insert(commands, self._database.dialect).values(row))

    async def interrupted(self) -> list[CommandSent]:
        """Commands that were under way when the hub last stopped, oldest first."""
        wanted = select(commands.c.data).where(commands.c.ended.is_(None)).order_by(commands.c.id)
        rows = await self._database.read(lambda c: c.execute(wanted).scalars().all())
        return [msgspec.json.decode(row, type=CommandSent) for row in rows]

    async def fail_interrupted(self, bus: Bus) -> int:
        """Give each interrupted command the end it is owed, recorded and told; call it once, at the start."""
        sent = await self.interrupted()
        for command in sent:
            failed = CommandFailed(
                origin=command.origin,
                causes=(command.id,),
                command=command.command,
                entity=command.entity,
                trait=command.trait,
                value=command.value,
                code=UnavailableError.code,
                reason="the hub stopped before the device answered",
            )
            await self.commit(failed)
            bus.publish(failed)
        return len(sent)

    async def result(self, command: int) -> CommandResult | None:
        """How a command ended; None when it has not, or is unknown."""
        row = await self._database.read(lambda c: c.execute(select(commands).where(commands.c.id == command)).first())
        if row is None or row.ended is None:
            return None
        told = msgspec.json.decode(row.data, type=CommandDone | CommandFailed)
        return CommandResult(
            command=command,
            entity=told.entity,
            trait=told.trait,
            value=told.value,
            ok=not row.code,
            code=row.code,
            reason=row.reason,
        )
