"""Which rooms are in use and who is at home: every sign of people that the bus and the cameras bring.

Told are `PresenceChanged`, and the states of `area.<id>` and `person.<id>` (`hub.core.whereabouts`). An area that
nothing tells of has no presence, which is not the same as nobody.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.entities import HomeView
from hub.core.events import (
    AvailabilityChanged,
    Event,
    GestureSeen,
    HomeChanged,
    SpeechTranscribed,
    StateChanged,
    Value,
    WakeHeard,
)
from hub.core.settings import PresenceSettings
from hub.core.states import StateTable
from hub.core.whereabouts import AREA, PERSON, Located
from hub.perception.presence.areas import Areas
from hub.perception.presence.belief import FOREVER, Sign
from hub.perception.presence.evidence import LOCATED, SPEECH, SURE_SPEECH, UNSURE_SPEECH, WAKE
from hub.perception.presence.people import People
from hub.perception.presence.readers import Reader, Readers, Report, readers_of
from hub.perception.presence.signs import CameraLooks
from hub.perception.seen import PeopleSeen

_OLD_WORD: Final = 0.3
"""What a sensor's value from before a restart is worth, until its integration had time to bring another."""
_REPORTED_S: Final = 120.0
_LAMP_S: Final = 10.0
"""How long after the hub switched a lamp a step of the light is its own doing."""
_GATHER_S: Final = 0.1
_LOCATED_S: Final = 1800.0
_TRACKED: Final = ("Presence", "Text")


