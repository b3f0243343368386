"""Which id each integration's entity has in this home, also when several integrations bring the same one."""

from collections.abc import Callable, Mapping

import structlog

from hub.core.entities import PEER
from hub.core.errors import NotFoundError

log = structlog.get_logger(__name__)
Key = tuple[str, str]
"""An owner (an integration, or another hub), and the id that it knows the entity by."""


class EntityIds:
    """Ids of entities. The first to bring one keeps it, a second gets its owner as a suffix, other hubs give way.

    An id that is not the integration's own is pinned to it, so that it is the same whoever comes first.
    """

    def __init__(self, evict: Callable[[str, str], object], remember: Callable[[str, str], None]) -> None:
        """`evict(owner, local)` takes an entity out of the home; `remember(ours, source)` keeps a pin."""
        self._evict, self._remember = evict, remember
        self._ours: dict[Key, str] = {}
        self._sources: dict[str, Key] = {}
        self._pinned: dict[Key, str] = {}
        self._gave_way: Callable[[str], None] = lambda entity: None
        self._wanted: Callable[[str, str], str] = lambda owner, local: ""

    @property
    def pinned(self) -> Mapping[Key, str]:
        """The ids that are kept for integrations' entities."""
        return self._pinned

    def source(self, entity: str) -> Key:
        """Whose it is. Raises `NotFoundError`."""
        if entity not in self._sources:
            raise NotFoundError(f"there is no {entity[:120]}", remedy="`hearth home` lists what there is")
        return self._sources[entity]

    def of(self, key: Key) -> str | None:
        """Our id of an integration's entity, None when it has not brought it."""
        return self._ours.get(key)

    def owned_by(self, owner: str) -> list[str]:
        """Our ids of all entities of one integration."""
        return [i for i, (who, _) in self._sources.items() if who == owner]

    def taken(self, entity: str) -> bool:
        """Whether an entity has this id, or will have it again when it is back."""
        return entity in self._sources or entity in self._pinned.values()

    def on_giving_way(self, gave_way: Callable[[str], None], wanted: Callable[[str, str], str]) -> None:
        """See `Home.on_giving_way`."""
        self._gave_way, self._wanted = gave_way, wanted

    def give(self, key: Key) -> str:
        """The id of an entity that is brought: the one that it has, or one that is free."""
        return self._ours.get(key) or self.claim(key, self._free(key))

    def claim(self, key: Key, ours: str) -> str:
        """It has this id from now on."""
        self._ours[key] = ours
        self._sources[ours] = key
        return ours

    def release(self, key: Key) -> str | None:
        """It is no more; the id that it had."""
        ours = self._ours.pop(key, None)
        if ours is not None:
            self._sources.pop(ours)
        return ours

    def hand_over(self, entity: str, owner: str) -> None:
        """Another owner brings it from now on. Raises `NotFoundError`."""
        before = self.source(entity)
        del self._ours[before]
        self.claim((owner, before[1]), entity)

    def pin(self, key: Key, ours: str) -> None:
        """It was remembered that this id is kept for that entity."""
        self._pinned[key] = ours

    def _free(self, key: Key) -> str:
        owner, local = key
        if owner.startswith(PEER):
            if local not in self._sources:
                return local  # chosen among those that are free
        else:
            pinned = self._pinned.get(key)
            for ours in (pinned, self._wanted(owner, local), local):
                if ours and self._vacant(ours) and (ours == pinned or not self.taken(ours)):
                    return ours if ours in (pinned, local) else self._pin(key, ours)
        kind, _, rest = local.partition(".")
        number = 1
        while True:
            suffix = f"_{owner}" if number == 1 else f"_{owner}_{number}"
            ours = f"{kind}.{rest[: 120 - len(suffix)]}{suffix}"
            if not self.taken(ours):
                break
            number += 1
        log.info("two integrations bring the same entity", entity=local, second=ours, owner=owner)
        return self._pin(key, ours)

    def _vacant(self, entity: str) -> bool:
        """Whether nothing has this id, now that another hub's entity gave way, if one had it."""
        source = self._sources.get(entity)
        if source is not None and source[0].startswith(PEER):
            self._evict(*source)
            self._gave_way(entity)
        return entity not in self._sources

    def _pin(self, key: Key, ours: str) -> str:
        self._pinned[key] = ours
        self._remember(ours, "/".join(key))
        return ours
