"""The beliefs of all areas, and the telling of what changes in them."""

import asyncio
from typing import Final

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.events import Origin, PresenceChanged
from hub.core.states import StateTable
from hub.core.whereabouts import AREA
from hub.perception.presence.belief import FOREVER, PRIOR, Belief, Sign

_GONE_S: Final = 60.0
"""Half-life of what a source said that is no longer there."""


class _Area:
    def __init__(self) -> None:
        self.belief = Belief()
        self.told: tuple[bool | None, int] = (None, 0)
        self.due: float | None = FOREVER  # None: to be worked out


class Areas:
    """Publishes `PresenceChanged` and keeps the states `area.<id>`. An area is here once something told of it."""

    def __init__(self, bus: Bus, states: StateTable, clock: Clock) -> None:
        self._bus = bus
        self._states = states
        self._clock = clock
        self._areas: dict[str, _Area] = {}
        self.news = asyncio.Event()
        """Set when something was told, so that the next change may come sooner than thought."""

    # -- asking ----------------------------------------------------------------------------------------------------

    def belief(self, area: str) -> float:
        """How likely somebody is there, 0 to 1; the prior where nothing tells."""
        found = self._areas.get(area)
        return PRIOR if found is None else found.belief.probability(self._clock.monotonic())

    def somebody(self, area: str) -> bool | None:
        """Whether somebody is there; None where nothing tells."""
        found = self._areas.get(area)
        return None if found is None else found.belief.somebody(self._clock.monotonic())

    def people(self, area: str) -> int:
        """How many are there; 0 also where nothing tells."""
        found = self._areas.get(area)
        return 0 if found is None else found.belief.people(self._clock.monotonic())

    def worth(self, area: str, source: str) -> float:
        """What the sign of a source is worth now."""
        found = self._areas.get(area)
        return 0.0 if found is None else found.belief.sign(source, self._clock.monotonic())

    # -- telling ---------------------------------------------------------------------------------------------------

    def tell(self, area: str, source: str, sign: Sign, causes: tuple[int, ...] = ()) -> None:
        """A source says something of an area."""
        found = self._areas.setdefault(area, _Area())
        found.belief.tell(source, sign, self._clock.monotonic())
        self._settle(area, found, causes)

    def lose(self, area: str, source: str, causes: tuple[int, ...] = ()) -> None:
        """A source cannot be asked any more: what it said fades."""
        found = self._areas.get(area)
        if found is not None:
            found.belief.lose(source, self._clock.monotonic(), _GONE_S)
            self._settle(area, found, causes)

    def forget(self, area: str, source: str, causes: tuple[int, ...] = ()) -> None:
        """A source does not speak of this area any more: what it said is taken back."""
        found = self._areas.get(area)
        if found is not None:
            found.belief.forget(source, self._clock.monotonic())
            self._settle(area, found, causes)

    def doubt(self, area: str) -> None:
        """Somebody may have come or gone."""
        found = self._areas.get(area)
        if found is not None:
            found.belief.doubt(self._clock.monotonic())
            self._settle(area, found, ())

    def catch_up(self) -> float:
        """Tell of what time alone has changed; returns when (monotonic seconds) it will next change something."""
        at = self._clock.monotonic()
        for area, found in tuple(self._areas.items()):
            if found.due is None or found.due <= at:
                self._settle(area, found, ())
                found.due = found.belief.next_change(at)
        return min((found.due for found in self._areas.values() if found.due is not None), default=FOREVER)

    def _settle(self, area: str, found: _Area, causes: tuple[int, ...]) -> None:
        at = self._clock.monotonic()
        somebody, people = now = (found.belief.somebody(at), found.belief.people(at))
        found.due = None
        self.news.set()
        if now == found.told:
            return
        found.told = now
        sure = found.belief.probability(at)
        confidence = round(sure if somebody else 1.0 - sure, 3)
        origin = Origin(area=area, source="presence")
        event = PresenceChanged(area=area, people=people, confidence=confidence, origin=origin, causes=causes)
        self._bus.publish(event)
        known = None if somebody is None else people
        self._states.set(AREA + area, "Measure", known, origin=origin, causes=(event.id,))
        self._states.set(AREA + area, "Presence", somebody, origin=origin, causes=(event.id,))
