"""`Guests`: things of other hubs as entities of this home, under ids and names that nothing else has."""

import time
from collections.abc import Callable, Mapping

import msgspec

from hub.core.entities import PEER
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import Origin
from hub.core.states import StateTable
from hub.core.traits import parse_value
from hub.home.attribution import Attribution
from hub.home.registry import Home
from hub.swarm.owner import Tell
from hub.swarm.things import placing
from hub.swarm.things.placing import Thing
from hub.swarm.things.records import Record


class Guests:
    """Puts other hubs' things into the home. `hub_name(hub)` is what people call a hub; `moved` is called when one lost
    its id to a thing of this hub, and all must be placed again.
    """

    def __init__(
        self,
        home: Home,
        states: StateTable,
        attribution: Attribution,
        hub_name: Callable[[str], str],
        tell: Tell,
        moved: Callable[[], None],
    ) -> None:
        self._home = home
        self._states = states
        self._attribution = attribution
        self._hub_name = hub_name
        self._tell = tell
        self._moved = moved
        self._placed: dict[Thing, str] = {}
        self._things: dict[str, Thing] = {}
        home.on_giving_way(self._gave_way)

    def thing(self, entity: str) -> Thing | None:
        """Whose entity this is, and what its owner calls it; None for one of this hub's own."""
        return self._things.get(entity)

    def entity(self, thing: Thing) -> str | None:
        """What a thing of another hub is called here."""
        return self._placed.get(thing)

    def place(self, known: Mapping[Thing, Record]) -> None:
        """Bring the home to what is known: ids, names, descriptions."""
        chosen = placing.ids(known, lambda entity: self._home.taken(entity) and entity not in self._things)
        own = [(e.area, e.name) for e in self._home.view().entities.values() if not e.owner.startswith(PEER)]
        asked = {thing: (self._area(record), record.entity.name) for thing, record in known.items()}
        named = placing.names(asked, own, self._hub_name)
        for thing, entity in tuple(self._placed.items()):
            if chosen.get(thing) != entity:
                self._home.remove(PEER + thing[0], entity)
                del self._placed[thing], self._things[entity]
        for thing, entity in chosen.items():
            self._bring(thing, entity, known[thing], named[thing])

    def show(self, thing: Thing, record: Record, reachable: bool) -> None:
        """Show how a thing is, if it is in the home."""
        entity = self._placed.get(thing)
        if entity is None:
            return
        hub = thing[0]
        origin = Origin(hub=hub, source=PEER + hub)
        known = self._states.get(entity)
        # A record from the store, or from before its owner's restart (0), says nothing of how the thing is now.
        forgotten = {trait: None for trait in known if trait not in record.states} if record.number else {}
        for trait, value in {**forgotten, **record.states}.items():
            config = record.entity.traits.get(trait)
            try:
                if value is None:
                    parsed = None
                elif config is None:
                    raise ProtocolError(f"{record.entity.id} has no {trait[:40]!r}")
                else:
                    parsed = parse_value(trait, value, config)
            except HearthError as error:
                self._tell(hub, f"of its things: {error.message}")
                continue
            causes = self._attribution.causes(entity, trait, parsed, time.monotonic())
            self._states.set(entity, trait, parsed, origin=origin, causes=causes)
        self.reach(thing, reachable and record.available)

    def reach(self, thing: Thing, available: bool) -> None:
        """Show whether a thing can be reached."""
        entity = self._placed.get(thing)
        if entity is not None:
            self._states.set_available(entity, available, origin=Origin(hub=thing[0], source=PEER + thing[0]))

    def _bring(self, thing: Thing, entity: str, record: Record, name: str) -> None:
        hub = thing[0]
        said = record.entity.exposed if record.entity.exposed is not None else record.exposed
        described = msgspec.structs.replace(record.entity, id=entity, name=name, exposed=said)
        try:
            self._home.add(PEER + hub, described)
        except HearthError as error:
            self._tell(hub, f"of its things: {error.message}")
            return
        self._placed[thing], self._things[entity] = entity, thing

    def _area(self, record: Record) -> str:
        area = self._home.find_area(record.entity.area) if record.entity.area else None
        return record.entity.area if area is None else area.id

    def _gave_way(self, entity: str) -> None:
        thing = self._things.pop(entity, None)
        if thing is not None:
            del self._placed[thing]
        self._moved()
