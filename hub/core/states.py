"""The state table: what every trait of every entity is now. The only copy; all else is told by events."""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from hub.core.bus import Bus
from hub.core.events import HERE, AvailabilityChanged, Origin, StateChanged, Value


class State(Struct, frozen=True):
    """A trait's value, since when (UTC seconds), by the event that brought it (0: restored from the store)."""

    value: Value
    at: float
    event: int


_NOTHING: Final[Mapping[str, State]] = MappingProxyType({})


class StateTable:
    """Trait values by entity. Setting a value that differs publishes `StateChanged`; an equal one only returns."""

    def __init__(self, bus: Bus) -> None:
        self._publish = bus.publish
        self._states: dict[str, dict[str, State]] = {}
        self._unavailable: set[str] = set()

    def set(
        self, entity: str, trait: str, value: Value, *, origin: Origin = HERE, causes: tuple[int, ...] = ()
    ) -> StateChanged | None:
        """Record a value; returns the event that was published, or None when nothing changed."""
        traits = self._states.get(entity)
        if traits is None:
            traits = self._states[entity] = {}
        old = traits.get(trait)
        if old is None:
            before: Value = None
        elif old.value == value and type(old.value) is type(value):
            return None
        else:
            before = old.value
        event = StateChanged(
            entity=entity, trait=trait, value=value, old=before, at=time.time(), origin=origin, causes=causes
        )
        traits[trait] = State(value, event.at, event.id)
        self._publish(event)
        return event

    def restore(self, entity: str, trait: str, value: Value, at: float) -> None:
        """Put back a value from before a restart, without telling anybody."""
        self._states.setdefault(entity, {}).setdefault(trait, State(value, at, 0))

    def get(self, entity: str) -> Mapping[str, State]:
        """Every trait's state of one entity; empty when nothing is known."""
        return self._states.get(entity, _NOTHING)

    def value(self, entity: str, trait: str) -> Value:
        """One trait's value, None when unknown."""
        state = self.get(entity).get(trait)
        return None if state is None else state.value

    def forget(self, entity: str) -> None:
        """Drop all of an entity that is no more."""
        self._states.pop(entity, None)
        self._unavailable.discard(entity)

    def set_available(self, entity: str, available: bool, *, origin: Origin = HERE) -> None:
        """Record whether the entity can be reached; publishes `AvailabilityChanged` when that is new."""
        if available is not (entity in self._unavailable):
            return
        (self._unavailable.discard if available else self._unavailable.add)(entity)
        self._publish(AvailabilityChanged(entity=entity, available=available, origin=origin))

    def available(self, entity: str) -> bool:
        """Whether the entity can be reached, as far as known."""
        return entity not in self._unavailable

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, State]]]:
        return iter(self._states.items())

    def __len__(self) -> int:
        return len(self._states)
