"""The home: areas, people and entities, as hearth.toml, the integrations and the household describe them.

What hearth.toml says wins, then what the household said in the app, then what the integration says.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.entities import Area, Entity, HomeView, Person
from hub.core.errors import LockedError, NotFoundError, ValueRefusedError
from hub.core.events import HomeChanged
from hub.core.settings import Settings
from hub.core.states import StateTable
from hub.home.declared import declared_entity, describe, is_virtual
from hub.home.entity_ids import EntityIds
from hub.home.overrides import MAX_NAME, Override, OverrideTable, check_names

log = structlog.get_logger(__name__)


class Home:
    """The one list of what this home has. `view()` is the snapshot that everybody else reads.

    A change publishes one `HomeChanged` for all that changes within `settle_s` seconds.
    """

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        states: StateTable,
        overrides: OverrideTable | None = None,
        *,
        settle_s: float = 0.02,
    ) -> None:
        self._settings = settings
        self._bus = bus
        self._states = states
        self._table = overrides
        self._settle_s = settle_s
        self._declared = {e.id: e for e in settings.entity}
        self._areas = {a.id: a for a in settings.area}
        self._people = {p.id: p for p in settings.person}
        self._suggested: dict[str, Area] = {}  # by integrations
        self._overrides: dict[str, Override] = {}
        self._entities: dict[str, Entity] = {}  # as their integrations describe them
        self._ids = EntityIds(self.remove, self._keep_source)
        self._view: HomeView | None = None
        self._changed: set[tuple[str, str]] = set()
        self._announcing = False
        self._saving: set[asyncio.Task[None]] = set()
        self._locked_elsewhere: Callable[[str], bool] = lambda entity: False
        for declared in settings.entity:
            if is_virtual(declared):
                entity = declared_entity(declared)
                self._ids.claim((entity.owner, entity.id), entity.id)
                self._entities[entity.id] = entity

    async def load(self) -> None:
        """Read the household's overrides; call it once, before integrations start. Broken rows are left out."""
        if self._table is None:
            return
        for entity, fields in (await self._table.load()).items():
            try:
                override = msgspec.convert(fields, Override)
            except msgspec.ValidationError as error:
                log.warning("override left out", entity=entity, error=str(error))
                continue
            self._overrides[entity] = override
            owner, slash, local = override.source.partition("/")
            if slash:
                self._ids.pin((owner, local), entity)
        if self._overrides:
            self._touch("overrides", "")

    # -- what there is ---------------------------------------------------------------------------------------------

    def view(self) -> HomeView:
        """The home as it stands; the same object until something changes."""
        if self._view is None:
            home = self._settings.home
            entities = {i: self._merged(e) for i, e in self._entities.items()}
            # An area that nobody but a device spoke of is there while something is in it.
            used = {e.area for e in entities.values()}
            self._view = HomeView(
                name=home.name,
                language=home.language,
                areas={i: a for i, a in self._areas.items() if i in used or self._suggested.get(i) is not a},
                entities=entities,
                people=dict(self._people),
            )
        return self._view

    def entity(self, entity: str) -> Entity:
        """One entity; raises `NotFoundError`."""
        if (found := self._entities.get(entity)) is None:
            raise NotFoundError(f"there is no {entity[:120]}", remedy="`hearth home` lists what there is")
        return self._merged(found)

    def source(self, entity: str) -> tuple[str, str]:
        """The integration that owns an entity, and the id that it knows the entity by. Raises `NotFoundError`."""
        return self._ids.source(entity)

    def id_of(self, owner: str, local: str) -> str | None:
        """Our id of an integration's entity, None when it has not brought it."""
        return self._ids.of((owner, local))

    def owned_by(self, owner: str) -> list[str]:
        """Our ids of all entities of one integration."""
        return self._ids.owned_by(owner)

    def locked(self, entity: str) -> bool:
        """Whether hearth.toml speaks of the entity, here or at the hub that it is on: the app may not change it."""
        return entity in self._declared or self._locked_elsewhere(entity)

    def area_locked(self, area: str) -> bool:
        """Whether hearth.toml speaks of the area, so that the app may not change it."""
        return any(declared.id == area for declared in self._settings.area)

    def described(self, entity: str) -> Entity:
        """An entity as its integration describes it, whatever the household says. Raises `NotFoundError`."""
        self.entity(entity)
        return self._entities[entity]

    def known_to_household(self, entity: str) -> bool:
        """Whether a person, and not only a device, ever spoke of this entity."""
        override = self._overrides.get(entity)
        return entity in self._declared or (override is not None and override.says_something())

    def taken(self, entity: str) -> bool:
        """Whether an entity has this id, or will have it again when it is back."""
        return self._ids.taken(entity)

    def find_area(self, words: str) -> Area | None:
        """The area with this id, name or alias in any language, whatever its letters' case."""
        return next((area for area in self._areas.values() if area.answers_to(words)), None)

    # -- what integrations say -------------------------------------------------------------------------------------

    def add(self, owner: str, entity: Entity) -> str:
        """An integration has `entity`, or describes it anew. Returns our id of it.

        Where two integrations bring the same id, the first keeps it and the other's gets its owner as a suffix; that
        is remembered, so it is the same after a restart, whoever comes first. Raises `ValueRefusedError` when names
        are empty or too long.
        """
        check_names(entity)
        ours = self._ids.give((owner, entity.id))
        described = msgspec.structs.replace(entity, id=ours, owner=owner, area=self._area_id(entity.area))
        if self._entities.get(ours) != described:
            self._entities[ours] = described
            self._touch("entity", ours)
        return ours

    def remove(self, owner: str, local: str) -> str | None:
        """The integration's entity is no more; what was said of it is kept, should it return. Returns our id."""
        ours = self._ids.release((owner, local))
        if ours is not None:
            self._entities.pop(ours)
            self._states.forget(ours)
            self._touch("entity", ours)
        return ours

    def on_giving_way(self, gave_way: Callable[[str], None], wanted: Callable[[str, str], str]) -> None:
        """Call `gave_way(id)` when another hub's entity lost its id to one that an integration of this hub brings.

        `wanted(owner, local)` is the id that such a thing had here while another hub brought it, empty if none did.
        """
        self._ids.on_giving_way(gave_way, wanted)

    def on_locked(self, elsewhere: Callable[[str], bool]) -> None:
        """Ask `elsewhere(id)` whether the hearth.toml of another hub decides on an entity of that hub's."""
        self._locked_elsewhere = elsewhere

    def hand_over(self, entity: str, owner: str) -> None:
        """Another hub brings an entity of other hubs from now on; it stays what it is. Raises `NotFoundError`."""
        self._ids.hand_over(entity, owner)

    def pins(self) -> Mapping[tuple[str, str], str]:
        """The ids that are kept for integrations' entities: (owner, the owner's id) -> our id."""
        return self._ids.pinned

    # -- what the household says -----------------------------------------------------------------------------------

    async def override(self, entity: str, **fields: Any) -> Entity:
        """Set `name`, `aliases`, `area` or `exposed` of an entity (None: back to the integration's word).

        Returns the entity as it is now; it is on disk. Raises `NotFoundError`, `LockedError` when hearth.toml speaks
        of it, `ValueRefusedError` when a value cannot be.
        """
        self.entity(entity)
        if self.locked(entity):
            raise LockedError(f"hearth.toml decides on {entity}", remedy="change it there")
        if fields.get("area") and fields["area"] not in self._areas:
            raise ValueRefusedError(f"there is no area {fields['area']!r}", remedy=f"areas: {', '.join(self._areas)}")
        before = self._overrides.get(entity, Override())
        try:
            after = msgspec.convert({**msgspec.to_builtins(before), **fields}, Override)
        except msgspec.ValidationError as error:
            raise ValueRefusedError(str(error), remedy="give name, aliases, area or exposed") from error
        unknown = set(fields) - {"name", "aliases", "area", "exposed"}
        if unknown:
            raise ValueRefusedError(f"{sorted(unknown)[0]!r} cannot be set", remedy="name, aliases, area, exposed can")
        check_names(after.applied(self._entities[entity]))
        if self._table is not None:
            await self._table.save(entity, after.fields())
        self._overrides[entity] = after
        self._touch("entity", entity)
        return self.entity(entity)

    def rename(self, name: str) -> None:
        """The home is called so from now on."""
        home = msgspec.structs.replace(self._settings.home, name=name)
        self._settings = msgspec.structs.replace(self._settings, home=home)
        self._touch("name", "")

    def keep_in(self, table: OverrideTable) -> None:
        """Keep in this table what the household says from now on."""
        self._table = table

    def heard(self, entity: str, said: Override) -> Override:
        """The household said this of an entity at another hub; returns what to keep. hearth.toml still wins."""
        before = self._overrides.get(entity, Override())
        after = msgspec.structs.replace(said, source=before.source)
        if after != before:
            self._overrides[entity] = after
            self._touch("entity", entity)
        return after

    def share(self, areas: Mapping[str, Area], people: Mapping[str, Person]) -> None:
        """The areas and people that the household made in the app, at any hub; hearth.toml's win over them."""
        declared, known = {a.id: a for a in self._settings.area}, {p.id: p for p in self._settings.person}
        # hearth.toml's stand first, and win.
        here = (declared | self._suggested | dict(areas) | declared, known | dict(people) | known)
        if here != (self._areas, self._people):
            self._areas, self._people = here
            self._touch("areas", "")

    # -- inside ----------------------------------------------------------------------------------------------------

    def _merged(self, entity: Entity) -> Entity:
        if (declared := self._declared.get(entity.id)) is not None:
            return entity if is_virtual(declared) else describe(entity, declared)
        override = self._overrides.get(entity.id)
        return entity if override is None else override.applied(entity)

    def _keep_source(self, entity: str, source: str) -> None:
        """Whose entity this id is kept for, through restarts."""
        before = self._overrides.get(entity, Override())
        self._overrides[entity] = override = msgspec.structs.replace(before, source=source)
        if self._table is not None:
            task = asyncio.get_running_loop().create_task(self._save(self._table, entity, override))
            self._saving.add(task)
            task.add_done_callback(self._saving.discard)

    @staticmethod
    async def _save(table: OverrideTable, entity: str, override: Override) -> None:
        try:
            await table.save(entity, override.fields())
        except Exception:
            log.exception("an entity's id could not be remembered", entity=entity)

    def _area_id(self, suggested: str) -> str:
        """The area that an integration means, by id or name; one that is new is added."""
        if not suggested.strip():
            return ""
        if (known := self.find_area(suggested)) is not None:
            return known.id
        name = " ".join(suggested.split())[:MAX_NAME]
        area = Area(id=re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or f"area_{len(self._areas)}", name=name)
        self._suggested.setdefault(area.id, area)
        self._areas.setdefault(area.id, area)
        self._touch("area", area.id)
        return area.id

    def _touch(self, what: str, thing: str) -> None:
        self._view = None
        self._changed.add((what, thing))
        if self._announcing:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._announce()
        else:
            self._announcing = True
            loop.call_later(self._settle_s, self._announce)

    def _announce(self) -> None:
        self._announcing = False
        changed, self._changed = self._changed, set()
        what, thing = next(iter(changed)) if len(changed) == 1 else ("home", "")
        self._bus.publish(HomeChanged(what=what, thing=thing))
