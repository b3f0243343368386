"""Who is at home, and in which room: what phones, watches and tags tell of one person. Nobody is in two rooms."""

from collections.abc import Mapping
from typing import Final

from hub.core.entities import Area
from hub.core.events import Value
from hub.core.whereabouts import Located

_AWAY: Final = frozenset({"not_home", "not home", "away", "none", ""})


class People:
    """What each person's trackers say: `trackers` are entities by person."""

    def __init__(self, trackers: Mapping[str, tuple[str, ...]]) -> None:
        self._person_of = {entity: person for person, entities in trackers.items() for entity in entities}
        self.trackers = tuple(self._person_of)
        """All entities that follow somebody."""
        self._said: dict[str, dict[str, Located]] = {}  # person -> tracker -> what it says, the newest last

    def tracks(self, entity: str) -> str | None:
        """Whose tracker an entity is."""
        return self._person_of.get(entity)

    def tell(self, entity: str, value: Value, areas: Mapping[str, Area]) -> Located:
        """A tracker says something: yes or no for at home, or the name of a room. Where its person is now."""
        said = self._said.setdefault(self._person_of[entity], {})
        said.pop(entity, None)
        where = _where(value, areas)
        if where is not None:
            said[entity] = where
        return self._together(said)

    @staticmethod
    def _together(said: Mapping[str, Located]) -> Located:
        """One tracker at home is enough: others are left in bags. Of two rooms the one that was told last."""
        if not said:
            return Located()
        if not any(where.home for where in said.values()):
            return Located(False)
        return Located(True, next((where.area for where in reversed([*said.values()]) if where.area), ""))


def _where(value: Value, areas: Mapping[str, Area]) -> Located | None:
    if value is None or isinstance(value, bool):
        return None if value is None else Located(value)
    word = str(value).strip().casefold()
    if word in _AWAY:
        return Located(False)
    for area in areas.values():
        names = (area.id, area.name, *area.aliases, *(n for many in area.names.values() for n in many))
        if word in {name.casefold() for name in names}:
            return Located(True, area.id)
    return Located(True) if word == "home" else None
