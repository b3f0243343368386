"""The last events of this hub, in RAM, found by id: what "why" and "undo" look at first."""

from collections import deque
from typing import Protocol

from hub.core.bus import Bus
from hub.core.events import Event, SpeechTranscribed


class StoredChange(Protocol):
    """A stored change of state: of it, the event's id."""

    @property
    def id(self) -> int:
        """The id of the `StateChanged`."""
        ...


class EventHistory(Protocol):
    """The stored events, for what is older than the ring remembers."""

    async def event(self, id: int) -> Event | None:  # noqa: A002 -- the field's name
        """The event with this id, None when it is not kept."""
        ...

    async def last_state_change(self, entity: str, trait: str = "") -> StoredChange | None:
        """The newest change of an entity (of one trait, when given)."""
        ...


class EventRing:
    """The newest `size` events of the bus."""

    def __init__(self, bus: Bus, size: int = 4096) -> None:
        self._order: deque[int] = deque()
        self._events: dict[int, Event] = {}
        self._size = size
        self.close = bus.subscribe(Event, self._put)

    def _put(self, event: Event) -> None:
        if len(self._order) >= self._size:
            self._events.pop(self._order.popleft(), None)
        self._order.append(event.id)
        self._events[event.id] = event

    def get(self, id: int) -> Event | None:  # noqa: A002 -- the field's name
        """The event with this id, None when it is forgotten."""
        return self._events.get(id)

    def newest_first(self) -> list[Event]:
        """Every event that is remembered, the newest first."""
        return [e for i in reversed(self._order) if (e := self._events.get(i)) is not None]

    def turn(self, event: int) -> int:
        """The id of what began the turn that `event` belongs to: the sentence that was heard, or the farthest cause.

        Follows the first known cause of each event; one that nothing is known of stands for itself.
        """
        seen: set[int] = set()
        while event not in seen:
            seen.add(event)
            known = self._events.get(event)
            if known is None or isinstance(known, SpeechTranscribed) or not known.causes:
                return event
            event = known.causes[0]
        return event
