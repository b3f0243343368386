"""What a skill is told of as it happens: the granted events, one after the other, and no more than it keeps up with."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Final, Protocol

import structlog

from hub.core.bus import Bus
from hub.core.events import AvailabilityChanged, CommandDone, CommandFailed, Event, StateChanged
from hub.core.whereabouts import AREA, PERSON
from hub.plugins.messages import CallEvent, ToPlugin
from hub.plugins.ports.broker import kinds_to_see
from hub.sdk.events import TOLD, SkillEvent
from hub.sdk.intents import CallContext, IntentAnswer
from hub.sdk.manifest import Grant

log = structlog.get_logger(__name__)
_MOST_WAITING: Final = 64
_OF_THINGS: Final = (StateChanged, AvailabilityChanged, CommandDone, CommandFailed)

Call = Callable[[Callable[[int], ToPlugin], CallContext], Awaitable[IntentAnswer]]


class Shown(Protocol):
    """What may be told of the things of the home."""

    def tells_of(self, entity: str, kinds: tuple[str, ...]) -> bool:
        """Whether a skill that may see `kinds` (all, when empty) may be told of this entity."""
        ...


class EventFeed:
    """One skill's events. Of things, it is told of those that it may look at; of people, if it may know of them.

    A skill that is slow loses the oldest of what waits for it. Nothing flows before `start`.
    """

    def __init__(self, bus: Bus, skill: str, grants: tuple[Grant, ...], shown: Shown) -> None:
        self._bus, self._skill, self._shown = bus, skill, shown
        self._granted = frozenset(name for g in grants if g.port == "events" for name in g.only)
        self._people = any(g.port == "home.people" for g in grants)
        self._kinds = kinds_to_see(grants)
        self._waiting: deque[SkillEvent] = deque(maxlen=_MOST_WAITING)
        self._news = asyncio.Event()
        self._lost = 0
        self._unsubscribe: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def start(self, handled: Collection[str], call: Call, language: str) -> None:
        """Tell the skill, by `call`, of those granted events that it handles; again, after its restart."""
        kinds = tuple(TOLD[name] for name in sorted(self._granted & set(handled)) if name in TOLD)
        if kinds and self._task is None:
            self._unsubscribe = self._bus.subscribe(kinds, self._take)
            self._task = asyncio.get_running_loop().create_task(
                self._tell(call, language), name=f"events:{self._skill}"
            )

    def close(self) -> None:
        """Tell nothing any more."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()

    def _take(self, event: SkillEvent) -> None:
        if isinstance(event, _OF_THINGS) and not self._may_know(event.entity):
            return
        if len(self._waiting) == _MOST_WAITING:
            self._lost += 1
            if self._lost & (self._lost - 1) == 0:  # the 1st, 2nd, 4th...
                log.warning("a skill does not keep up with what happens", skill=self._skill, lost=self._lost)
        self._waiting.append(event)
        self._news.set()

    def _may_know(self, entity: str) -> bool:
        if entity.startswith((AREA, PERSON)):
            return self._people
        return self._shown.tells_of(entity, self._kinds)

    async def _tell(self, call: Call, language: str) -> None:
        while True:
            await self._news.wait()
            while self._waiting:
                event = self._waiting.popleft()
                answer = await call(_message(event, _context(event, language)), _context(event, language))
                if answer.error is not None:
                    name = type(event).__name__
                    log.warning("an event's handler failed", skill=self._skill, event_type=name, error=answer.error)
            self._news.clear()


def _message(event: SkillEvent, context: CallContext) -> Callable[[int], ToPlugin]:
    return lambda number: CallEvent(id=number, event=event, context=context)


def _context(event: Event, language: str) -> CallContext:
    return CallContext(area=event.origin.area, language=language, channel="skill", causes=(event.id,))