class Rooms:
    """Listens from its making on; `run` lets beliefs fade. All on the event loop's thread.

    `view` gives the home as it stands. Cameras tell by `people_seen` and `camera_closed`, all others by the bus.
    """

    def __init__(
        self, bus: Bus, states: StateTable, view: Callable[[], HomeView], clock: Clock, settings: PresenceSettings
    ) -> None:
        self._states = states
        self._get_view = view
        self._clock = clock
        self._enabled = settings.enabled
        self._not_in = frozenset(settings.not_in)
        trackers = (entity for entities in settings.people.values() for entity in entities)
        self._no_sensors = frozenset({*settings.ignore, *trackers})
        self._people = People(settings.people)
        self._areas = Areas(bus, states, clock)
        self._cameras: dict[str, CameraLooks] = {}
        self._located: dict[str, Located] = {}
        self._view = HomeView()
        self._readers: Readers = {}
        self._reported: set[tuple[str, str]] = set()  # entity and trait, of whom a change is news
        self._last: dict[str, int] = {}  # source -> the last event of it
        self._switched: dict[str, float] = {}  # area -> when the hub switched a lamp there
        self._all_reported = clock.monotonic() + _REPORTED_S
        self._cancels: list[Callable[[], None]] = []
        self._forget_what_was()
        if self._enabled:
            self._cancels = [
                bus.subscribe(HomeChanged, lambda _: self._look_round()),
                bus.subscribe(StateChanged, self._changed),
                bus.subscribe(AvailabilityChanged, self._available),
                bus.subscribe(WakeHeard, self._woken),
                bus.subscribe(SpeechTranscribed, self._heard),
                bus.subscribe(GestureSeen, self._gesture),
            ]
            self._look_round()

    def close(self) -> None:
        """Stop listening. From now on nobody knows who is where, and the state table says so."""
        while self._cancels:
            self._cancels.pop()()
        self._forget_what_was()

    async def run(self) -> None:
        """Tell when beliefs fade, until cancelled. It sleeps until the next moment at which something can change."""
        while True:
            self._areas.news.clear()
            if self._clock.monotonic() >= self._all_reported:
                self._all_reported = FOREVER
                self._take_at_their_word()
            await self._sleep_until(min(self._areas.catch_up(), self._all_reported))
            await self._clock.sleep(_GATHER_S)  # a flood of events is looked at once in a while, not once each

    async def _sleep_until(self, due: float) -> None:
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._areas.news.wait())]
        if due < FOREVER:
            waits.append(asyncio.create_task(self._clock.sleep(max(due - self._clock.monotonic(), 0.0))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # -- asking ----------------------------------------------------------------------------------------------------

    def belief(self, area: str) -> float:
        """How likely somebody is in the area, 0 to 1; the prior where nothing tells."""
        return self._areas.belief(area)

    def somebody(self, area: str) -> bool | None:
        """Whether somebody is in the area; None where nothing tells."""
        return self._areas.somebody(area)

    def people(self, area: str) -> int:
        """How many are in the area; 0 also where nothing tells."""
        return self._areas.people(area)

    # -- what cameras and trackers tell ----------------------------------------------------------------------------

    def people_seen(self, area: str, stream: str, seen: PeopleSeen) -> None:
        """Camera `stream` looked for people in the area."""
        sign = self._camera(stream).look(seen, self._clock.monotonic())
        if sign is not None:
            self._tell(area, stream, sign)

    def camera_closed(self, area: str, stream: str) -> None:
        """The camera looks no more. That is no sign of anybody, nor of nobody."""
        self._cameras.pop(stream, None)
        self._areas.lose(area, stream)

    def person_in(self, person: str, where: Located, causes: tuple[int, ...] = ()) -> None:
        """A person is at home or not, in that area and in no other ("": it is not known in which)."""
        source = PERSON + person
        before = self._located.get(person, Located())
        self._located[person] = where
        self._states.set(source, "Presence", where.home, causes=causes)
        self._states.set(source, "Text", where.area if where.home else "", causes=causes)
        if before.area and before.area != where.area:
            self._areas.forget(before.area, source, causes)
            self._areas.doubt(before.area)  # what else was noticed there may have been the same person
        if where.home and where.area:
            at = self._clock.monotonic()
            sign = Sign(strength=LOCATED, since=at, hold_s=_LOCATED_S, half_life_s=_LOCATED_S, who=person)
            self._tell(where.area, source, sign, causes)

    # -- what the bus tells ----------------------------------------------------------------------------------------

    def _changed(self, event: StateChanged) -> None:
        if self._get_view() is not self._view:
            self._look_round()
        key = (event.entity, event.trait)
        if event.trait in _TRACKED and self._people.tracks(event.entity):
            self._track(event.entity, event.value, (event.id,))
        reader = self._readers.get(key)
        if reader is None or self._again(f"{event.entity} {event.trait}", event):
            return
        # What differs from before a restart, or from before it could not be reached, changed nobody knows when.
        old = event.old if key in self._reported else None
        self._reported.add(key)
        self._read(reader, event.value, old, causes=(event.id,), ours=bool(event.causes))

    def _read(
        self,
        reader: Reader,
        value: Value,
        old: Value = None,
        *,
        causes: tuple[int, ...] = (),
        ours: bool = False,
        worth: float = 1.0,
    ) -> None:
        at, area = self._clock.monotonic(), reader.area
        if value is None:
            self._areas.lose(area, reader.source, causes)
            return
        if ours and reader.lamp:
            self._switched[area] = at
        report = Report(
            value=value,
            at=at,
            old=old,
            ours=ours,
            our_lamp=at - self._switched.get(area, -FOREVER) < _LAMP_S,
            before=self._areas.worth(area, reader.source),
            worth=worth,
        )
        sign = reader.read(report)
        if sign is None:
            return
        if reader.way_in:
            self._areas.doubt(area)
        self._tell(area, reader.source, sign, causes)

    def _track(self, entity: str, value: Value, causes: tuple[int, ...] = ()) -> None:
        person = self._people.tracks(entity)
        if person is not None:
            self.person_in(person, self._people.tell(entity, value, self._view.areas), causes)

    def _available(self, event: AvailabilityChanged) -> None:
        entity, causes = event.entity, (event.id,)
        for trait in _TRACKED if self._people.tracks(entity) else ():
            value = self._states.value(entity, trait)
            if value is not None:
                self._track(entity, value if event.available else None, causes)
        for trait in self._states.get(entity):
            reader = self._readers.get((entity, trait))
            if reader is None:
                continue
            self._reported.discard((entity, trait))
            if not event.available:
                self._areas.lose(reader.area, reader.source, causes)
            elif reader.stands:
                self._read(reader, self._states.value(entity, trait), causes=causes)

    def _woken(self, event: WakeHeard) -> None:
        at = self._clock.monotonic()
        # Words that were heard a moment ago are worth more than the next wake word.
        if not self._again(event.stream, event) and self._areas.worth(event.origin.area, event.stream) < WAKE.worth:
            self._tell(event.origin.area, event.stream, WAKE.sign(at), (event.id,))

    def _heard(self, event: SpeechTranscribed) -> None:
        moment = SPEECH if event.confidence >= SURE_SPEECH else UNSURE_SPEECH
        if not self._again(event.stream, event):
            self._tell(event.origin.area, event.stream, moment.sign(self._clock.monotonic()), (event.id,))

    def _gesture(self, event: GestureSeen) -> None:
        if not self._again(event.stream, event):
            sign = self._camera(event.stream).hand(event.confidence, self._clock.monotonic())
            self._tell(event.origin.area, event.stream, sign, (event.id,))

    def _again(self, source: str, event: Event) -> bool:
        """Whether this event of the source was told already."""
        again = self._last.get(source) == event.id
        self._last[source] = event.id
        return again

    # -- inside ----------------------------------------------------------------------------------------------------

    def _tell(self, area: str, source: str, sign: Sign, causes: tuple[int, ...] = ()) -> None:
        if self._enabled and area and area not in self._not_in:
            self._areas.tell(area, source, sign, causes)

    def _camera(self, stream: str) -> CameraLooks:
        return self._cameras.setdefault(stream, CameraLooks())

    def _forget_what_was(self) -> None:
        """The table may hold what was true before a restart. Nobody knows how long ago that was."""
        for thing, traits in tuple(self._states):
            if thing.startswith((AREA, PERSON)):
                for trait in tuple(traits):
                    self._states.set(thing, trait, None)

    def _look_round(self) -> None:
        """Read the sensors that are new; what one said that is gone, or in another area now, is taken back."""
        view = self._get_view()
        if view is self._view:
            return
        self._view = view
        before, now = self._readers, readers_of(view, self._readers, ignore=self._no_sensors, not_in=self._not_in)
        self._readers = now
        for key, reader in before.items():
            if now.get(key) is not reader:
                self._reported.discard(key)
                self._areas.forget(reader.area, reader.source)
        for (entity, trait), reader in now.items():
            state = self._states.get(entity).get(trait)
            if state is None or before.get((entity, trait)) is reader or not self._states.available(entity):
                continue
            if state.event:
                self._reported.add((entity, trait))
            if reader.stands:
                worth, causes = (1.0, (state.event,)) if state.event else (_OLD_WORD, ())
                self._read(reader, state.value, worth=worth, causes=causes)
        if not before:
            self._track_all(since_start=True)

    def _take_at_their_word(self) -> None:
        """Whoever has not said otherwise since the start means what it said before."""
        for (entity, trait), reader in self._readers.items():
            state = self._states.get(entity).get(trait)
            if state is not None and not state.event and self._states.available(entity):
                self._reported.add((entity, trait))
                if reader.stands:
                    self._read(reader, state.value)
        self._track_all(since_start=False)

    def _track_all(self, *, since_start: bool) -> None:
        """Read the trackers, those that have reported since the hub's start or those that have not."""
        for entity in self._people.trackers:
            for trait in _TRACKED:
                state = self._states.get(entity).get(trait)
                if state is not None and bool(state.event) is since_start and self._states.available(entity):
                    self._track(entity, state.value)
