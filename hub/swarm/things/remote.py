"""`RemoteThings`: other hubs' things as entities of this home, with their states, kept over restarts.

A thing belongs to the hub that tells of it: what another says of it is not heard. While its owner is out of reach, and
until it has told how its things are now, they are unavailable, and nothing is forgotten.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import HomeChanged
from hub.core.states import StateTable
from hub.home.attribution import Attribution
from hub.home.registry import Home
from hub.store.home_table import HomeTable
from hub.swarm.owner import Tell, nobody
from hub.swarm.ports import Mesh
from hub.swarm.things.guests import Guests
from hub.swarm.things.kept_things import KeptThings, description
from hub.swarm.things.moving import Moving
from hub.swarm.things.placing import Thing
from hub.swarm.things.records import (
    MOST_THINGS,
    RUN_TOPIC,
    TOPIC,
    Given,
    Lacking,
    Overtaken,
    Record,
    Roll,
    Told,
    check,
    decode,
    root_of,
)

log = structlog.get_logger(__name__)
_ROUNDS: Final = 64
_ASK_S: Final = 5.0


class _Owner:
    def __init__(self) -> None:
        self.run = -1
        self.records: dict[str, Record] = {}
        self.numbers: dict[str, int] = {}  # of those that are gone too, so that a late word does not bring them back
        self.fresh = False
        self.root = b""

    def agrees(self) -> bool:
        return self.root == root_of((local, record.number) for local, record in self.records.items())


class RemoteThings:
    """What other hubs have. `hub_name(hub)` is what people call a hub; `members()` the home's hubs."""

    def __init__(
        self,
        mesh: Mesh,
        home: Home,
        states: StateTable,
        bus: Bus,
        attribution: Attribution,
        table: HomeTable,
        members: Callable[[], frozenset[str]],
        hub_name: Callable[[str], str],
        moving: Moving,
        tell: Tell = nobody,
    ) -> None:
        self._mesh = mesh
        self._bus = bus
        self._kept = KeptThings(table)
        self._members = members
        self._tell = tell
        self._moving = moving
        self._guests = Guests(home, states, attribution, hub_name, tell, self.look, moving)
        self.thing = self._guests.thing
        self.key = self._guests.key
        self.entity = self._guests.entity
        self._owners: dict[str, _Owner] = {}
        self._unsaved: set[Thing] = set()
        self._behind: set[str] = set()
        self._overtaken: set[str] = set()
        self._due = asyncio.Event()
        self._place_due = False
        self._ends: list[Callable[[], None]] = []

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Show what was known before the restart, unavailable, and listen. Raises `StoreError`."""
        for (hub, local), record in (await self._kept.load()).items():
            if hub in self._members():
                self._owners.setdefault(hub, _Owner()).records[local] = record
        self._moving.ids |= self._kept.called
        self._place()
        self._ends = [
            self._mesh.listen(TOPIC, self._take),
            self._mesh.watch(self._alive),
            self._bus.subscribe(HomeChanged, self._home_changed),
        ]

    async def run(self) -> None:
        """Ask for what is lacking, and keep what is known, for ever."""
        while True:
            await self._due.wait()
            await self.pump()

    def close(self) -> None:
        """Listen no more."""
        while self._ends:
            self._ends.pop()()

    async def pump(self) -> None:
        """Do what is due now."""
        self._due.clear()
        self.check_members()
        if self._place_due:
            self._place()
        behind, self._behind = self._behind, set()
        overtaken, self._overtaken = self._overtaken & self._owners.keys(), set()
        for hub in sorted(overtaken):
            await self._mesh.send(RUN_TOPIC, msgspec.msgpack.encode(Overtaken(self._owners[hub].run)), to=hub)
        for hub in sorted(behind & self._mesh.alive()):
            try:
                await self._catch_up(hub)
            except ProtocolError as error:
                self._tell(hub, f"of its things: {error.message}")
            except HearthError as error:
                log.info("a hub's things could not be asked for", hub=hub, error=str(error))
        await self._save()

    # -- what is asked of it -------------------------------------------------------------------------------------------

    def record(self, thing: Thing) -> Record | None:
        """What its owner told of a thing last."""
        owner = self._owners.get(thing[0])
        return None if owner is None else owner.records.get(thing[1])

    def check_members(self) -> None:
        """Forget the things of hubs that are no members any more."""
        for hub in set(self._owners) - self._members():
            for local in self._owners.pop(hub).records:
                self._unsaved.add((hub, local))
            self._place_due = True
            self._due.set()

    # -- what others say -----------------------------------------------------------------------------------------------

    def _take(self, sender: str, body: bytes) -> None:
        try:
            said = decode(body, Told | Roll)  # type: ignore[arg-type]
            if said.hub != sender:
                raise ProtocolError("a hub speaks of another's things")
            if sender not in self._members():
                raise ProtocolError("a hub that is no member speaks of things")
            owner = self._owners.setdefault(sender, _Owner())
            if said.run < owner.run:  # from before its restart, or before a backup of it was restored
                if isinstance(said, Roll):
                    self._overtaken.add(sender)
                    self._due.set()
                return
            if said.run > owner.run:
                self._restarted(owner, said.run)
            if isinstance(said, Roll):
                owner.root = said.root
                self._compare(sender, owner)
            else:
                self._heard(sender, owner, said.records, said.gone)
        except ProtocolError as error:
            self._tell(sender, f"of its things: {error.message}")

    def _restarted(self, owner: _Owner, run: int) -> None:
        owner.run, owner.fresh, owner.root = run, False, b""
        owner.numbers.clear()
        owner.records = {local: msgspec.structs.replace(record, number=0) for local, record in owner.records.items()}

    def _compare(self, hub: str, owner: _Owner) -> None:
        if owner.agrees():
            if not owner.fresh:
                owner.fresh = True
                self._reach(hub)
        else:
            self._behind.add(hub)
            self._due.set()

    def _heard(self, hub: str, owner: _Owner, records: tuple[Record, ...], gone: dict[str, int]) -> None:
        for record in records:
            self._one(hub, owner, record)
        for local, number in gone.items():
            if number > owner.numbers.get(local, -1):
                self._gone(hub, owner, local, number)
        if len(owner.numbers) > 2 * MOST_THINGS:
            owner.numbers = {local: record.number for local, record in owner.records.items()}
        if self._place_due:
            self._place()

    def _one(self, hub: str, owner: _Owner, record: Record) -> None:
        check(record)
        local = record.entity.id
        if record.number <= owner.numbers.get(local, -1):
            return
        before = owner.records.get(local)
        if before is None and len(owner.records) >= MOST_THINGS:
            raise ProtocolError(f"more than {MOST_THINGS} things")
        owner.records[local] = record
        owner.numbers[local] = record.number
        if before is None or description(before) != description(record):
            self._unsaved.add((hub, local))
            self._due.set()
            self._place_due = True
        else:
            self._guests.show((hub, local), record, self._reachable(hub))

    def _gone(self, hub: str, owner: _Owner, local: str, number: int) -> None:
        owner.numbers[local] = number
        if owner.records.pop(local, None) is not None:
            self._unsaved.add((hub, local))
            self._place_due = True
            self._due.set()

    async def _catch_up(self, hub: str) -> None:
        """Ask a hub for all that is not known of it. Raises what the mesh raises."""
        owner, after = self._owners[hub], ""
        for _ in range(_ROUNDS):
            known = {local: record.number for local, record in owner.records.items() if record.number}
            known |= dict.fromkeys(owner.records.keys() - known.keys(), 0)
            asked = msgspec.msgpack.encode(Lacking(max(owner.run, 0), known, after))
            given = decode(await self._mesh.ask(hub, TOPIC, asked, timeout_s=_ASK_S), Given)
            if given.run < owner.run:
                return
            if given.run > owner.run:
                self._restarted(owner, given.run)
            gone = dict.fromkeys(given.gone, given.number)
            self._heard(hub, owner, given.records, {} if given.upto else gone)
            after = given.upto
            if not after:
                owner.root = given.root
                break
        if owner.agrees() and not owner.fresh:
            owner.fresh = True
            self._reach(hub)

    # -- in this home --------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        self._place_due = False
        known = {(hub, local): r for hub, owner in self._owners.items() for local, r in owner.records.items()}
        self._guests.place(known, self._reachable, self._mesh.alive())
        for thing, record in known.items():
            self._guests.show(thing, record, self._reachable(thing[0]))

    def _reachable(self, hub: str) -> bool:
        return self._owners[hub].fresh and hub in self._mesh.alive()

    def _reach(self, hub: str) -> None:
        records = self._owners[hub].records
        if any(record.duty for record in records.values()):
            self.look()
        for local, record in records.items():
            self._guests.reach((hub, local), self._reachable(hub) and record.available)

    def _alive(self, alive: frozenset[str]) -> None:
        for hub, owner in self._owners.items():
            if hub not in alive:
                owner.fresh = False
                self._reach(hub)
        self.look()  # what a duty brings may be shown of another hub

    def look(self) -> None:
        """What is shown may not be what is to be shown any more: look soon."""
        self._place_due = True
        self._due.set()

    def _home_changed(self, _event: HomeChanged) -> None:
        self.look()

    async def _save(self) -> None:
        unsaved, self._unsaved = self._unsaved, set()
        try:
            await self._kept.save(unsaved, self.record, dict(self._moving.ids))
        except HearthError as error:
            self._unsaved |= unsaved
            log.warning("other hubs' things could not be kept", error=str(error))
