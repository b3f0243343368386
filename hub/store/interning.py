"""Small integers that stand for what history repeats: entity and trait, and where an event came from."""

from typing import Any

from sqlalchemy import Connection, Table, select

from hub.core.events import HERE, Origin
from hub.store.schema import origins, series
from hub.store.upsert import insert_missing

SeriesKey = tuple[str, str]
"""`(entity, trait)`"""


class Interned:
    """The integer of every series and origin. New ones are saved along with the rows that first use them."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._series: dict[SeriesKey, int] = {}
        self._origins: dict[Origin, int] = {}
        self._unsaved: list[tuple[Table, dict[str, Any]]] = []
        self.loaded = False

    def load(self, connection: Connection) -> None:
        """Read what is known."""
        for row in connection.execute(select(series)):
            self._series[row.entity, row.trait] = row.id
        for row in connection.execute(select(origins)):
            self._origins[Origin(row.hub, row.area, row.source)] = row.id
        self.loaded = True

    def series(self, entity: str, trait: str) -> int:
        """The number of a series, a new one where it has none."""
        key = (entity, trait)
        number = self._series.get(key)
        if number is None:
            number = self._series[key] = len(self._series) + 1
            self._unsaved.append((series, {"id": number, "entity": entity, "trait": trait}))
        return number

    def origin(self, origin: Origin) -> int | None:
        """The number of an origin, None for this hub as a whole."""
        if origin is HERE or origin == HERE:
            return None
        number = self._origins.get(origin)
        if number is None:
            number = self._origins[origin] = len(self._origins) + 1
            row = {"id": number, "hub": origin.hub, "area": origin.area, "source": origin.source}
            self._unsaved.append((origins, row))
        return number

    def save(self, connection: Connection) -> int:
        """Write the new ones in the caller's transaction; pass what this returns to `saved` once that is committed."""
        new = list(self._unsaved)
        for table in (series, origins):
            rows = [row for where, row in new if where is table]
            if rows:
                connection.execute(insert_missing(table, self._dialect), rows)
        return len(new)

    def saved(self, count: int) -> None:
        """The transaction of `save` is committed."""
        del self._unsaved[:count]
