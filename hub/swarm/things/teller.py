"""`Teller`: tells the other hubs of this hub's own things, at every change and again to whoever lacks any."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.entities import PEER, Entity, HomeView
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import AvailabilityChanged, HomeChanged, StateChanged
from hub.core.states import StateTable
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.swarm.ports import Mesh
from hub.swarm.things.records import (
    MOST_THINGS,
    PART,
    RUN_TOPIC,
    TOPIC,
    Given,
    Lacking,
    Overtaken,
    Record,
    Roll,
    Told,
    decode,
    root_of,
)

log = structlog.get_logger(__name__)
ROLL_S: Final = 5.0
_LONGEST_LEAP: Final = 2**20
"""Starts that a backup may be behind; who claims more is not believed."""


class Teller:
    """Watches the home and the states. `duty_of(owner)` is the duty that an integration of this hub is, empty if none;
    `run` is higher than at this hub's last start; `keep_run` keeps a later one.
    """

    def __init__(
        self,
        mesh: Mesh,
        home: Home,
        states: StateTable,
        exposure: Exposure,
        duty_of: Callable[[str], str],
        bus: Bus,
        clock: Clock,
        run: int,
        keep_run: Callable[[int], Awaitable[None]],
    ) -> None:
        self._mesh = mesh
        self._home = home
        self._states = states
        self._exposure = exposure
        self._duty_of = duty_of
        self._clock = clock
        self._run = run
        self._keep_run = keep_run
        self._later = run
        self._number = 0
        self._told: dict[str, Record] = {}
        self._dirty: set[str] = set()
        self._look = self._roll_due = True
        self._due = asyncio.Event()
        self._due.set()
        self._ends: list[Callable[[], None]] = [
            bus.subscribe(StateChanged, self._changed),
            bus.subscribe(AvailabilityChanged, self._changed),
            bus.subscribe(HomeChanged, self._home_changed),
            mesh.answer(TOPIC, self._answer),
            mesh.listen(RUN_TOPIC, self._overtaken),
            mesh.watch(lambda alive: self._soon(roll=True)),
        ]

    def close(self) -> None:
        """Tell no more."""
        while self._ends:
            self._ends.pop()()

    async def run(self) -> None:
        """Tell every change as it happens, and the roll every `ROLL_S` seconds and when a hub comes, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_rolling())
            tasks.create_task(self._keep_telling())

    async def pump(self, *, roll: bool = True) -> None:
        """Tell what changed, and the roll: it hashes all things, which is too much for every change."""
        self._due.clear()
        if self._later > self._run:
            await self._start_later()
        changed, gone = self._changes()
        for part in _parted(changed):
            await self._say(Told(self._mesh.hub, self._run, part))
        if gone:
            await self._say(Told(self._mesh.hub, self._run, gone=gone))
        if roll:
            await self._say(Roll(self._mesh.hub, self._run, self._root()))

    def _overtaken(self, sender: str, body: bytes) -> None:
        try:
            later = decode(body, Overtaken).run + 1
        except ProtocolError as error:
            log.warning("mesh", hub=sender, what=f"of its things: {error.message}")
            return
        if self._run < later <= self._run + _LONGEST_LEAP:
            self._later = later
            self._soon(roll=True)

    async def _start_later(self) -> None:
        await self._keep_run(self._later)
        self._run = self._later
        self._told.clear()
        self._look = True

    async def _keep_telling(self) -> None:
        while True:
            await self._due.wait()
            roll, self._roll_due = self._roll_due, False
            await self.pump(roll=roll)

    async def _keep_rolling(self) -> None:
        while True:
            await self._clock.sleep(ROLL_S)
            self._soon(roll=True)

    def _soon(self, *, roll: bool) -> None:
        self._roll_due |= roll
        self._due.set()

    async def _say(self, message: Told | Roll) -> None:
        try:
            await self._mesh.send(TOPIC, msgspec.msgpack.encode(message))
        except HearthError as error:
            log.warning("other hubs could not be told of this hub's things", error=str(error))

    # -- what changed --------------------------------------------------------------------------------------------------

    def _changed(self, event: StateChanged | AvailabilityChanged) -> None:
        self._dirty.add(event.entity)
        self._due.set()

    def _home_changed(self, event: HomeChanged) -> None:
        self._look = True
        self._due.set()

    def _changes(self) -> tuple[list[Record], dict[str, int]]:
        dirty, self._dirty = self._dirty, set()
        view = self._home.view()
        if self._look:
            self._look = False
            dirty = set(view.entities) | set(self._told)
        changed: list[Record] = []
        gone: dict[str, int] = {}
        for thing in sorted(dirty):
            entity = view.entities.get(thing)
            if entity is None or entity.owner.startswith(PEER):
                if self._told.pop(thing, None) is not None:
                    gone[thing] = self._next()
                continue
            before = self._told.get(thing)
            if before is None and len(self._told) >= MOST_THINGS:
                continue
            now = self._record(entity, view, 0 if before is None else before.number)
            if now != before:
                self._told[thing] = now = msgspec.structs.replace(now, number=self._next())
                changed.append(now)
        return changed, gone

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _record(self, entity: Entity, view: HomeView, number: int) -> Record:
        area, duty = view.areas.get(entity.area), self._duty_of(entity.owner)
        return Record(
            number=number,
            entity=msgspec.structs.replace(entity, owner="", device="", area=area.name if area else ""),
            exposed=self._exposure.exposed(entity),
            locked=self._home.locked(entity.id),
            available=self._states.available(entity.id),
            states={t: s.value for t, s in self._states.get(entity.id).items() if t in entity.traits},
            duty=duty,
            source=self._home.source(entity.id)[1] if duty else "",
        )

    def _root(self) -> bytes:
        return root_of((thing, record.number) for thing, record in self._told.items())

    async def _answer(self, sender: str, body: bytes) -> bytes:
        if len(body) > PART * 16:
            raise ProtocolError("a question about things that is too large")
        asked = decode(body, Lacking)
        known = asked.known if asked.run == self._run else {}
        lacking = [
            record
            for thing, record in sorted(self._told.items())
            if thing > asked.after and known.get(thing, -1) != record.number
        ]
        part = next(iter(_parted(lacking)), ())
        upto = part[-1].entity.id if len(part) < len(lacking) else ""
        gone = tuple(thing for thing in asked.known if thing not in self._told)
        return msgspec.msgpack.encode(Given(self._run, self._root(), part, gone, upto, self._number))


def _parted(records: Iterable[Record]) -> list[tuple[Record, ...]]:
    parts: list[list[Record]] = []
    size = PART
    for record in records:
        more = len(msgspec.msgpack.encode(record))
        if size + more > PART:
            parts.append([])
            size = 0
        parts[-1].append(record)
        size += more
    return [tuple(part) for part in parts]
