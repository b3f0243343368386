"""`Household`: what people say of entities in the app is the same at every hub.

What hearth.toml of a hub says wins there, as ever. An entity that its owner's hearth.toml speaks of cannot be changed
in any app.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog

from hub.core.bus import Bus
from hub.core.entities import PEER
from hub.core.errors import HearthError, LockedError, NotFoundError
from hub.core.events import HomeChanged
from hub.home.overrides import MOST_ALIASES, Override, OverrideTable
from hub.home.registry import Home
from hub.swarm.state.kinds import aliases_key, entity_key
from hub.swarm.state.sets import SharedSet
from hub.swarm.state.shared import SharedState
from hub.swarm.things.moving import Key, Moving, of_duty
from hub.swarm.things.remote import RemoteThings

log = structlog.get_logger(__name__)
_PLAIN: Final = ("name", "area", "exposed")
_SPOKEN: Final = ("entity/", "alias/")


class Household:
    """Keeps overrides in the shared state (it is the `OverrideTable` of a home of several hubs), and applies others'.

    `local` is the table that the home had when it was alone, which goes on to hold what concerns this hub's own
    entities. What is said of a thing that any of several hubs may bring is said of it wherever it is (`Moving`).
    """

    def __init__(
        self, state: SharedState, home: Home, things: RemoteThings, moving: Moving, local: OverrideTable, bus: Bus
    ) -> None:
        self._state = state
        self._home = home
        self._things = things
        self._moving = moving
        self._late: set[str] = set()  # entities of duties of which something was said before they were duties'
        self._local = local
        self._bus = bus
        self._unsaved: dict[str, dict[str, Any]] = {}
        self._due = asyncio.Event()
        self._ends: list[Callable[[], None]] = []

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring in what was said while this hub was alone, and apply what was said at others. Raises `StoreError`."""
        spoken = self._spoken()
        for entity, fields in (await self._local.load()).items():
            said = {k: v for k, v in fields.items() if k not in ("source", "duty")}
            key = tuple(fields["duty"]) if "duty" in fields else (self._state.hub, entity)
            if said and key not in spoken and self._things.thing(entity) is None:
                await self._share(key, said)
        self._home.keep_in(self)
        self._home.on_locked(self._locked_elsewhere)
        self._apply(spoken)
        self._ends = [
            *(self._state.subscribe(prefix, self._changed) for prefix in _SPOKEN),
            self._bus.subscribe(HomeChanged, self._home_changed),
        ]

    async def run(self) -> None:
        """Keep what was said at other hubs of this hub's own entities where it stands alone too, for ever."""
        while True:
            await self._due.wait()
            await self.pump()

    async def pump(self) -> None:
        """Keep what is not kept yet."""
        self._due.clear()
        unsaved, self._unsaved = self._unsaved, {}
        late, self._late = self._late, set()
        for work in (*(self._adopt(e) for e in late), *(self._save_own(e, fields) for e, fields in unsaved.items())):
            try:
                await work
            except HearthError as error:
                log.warning("what was said of an entity could not be kept", error=str(error))

    def close(self) -> None:
        """Apply no more."""
        while self._ends:
            self._ends.pop()()

    # -- what is said here ---------------------------------------------------------------------------------------------

    async def load(self) -> dict[str, dict[str, Any]]:
        """Overrides as they stood when this hub was alone; what is shared is applied by `start`."""
        return await self._local.load()

    async def save(self, entity: str, fields: dict[str, Any]) -> None:
        """Keep what the household says of an entity; on this hub's disk when it returns, at the others soon after.

        Raises `StoreError`, `ValueRefusedError`, and `LockedError` when its owner's hearth.toml speaks of the entity.
        """
        thing = self._things.thing(entity)
        if thing is None:
            await self._save_own(entity, fields)
            await self._share(self._own_key(entity), fields)
            return
        if self._locked_elsewhere(entity):
            raise LockedError(f"hearth.toml of another hub decides on {entity}", remedy="change it there")
        await self._share(self._things.key(entity) or thing, fields)

    def _locked_elsewhere(self, entity: str) -> bool:
        thing = self._things.thing(entity)
        record = None if thing is None else self._things.record(thing)
        return record is not None and record.locked

    def _own_key(self, entity: str) -> Key:
        try:
            return self._moving.own_key(entity)
        except NotFoundError:  # something may be said of what is not there now
            return self._state.hub, entity

    async def _save_own(self, entity: str, fields: dict[str, Any]) -> None:
        """Keep it for when this hub is alone; with the key under which the others have it, which wins once known."""
        key = self._own_key(entity)
        await self._local.save(entity, {**fields, "duty": list(key)} if fields and of_duty(key) else fields)

    async def _adopt(self, entity: str) -> None:
        """What was said of a thing while it was this hub's alone is said of it wherever it is from now on."""
        alone, key = (self._state.hub, entity), self._own_key(entity)
        if key != alone:
            fields = self.said(alone).fields()
            await self._share(key, fields)
            await self._share(alone, {})
            await self._save_own(entity, self._home.heard(entity, self.said(key)).fields())

    async def _share(self, thing: Key, fields: dict[str, Any]) -> None:
        values = {entity_key(*thing, name): fields[name] for name in _PLAIN if fields.get(name) is not None}
        gone = [entity_key(*thing, name) for name in _PLAIN if fields.get(name) is None]
        area = self._home.view().areas.get(fields.get("area") or "")
        if area is not None and self._state.get(f"area/{area.id}") is None:
            values[f"area/{area.id}"] = area  # this hub's hearth.toml has it; the others may never have heard of it
        aliases = fields.get("aliases")
        flag = entity_key(*thing, "aliased")
        if aliases is None:
            gone.append(flag)
        elif self._state.get(flag) is None:
            values[flag] = True
        added, removed = SharedSet(self._state, aliases_key(*thing)).replaced(aliases or ())
        # What is as it was is not said anew: it would win over what another hub says meanwhile.
        news = {key: value for key, value in values.items() if self._state.get(key) != value}
        await self._state.write({**news, **added}, [*gone, *removed])

    # -- what is said elsewhere ----------------------------------------------------------------------------------------

    def said(self, thing: Key) -> Override:
        """What the household says of a thing, at whichever hub."""
        fields = {name: self._state.get(entity_key(*thing, name)) for name in _PLAIN}
        if self._state.get(entity_key(*thing, "aliased")):
            # Each hub kept within the bound; together, or one that is mean, may not have.
            fields["aliases"] = SharedSet(self._state, aliases_key(*thing)).words()[:MOST_ALIASES]
        return Override(**fields)

    def _changed(self, keys: frozenset[str]) -> None:
        self._apply({_thing_of(key) for key in keys})

    def _apply(self, keys: Iterable[Key]) -> None:
        own = self._moving.own()
        for key in keys:
            entity = key[1] if key[0] == self._state.hub else own.get(key, "")
            if entity and self._own_key(entity) == key:
                kept = self._home.heard(entity, self.said(key))
                self._unsaved[entity] = kept.fields()
                self._due.set()
            elif (guest := self._things.entity(key)) is not None:
                self._home.heard(guest, self.said(key))

    def _home_changed(self, _event: HomeChanged) -> None:
        for entity in self._home.view().entities.values():
            key = self._things.key(entity.id) if entity.owner.startswith(PEER) else None
            if key is not None:
                self._home.heard(entity.id, self.said(key))
        own = self._moving.own()
        spoken = self._spoken() if own else set()
        for key, mine in own.items():
            if key in spoken:
                self._home.heard(mine, self.said(key))
            elif (self._state.hub, mine) in spoken:
                self._late.add(mine)
                self._due.set()

    def _spoken(self) -> set[Key]:
        return {thing for prefix in _SPOKEN for thing in map(_thing_of, self._state.under(prefix))}


def _thing_of(key: str) -> Key:
    _, hub, local, *_ = (*key.split("/", 3), "", "")
    return hub, local
