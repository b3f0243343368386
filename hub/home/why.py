"""Why: the story of what led to an entity's state, told from the causes that events carry."""

from datetime import datetime
from typing import Any, TypeGuard

from msgspec import Struct, field

from hub.core.events import HERE, CommandDone, CommandFailed, Event, Origin
from hub.core.states import StateTable
from hub.core.whereabouts import AREA
from hub.home.recent import EventHistory, EventRing
from hub.home.registry import Home
from hub.home.telling import kind_of, said_of, tell

_MOST_STEPS = 40


class Step(Struct, frozen=True, kw_only=True):
    """One fact of the story: what kind of event, when (UTC seconds), in words, and its own fields."""

    kind: str
    text: str
    at: float
    event: int
    causes: tuple[int, ...] = ()
    origin: Origin = HERE
    data: dict[str, Any] = field(default_factory=dict)


class Story(Struct, frozen=True, kw_only=True):
    """Why an entity is as it is: the steps from the first cause on, and all of it as one readable line."""

    entity: str
    text: str
    steps: tuple[Step, ...] = ()


class Why:
    """Walks the graph of causes backwards, through the ring in RAM and then through the stored history."""

    def __init__(self, home: Home, states: StateTable, ring: EventRing, history: EventHistory | None = None) -> None:
        self._home = home
        self._states = states
        self._ring = ring
        self._history = history

    async def why(self, entity: str, trait: str = "") -> Story:
        """The story of the newest change of `entity` (of `trait` only, when given).

        A command that failed after the last change is told instead: it is what a person wonders about. `area.kitchen`
        asks why that area is taken to be in use or empty. Raises `NotFoundError` when there is no such entity.
        """
        area = self._home.view().areas.get(entity.removeprefix(AREA)) if entity.startswith(AREA) else None
        name = area.name if area is not None else self._home.entity(entity).name
        last = await self._newest(entity, "Presence" if area is not None and not trait else trait)
        if last is None:
            return Story(entity=entity, text=self._without_events(entity, name, trait))
        events = await self._causes(last)
        steps = tuple(self._step(e) for e in events)
        clock = datetime.fromtimestamp(last.at).astimezone().strftime("%H:%M:%S")
        line = " -> ".join(s.text for s in steps)
        if "." not in line.split(" ")[0]:  # an entity's id stays as it is
            line = line[:1].upper() + line[1:]
        return Story(entity=entity, text=f"{line}, {clock}", steps=steps)

    async def _newest(self, entity: str, trait: str) -> Event | None:
        states = self._states.get(entity)
        newest = max((s.event for t, s in states.items() if trait in ("", t)), default=0)
        for event in self._ring.newest_first():
            if event.id <= newest:
                break
            if _leaves_no_state(event, entity) and trait in ("", event.trait):
                return event
        if not newest and self._history is not None:
            stored = await self._history.last_state_change(entity, trait)
            newest = stored.id if stored is not None else 0
        return await self._find(newest) if newest else None

    async def _find(self, event: int) -> Event | None:
        found = self._ring.get(event)
        if found is None and self._history is not None:
            found = await self._history.event(event)
        return found

    async def _causes(self, last: Event) -> list[Event]:
        """`last` and all that led to it, oldest first."""
        found = {last.id: last}
        open_causes = list(last.causes)
        while open_causes and len(found) < _MOST_STEPS:
            cause = open_causes.pop(0)
            if cause in found:
                continue
            event = await self._find(cause)
            if event is not None:
                found[event.id] = event
                open_causes.extend(event.causes)
        return [found[i] for i in sorted(found, key=lambda i: (found[i].at, i))]

    def _step(self, event: Event) -> Step:
        return Step(
            kind=kind_of(event),
            text=tell(event, self._home.view()),
            at=event.at,
            event=event.id,
            causes=event.causes,
            origin=event.origin,
            data=said_of(event),
        )

    def _without_events(self, entity: str, name: str, trait: str) -> str:
        known = {t: s for t, s in self._states.get(entity).items() if trait in ("", t)}
        if not known:
            return f"Nothing is known of {name} yet"
        values = ", ".join(f"{t} {s.value}" for t, s in known.items())
        return f"{name} is {values}; what led to it is no longer kept"


def _leaves_no_state(event: Event, entity: str) -> TypeGuard[CommandFailed | CommandDone]:
    """Whether the event is news of `entity` that its state does not show: a failure, or a press."""
    if isinstance(event, CommandFailed | CommandDone) and event.entity == entity:
        return isinstance(event, CommandFailed) or event.trait == "Press"
    return False
