"""The home as users and integrations made it: what hearth.toml does not say lives here."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
import structlog
from sqlalchemy import delete, select

from hub.core.clock import Clock, SystemClock
from hub.core.entities import Area, Entity, Person
from hub.core.errors import HearthError, ValueRefusedError
from hub.store.database import Database
from hub.store.schema import home_objects
from hub.store.upsert import insert_or_replace
from hub.store.values import milliseconds, storable

log = structlog.get_logger(__name__)
T = TypeVar("T")
_MOST_CHARACTERS = 256 * 1024
_MOST_ID = 200
_REMOVED = "removed "


class HomeTable:
    """Areas, people, discovered entities, what people changed about these (`overrides`), and settings by key.

    What a `set_` or `delete_` method wrote is on the disk when it returns. All raise `StoreError`. A row that cannot
    be read (damaged, or a newer hub's) is logged and left out; the rest of the home still loads.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self.overrides = Overrides(self)

    async def areas(self) -> dict[str, Area]:
        """Areas by id."""
        return await self.all_rows("area", Area)

    async def set_area(self, area: Area) -> None:
        """Keep an area, new or changed."""
        await self._set_place("area", area)

    async def delete_area(self, area: str) -> bool:
        """Forget an area; False when there was none."""
        return await self._delete_place("area", area)

    async def people(self) -> dict[str, Person]:
        """People by id."""
        return await self.all_rows("person", Person)

    async def set_person(self, person: Person) -> None:
        """Keep a person, new or changed."""
        await self._set_place("person", person)

    async def delete_person(self, person: str) -> bool:
        """Forget a person; False when there was none."""
        return await self._delete_place("person", person)

    async def removed(self, kind: str) -> list[str]:
        """Ids of areas or people that were removed and not made again, until `forget_removed`: a hub that comes back
        to others tells them.
        """
        return list(await self.all_rows(_REMOVED + kind, bool))

    async def forget_removed(self, kind: str, ids: Iterable[str]) -> None:
        """Whoever is to know of these removals does."""
        await self.change_rows(gone=[(_REMOVED + kind, key) for key in ids])

    async def _set_place(self, kind: str, place: Area | Person) -> None:
        await self.change_rows([(kind, place.id, place)], [(_REMOVED + kind, place.id)])

    async def _delete_place(self, kind: str, key: str) -> bool:
        counts = await self._database.write(_deletion(kind, key), self._upsert(_REMOVED + kind, key, True))
        return counts[0] > 0

    async def entities(self) -> dict[str, Entity]:
        """Entities by id, as integrations described them last."""
        return await self.all_rows("entity", Entity)

    async def set_entity(self, *entities: Entity) -> None:
        """Keep entities, new or described anew, all or none."""
        await self._database.write(*(self._upsert("entity", entity.id, entity) for entity in entities))

    async def delete_entity(self, entity: str) -> bool:
        """Forget an entity, what a person changed about it and where it was placed; False when there was none."""
        counts = await self._database.write(
            _deletion("entity", entity), _deletion("override", entity), _deletion("placement", entity)
        )
        return any(counts)

    async def setting(self, key: str, kind: type[T], default: T) -> T:
        """The setting `key`, `default` where it was never set or cannot be read as `kind`."""
        found: T = (await self.all_rows("setting", kind, key)).get(key, default)
        return found

    async def settings(self) -> dict[str, Any]:
        """All settings as plain JSON values."""
        return await self.all_rows("setting", Any)

    async def set_setting(self, key: str, value: Any) -> None:
        """Keep a JSON value or struct under `key`."""
        await self.set_row("setting", key, value)

    async def delete_setting(self, key: str) -> bool:
        """Forget a setting; False when there was none."""
        return await self.delete_row("setting", key)

    async def all_rows(self, kind: str, shape: Any, only: str = "") -> dict[str, Any]:
        """The rows of one kind (or the one of them with id `only`) by id, each decoded as `shape`."""
        wanted = select(home_objects.c.id, home_objects.c.data).where(home_objects.c.kind == kind)
        if only:
            wanted = wanted.where(home_objects.c.id == only)
        rows = await self._database.read(lambda c: c.execute(wanted.order_by(home_objects.c.id)).all())
        found: dict[str, Any] = {}
        for key, data in rows:
            try:
                found[key] = msgspec.json.decode(data, type=shape)
            except (msgspec.DecodeError, HearthError) as error:
                log.error("row of the home left out", kind=kind, id=key, error=str(error))
        return found

    async def set_row(self, kind: str, key: str, value: Any) -> None:
        """Keep one row; raises `ValueRefusedError` for what is no JSON or too large."""
        await self._database.write(self._upsert(kind, key, value))

    async def delete_row(self, kind: str, key: str) -> bool:
        """Forget one row; False when there was none."""
        return any(await self._database.write(_deletion(kind, key)))

    async def change_rows(
        self, rows: Iterable[tuple[str, str, Any]] = (), gone: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Keep rows (kind, id, value) and forget others (kind, id), all or none; raises as `set_row` does."""
        changes = [self._upsert(*row) for row in rows]
        await self._database.write(*changes, *(_deletion(*row) for row in gone))

    def _upsert(self, kind: str, key: str, value: Any) -> Any:
        if not key or len(key) > _MOST_ID:
            raise ValueRefusedError(f"{key[:40]!r} cannot be an id", remedy=f"use 1 to {_MOST_ID} characters")
        try:
            data = msgspec.json.encode(value).decode()
        except (TypeError, UnicodeEncodeError) as error:
            raise ValueRefusedError(f"{kind} {key!r} cannot be kept: {error}", remedy="use plain JSON data") from error
        if len(data) > _MOST_CHARACTERS:
            raise ValueRefusedError(f"{kind} {key!r} is larger than 256 KiB", remedy="shorten its names")
        row = {"kind": kind, "id": storable(key), "data": data, "changed": milliseconds(self._clock.now())}
        return insert_or_replace(home_objects, self._database.dialect).values(row)


def _deletion(kind: str, key: str) -> Any:
    return delete(home_objects).where(home_objects.c.kind == kind, home_objects.c.id == key)


class Overrides:
    """What people changed about entities, as fields by entity id: the table that the home's registry asks for."""

    def __init__(self, table: HomeTable) -> None:
        self._table = table

    async def load(self) -> dict[str, dict[str, Any]]:
        """Every entity's changed fields, as plain JSON values."""
        return await self._table.all_rows("override", dict[str, Any])

    async def save(self, entity: str, fields: dict[str, Any]) -> None:
        """Keep the changed fields of one entity (empty: forget them); on the disk when this returns."""
        if fields:
            await self._table.set_row("override", entity, fields)
        else:
            await self._table.delete_row("override", entity)


class Placements:
    """By which rays people placed things in cameras' pictures: entity -> camera's stream -> rays of five numbers."""

    def __init__(self, table: HomeTable) -> None:
        self._table = table

    async def load(self) -> dict[str, dict[str, list[list[float]]]]:
        """Every placed entity's rays."""
        return await self._table.all_rows("placement", dict[str, list[list[float]]])

    async def save(self, entity: str, rays: Mapping[str, list[list[float]]]) -> None:
        """Keep the rays of one entity (empty: forget them); on the disk when this returns."""
        if rays:
            await self._table.set_row("placement", entity, rays)
        else:
            await self._table.delete_row("placement", entity)
