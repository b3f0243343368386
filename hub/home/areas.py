"""The areas that the household makes in the app, beside those of hearth.toml and those that devices speak of."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

from hub.core.entities import Area, Person
from hub.core.errors import LockedError, NotFoundError, ValueRefusedError
from hub.home.overrides import MAX_NAME, MOST_ALIASES
from hub.home.registry import Home

MOST_AREAS: Final = 500


class AreaWriter(Protocol):
    """Where areas are kept. Both methods raise `StoreError`; what they did is on the disk when they return."""

    async def set_area(self, area: Area) -> None:
        """Keep an area, new or changed."""
        ...

    async def delete_area(self, area: str) -> object:
        """Forget an area."""
        ...


class PlaceTable(AreaWriter, Protocol):
    """What a hub that stands alone keeps of areas and people."""

    async def areas(self) -> Mapping[str, Area]:
        """Areas by id."""
        ...

    async def people(self) -> Mapping[str, Person]:
        """People by id."""
        ...


class Areas:
    """Makes, changes and removes areas; `await load()` once, before they are looked at."""

    def __init__(self, home: Home, table: PlaceTable) -> None:
        self._home = home
        self._table = table
        self._shared: AreaWriter | None = None
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Show what was kept. Raises `StoreError`."""
        self._home.share(await self._table.areas(), await self._table.people())

    def keep_in(self, shared: AreaWriter) -> None:
        """Keep areas here from now on, which shows them to the home by itself: with the home's other hubs."""
        self._shared = shared

    def areas(self) -> Sequence[Area]:
        """Every area of the home, in its order."""
        return tuple(self._home.view().areas.values())

    def locked(self, area: str) -> bool:
        """Whether hearth.toml speaks of the area, so that the app may not change it."""
        return self._home.area_locked(area)

    async def make(self, name: str, floor: str = "", aliases: Sequence[str] = ()) -> Area:
        """A new area, whose id is made from its name. Raises `ValueRefusedError` when another is called so."""
        async with self._lock:
            known = self._home.view().areas
            if len(known) >= MOST_AREAS:
                raise ValueRefusedError(f"there are {MOST_AREAS} areas already", remedy="remove one first")
            area = Area(id=new_id(name, known), name=_tidy(name), floor=_tidy(floor), aliases=_tidied(aliases))
            return await self._keep(area)

    async def change(
        self, area: str, name: str | None = None, floor: str | None = None, aliases: Sequence[str] | None = None
    ) -> Area:
        """Change what is given of an area; its id stays. Raises `NotFoundError`, `LockedError`, `ValueRefusedError`."""
        async with self._lock:
            before = self._mine(area)
            after = msgspec.structs.replace(
                before,
                name=before.name if name is None else _tidy(name),
                floor=before.floor if floor is None else _tidy(floor),
                aliases=before.aliases if aliases is None else _tidied(aliases),
            )
            return await self._keep(after)

    async def remove(self, area: str) -> Area:
        """Remove an area; what was in it is in none from then on. Raises as `change` does."""
        async with self._lock:
            gone = self._mine(area)
            inside = self._home.view().in_area(area)
            held = next((entity for entity in inside if self._home.locked(entity.id)), None)
            if held is not None:
                raise LockedError(f"hearth.toml says that {held.name} is in {gone.name}", remedy="change it there")
            for entity in inside:
                # An empty area is the household's word too: the device's own would bring the area back.
                word = "" if self._home.described(entity.id).area == area else None
                await self._home.override(entity.id, area=word)
            await (self._shared or self._table).delete_area(area)
            await self._show()
            return gone

    def _mine(self, area: str) -> Area:
        found = self._home.view().areas.get(area)
        if found is None:
            raise NotFoundError(f"there is no area {area[:80]!r}", remedy="GET /api/v1/areas lists what there is")
        if self.locked(area):
            raise LockedError(f"hearth.toml decides on {found.name}", remedy="change it there")
        return found

    async def _keep(self, area: Area) -> Area:
        check_area(area)
        for other in self._home.view().areas.values():
            for words in (area.name, *area.aliases):
                if other.id != area.id and other.answers_to(words):
                    raise ValueRefusedError(f"{other.name} is called {words!r} already", remedy="use another name")
        await (self._shared or self._table).set_area(area)
        await self._show()
        return area

    async def _show(self) -> None:
        if self._shared is None:
            await self.load()


def new_id(name: str, taken: Mapping[str, Area]) -> str:
    """An id of small letters from an area's name, none of those that are taken."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "area"
    number = 1
    while (found := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return found


def check_area(area: Area) -> None:
    """Raise `ValueRefusedError` when a name of the area is none that people could say."""
    for words in (area.name, *area.aliases, *((area.floor,) if area.floor else ())):
        if not words or len(words) > MAX_NAME or not words.isprintable():
            raise ValueRefusedError(
                f"a name is empty, longer than {MAX_NAME} characters or has characters that cannot be shown",
                remedy="give it a name that people would say",
            )
    if len(area.aliases) > MOST_ALIASES:
        raise ValueRefusedError(f"more than {MOST_ALIASES} other names", remedy="keep the ones that people say")


def _tidy(words: str) -> str:
    return " ".join(words.split())


def _tidied(aliases: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tidy for alias in aliases if (tidy := _tidy(alias))))
