"""Dispatch: a command goes to the integration that owns the entity, and ends in done or in a coded failure."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.commands import Command, CommandResult
from hub.core.entities import Entity
from hub.core.entries import enter_under
from hub.core.errors import (
    CommandError,
    CommandTimeoutError,
    HearthError,
    StoreError,
    UnavailableError,
    ValueRefusedError,
)
from hub.core.events import CommandDone, CommandSent, Event, Value
from hub.core.states import StateTable
from hub.core.traits import TRAITS, parse_value
from hub.home.attribution import Attribution
from hub.home.exposure import Exposure
from hub.home.outcomes import done, failed, result
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.sdk.device import DeviceCommand

log = structlog.get_logger(__name__)
_COMMANDED = {"Lock": ("locked", "unlocked"), "Media": ("playing", "paused", "stopped", "next", "previous")}
"""Traits that report more values than they can be told to become."""


class CommandSink(Protocol):
    """An integration, as the dispatcher sees it."""

    async def deliver(self, command: DeviceCommand) -> None:
        """Take the command over; its answer comes by `done()` or `fail()`. Raises `CommandError` if that cannot be."""
        ...


class CommandRelay(Protocol):
    """The way to another hub, which checks and carries out a command itself."""

    async def relay(self, command: Command, local: str) -> None:
        """Return when it is done there; raises the `CommandError` that it failed with."""
        ...


class CommandJournal(Protocol):
    """The durable record of commands."""

    async def commit(self, event: Event) -> None:
        """Return when the event (`CommandSent`, `CommandDone`, `CommandFailed`) is on disk; raises `StoreError`."""
        ...


class Dispatcher:
    """Checks commands, sends them, waits for the acknowledgement, and records how each ended.

    A command is acknowledged when its device did it and the journal has it on disk. The `CommandSent` event has the
    command's own id.
    """

    def __init__(
        self,
        home: Home,
        states: StateTable,
        bus: Bus,
        exposure: Exposure,
        scenes: Scenes,
        journal: CommandJournal | None = None,
        *,
        timeout_s: float = 5.0,
    ) -> None:
        self._home = home
        self._states = states
        self._bus = bus
        self._exposure = exposure
        self._scenes = scenes
        self._journal = journal
        self._timeout_s = timeout_s
        self._sinks: dict[str, CommandSink] = {}
        self._relays: dict[str, CommandRelay] = {}
        self._tasks: set[asyncio.Task[CommandResult]] = set()
        self.attribution = Attribution()

    def route(self, owner: str, sink: CommandSink) -> Callable[[], None]:
        """Send commands for the entities of `owner` to `sink`; returns the function that ends it."""
        return enter_under(self._sinks, owner, sink)

    def route_away(self, owner: str, relay: CommandRelay) -> Callable[[], None]:
        """Send commands for the entities of `owner`, another hub, by `relay`; returns the function that ends it."""
        return enter_under(self._relays, owner, relay)

    def check(self, command: Command) -> Command:
        """The command with its value as the trait's type, if it may be sent.

        Raises `NotFoundError`, `ValueRefusedError`, `DeniedError`, `ConfirmationRequiredError`; nothing was sent then.
        """
        entity = self._home.entity(command.entity)
        checked = msgspec.structs.replace(command, value=_commanded_value(entity, command))
        self._exposure.check(checked, entity)
        return checked

    async def send(self, command: Command) -> CommandResult:
        """Check and send one command, and wait for how it ended.

        Raises what `check` raises, and nothing else: a device that fails is a result with `ok` false. When the caller
        is cancelled the command still runs to its end.
        """
        return await self._start(self.check(command))

    async def send_all(self, commands: Iterable[Command]) -> list[CommandResult]:
        """Check all, then send all at once (in order where they are for the same entity)."""
        return await self._send_checked([self.check(c) for c in commands])

    async def close(self) -> None:
        """End the commands that still wait; each is recorded as failed."""
        await cancelled(*self._tasks)

    async def _send_checked(self, commands: list[Command]) -> list[CommandResult]:
        queues: dict[str, list[Command]] = {}
        for command in commands:
            queues.setdefault(command.entity, []).append(command)

        async def in_turn(queue: list[Command]) -> list[CommandResult]:
            return [await self._start(c) for c in queue]

        ended = await asyncio.gather(*(in_turn(q) for q in queues.values()))
        by_id = {r.command: r for results in ended for r in results}
        return [by_id[c.id] for c in commands]

    async def _start(self, command: Command) -> CommandResult:
        task = asyncio.get_running_loop().create_task(self._run(command), name=f"command:{command.entity}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _run(self, command: Command) -> CommandResult:
        try:
            try:
                recorded = await self._deliver(command)
            except TimeoutError:
                message = f"{command.entity} did not answer within {self._timeout_s:g} s"
                raise CommandTimeoutError(message, remedy="look whether it has power and a connection") from None
            await self._press_effects(command)
            await recorded
            await self._record(done(command))
        except asyncio.CancelledError:
            # Only `close` cancels this task. What is said now is still heard: nothing is lost in silence.
            stopped = UnavailableError("the hub stopped before the device answered")
            self._bus.publish(failed(command, stopped))
            return result(command, stopped)
        except HearthError as error:
            return await self._fail(command, error)
        except Exception as error:
            log.exception("a command failed in an unforeseen way", entity=command.entity)
            return await self._fail(command, CommandError(f"{type(error).__name__}: {error}"))
        return result(command, None)

    async def _deliver(self, command: Command) -> "asyncio.Future[None]":
        """Hand the command over and wait for its acknowledgement; returns the pending record of its sending."""
        send = self._way(command)
        previous = self._states.value(command.entity, command.trait)
        sent = CommandSent(
            id=command.id,
            origin=command.origin,
            causes=command.causes,
            command=command.id,
            entity=command.entity,
            trait=command.trait,
            value=command.value,
            previous=previous,
        )
        self.attribution.sent(sent)
        self._bus.publish(sent)
        recorded = asyncio.ensure_future(self._commit(sent))
        recorded.add_done_callback(_seen)
        async with asyncio.timeout(self._timeout_s):
            await send(command)
        return recorded

    def _way(self, command: Command) -> Callable[[Command], Awaitable[None]]:
        owner, local = self._home.source(command.entity)
        sink, relay = self._sinks.get(owner), self._relays.get(owner)
        if sink is None and relay is None:
            raise UnavailableError(f"{owner} is not running", place=command.entity, remedy="see `hearth device list`")
        if not self._states.available(command.entity):
            name = self._home.entity(command.entity).name
            raise UnavailableError(f"{name} cannot be reached", place=command.entity, remedy="look at its connection")
        if sink is None and relay is not None:
            return lambda command: relay.relay(command, local)

        async def deliver(command: Command) -> None:
            assert sink is not None
            asked = DeviceCommand(command.id, local, command.trait, command.value)
            await sink.deliver(asked)
            await asked.answered()

        return deliver

    async def _press_effects(self, press: Command) -> None:
        """What a scene does, as commands that its press caused. Raises `CommandError` naming what did not happen."""
        effects = self._scenes.effects(press.entity) if press.trait == "Press" else []
        problems: list[str] = []
        commands: list[Command] = []
        for effect in effects:
            try:
                wish = Command(
                    entity=effect.entity,
                    trait=effect.trait,
                    value=effect.value,
                    origin=press.origin,
                    causes=(press.id,),
                    confirmed=press.confirmed,
                    channel=press.channel,
                )
                value = _commanded_value(self._home.entity(effect.entity), wish)
                commands.append(msgspec.structs.replace(wish, value=value))
            except HearthError as error:
                problems.append(error.message)
        problems += [f"{r.entity}: {r.reason}" for r in await self._send_checked(commands) if not r.ok]
        if problems:
            raise CommandError(f"{len(problems)} of {len(effects)} changes did not happen: {'; '.join(problems)}")

    async def _commit(self, event: Event) -> None:
        if self._journal is not None:
            await self._journal.commit(event)

    async def _record(self, event: CommandDone) -> None:
        try:
            await self._commit(event)
        except StoreError as error:
            raise StoreError(f"done, but not recorded: {error.message}", remedy=error.remedy) from error
        self._bus.publish(event)

    async def _fail(self, command: Command, error: HearthError) -> CommandResult:
        event = failed(command, error)
        self._bus.publish(event)
        try:
            await self._commit(event)
        except StoreError as trouble:
            log.error("a failed command could not be recorded", entity=command.entity, error=str(trouble))
        return result(command, error)


def _seen(future: "asyncio.Future[None]") -> None:
    """Retrieve a failure that nobody awaits any more, because the command itself failed first."""
    if not future.cancelled():
        future.exception()


def _commanded_value(entity: Entity, command: Command) -> Value:
    """The command's value as its trait's type; raises `ValueRefusedError` when this entity cannot be told so."""
    trait = TRAITS.get(command.trait)
    if trait is None or command.trait not in entity.traits:
        can = ", ".join(t for t in entity.traits if TRAITS[t].commands) or "nothing that can be changed"
        raise ValueRefusedError(f"{entity.id} has no {command.trait}", place=entity.id, remedy=f"it has {can}")
    if not trait.commands:
        raise ValueRefusedError(f"{command.trait} can only be read", place=entity.id, remedy="change another trait")
    value = parse_value(command.trait, command.value, entity.traits[command.trait])
    told = _COMMANDED.get(command.trait)
    if told is not None and value not in told:
        remedy = f"tell it to be {', '.join(told)}"
        raise ValueRefusedError(f"{entity.id} cannot be told to be {value}", place=entity.id, remedy=remedy)
    return value
