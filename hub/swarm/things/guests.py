"""`Guests`: things of other hubs as entities of this home, under ids and names that nothing else has."""

import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from hub.core.entities import PEER, Entity
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import Origin
from hub.core.states import StateTable
from hub.core.traits import parse_value
from hub.home.attribution import Attribution
from hub.home.registry import Home
from hub.swarm.owner import Tell
from hub.swarm.things import placing
from hub.swarm.things.moving import Key, Moving, of_duty
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
        moving: Moving,
    ) -> None:
        self._home = home
        self._states = states
        self._attribution = attribution
        self._hub_name = hub_name
        self._tell = tell
        self._moved = moved
        self._placed: dict[Thing, str] = {}
        self._things: dict[str, Thing] = {}
        self._moving = moving
        self._keys: dict[str, Key] = {}
        self._entities: dict[Key, str] = {}
        home.on_giving_way(self._gave_way, moving.wanted)

    def thing(self, entity: str) -> Thing | None:
        """Whose entity this is, and what its owner calls it; None for one of this hub's own."""
        return self._things.get(entity)

    def key(self, entity: str) -> Key | None:
        """What another hub's thing is known by at every hub; None for one of this hub's own."""
        return self._keys.get(entity)

    def entity(self, key: Key) -> str | None:
        """What a thing of another hub is called here."""
        return self._entities.get(key)

    def place(self, known: Mapping[Thing, Record], reachable: Callable[[str], bool], alive: frozenset[str]) -> None:
        """Bring the home to what is known: of which hub things are shown, ids, names, descriptions."""
        shown = self._moving.choose(known, reachable, alive, self._placed)
        own = [e for e in self._home.view().entities.values() if not e.owner.startswith(PEER)]
        mine = {entity.id for entity in own}
        kept = {key: entity for key, entity in self._moving.ids.items() if entity not in mine}
        chosen = placing.ids(shown, lambda entity: self._home.taken(entity) and entity not in self._things, kept)
        self._moving.keep({key: entity for key, entity in chosen.items() if of_duty(key)})
        named = self._named({key: known[thing] for key, thing in shown.items()}, own)
        for key, entity in tuple(self._entities.items()):
            if chosen.get(key) != entity:
                self._home.remove(PEER + self._things[entity][0], entity)
                self._drop(entity)
        for key, entity in chosen.items():
            self._bring(shown[key], key, entity, known[shown[key]], named[key])

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

    def _named(self, records: Mapping[Key, Record], own: Iterable[Entity]) -> dict[Key, str]:
        asked = {key: (self._area(record), record.entity.name) for key, record in records.items()}
        # What may move on is called the same wherever it is: never by the hub that it is on at present.
        settled = {key: name for key, (_, name) in asked.items() if of_duty(key)}
        used = [*((e.area, e.name) for e in own), *(asked[key] for key in settled)]
        others = {key: said for key, said in asked.items() if key not in settled}
        return placing.names(others, used, self._hub_name) | settled

    def _bring(self, thing: Thing, key: Key, entity: str, record: Record, name: str) -> None:
        hub, before = thing[0], self._things.get(entity)
        if before is not None and before != thing:
            self._home.hand_over(entity, PEER + hub)
            del self._placed[before]
            self._placed[thing], self._things[entity] = entity, thing
        said = record.entity.exposed if record.entity.exposed is not None else record.exposed
        described = msgspec.structs.replace(record.entity, id=entity, name=name, exposed=said)
        try:
            self._home.add(PEER + hub, described)
        except HearthError as error:
            self._tell(hub, f"of its things: {error.message}")
            return
        self._placed[thing], self._things[entity] = entity, thing
        self._entities[key], self._keys[entity] = entity, key

    def _drop(self, entity: str) -> None:
        thing, key = self._things.pop(entity, None), self._keys.pop(entity, None)
        if thing is not None and key is not None:
            self._placed.pop(thing, None)
            self._entities.pop(key, None)

    def _area(self, record: Record) -> str:
        area = self._home.find_area(record.entity.area) if record.entity.area else None
        return record.entity.area if area is None else area.id

    def _gave_way(self, entity: str) -> None:
        self._drop(entity)
        self._moved()
