"""Labels from use: a gesture whose command stayed was right, one that was taken back at once was probably not."""

from typing import Final

import numpy as np
import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError
from hub.core.events import CommandDone, CommandSent, Event, GestureMade, IntentMatched
from hub.learning.federated.home_pupil import HomePupil
from hub.learning.labels import Verdict
from hub.perception.gesture.features import SIZE

log = structlog.get_logger(__name__)
STAYS_S: Final = 60.0
"""What is not taken back for so long was right. After that nothing of it is in memory any more."""
_LOOK_S: Final = 5.0
_MOST: Final = 64
_MOST_EVENTS: Final = 512
_UNDO: Final = "dialogue.undo"
_NETWORK_NAMES: Final = {"thumb_up": "thumb", "thumb_down": "thumb"}


class _Gesture(Struct):
    said: str
    features: bytes
    at: float
    entities: set[str]
    """What its commands changed; nothing is told of a gesture that did nothing."""
    undone: bool = False


class FromUse:
    """Follows what came of each gesture. `noticed` brings the features, which never are on the bus."""

    def __init__(self, bus: Bus, pupil: HomePupil, clock: Clock | None = None) -> None:
        self._pupil, self._clock = pupil, clock or SystemClock()
        self._features: dict[int, bytes] = {}
        self._gestures: dict[int, _Gesture] = {}
        self._because: dict[int, int] = {}
        """Events that a gesture led to -> the gesture."""
        self._undo: set[int] = set()
        self._sent: dict[int, CommandSent] = {}
        self._cancels = (
            bus.subscribe(GestureMade, self._made),
            bus.subscribe(IntentMatched, self._matched),
            bus.subscribe(CommandSent, self._command),
            bus.subscribe(CommandDone, self._done),
        )

    def close(self) -> None:
        """Follow nothing any more, and forget what was noticed."""
        for cancel in self._cancels:
            cancel()
        self.forget()

    def forget(self) -> None:
        """Drop what is noted of gestures that nothing has been told of yet."""
        for kept in (self._features, self._gestures, self._because, self._undo, self._sent):
            kept.clear()

    def noticed(self, event: int, features: bytes) -> None:
        """The features of the hand that makes the `GestureMade` with this id, which is told next."""
        self._features = {event: features}

    async def run(self) -> None:
        """Tell the pupil, until cancelled."""
        while True:
            await self._clock.sleep(_LOOK_S)
            await self.settle()

    async def settle(self) -> None:
        """Tell the pupil of each gesture that is decided, and forget it."""
        now = self._clock.monotonic()
        for number, gesture in tuple(self._gestures.items()):
            if not gesture.undone and now - gesture.at < STAYS_S:
                continue
            self._gestures.pop(number, None)
            if gesture.undone or gesture.entities:
                await self._tell(gesture, "undone" if gesture.undone else "confirmed")
        if not self._gestures:
            self.forget()

    async def _tell(self, gesture: _Gesture, verdict: Verdict) -> None:
        try:
            await self._pupil.told(np.frombuffer(gesture.features, "<f4"), gesture.said, verdict)
        except HearthError as error:
            log.warning("an example from use was not kept", error=str(error))

    def _made(self, made: GestureMade) -> None:
        features = self._features.pop(made.id, b"")
        if len(features) != 4 * SIZE:
            return  # a motion, or a camera that nobody learns from
        said = _NETWORK_NAMES.get(made.name, made.name)
        self._gestures[made.id] = _Gesture(said, features, self._clock.monotonic(), set())
        self._because[made.id] = made.id
        while len(self._gestures) > _MOST:
            del self._gestures[next(iter(self._gestures))]

    def _matched(self, intent: IntentMatched) -> None:
        if intent.name == _UNDO:
            self._undo.add(intent.id)
        else:
            self._follow(intent)

    def _command(self, sent: CommandSent) -> None:
        if self._gestures and (self._follow(sent) or not self._undo.isdisjoint(sent.causes)):
            self._sent[sent.command] = sent
            while len(self._sent) > _MOST_EVENTS:
                del self._sent[next(iter(self._sent))]

    def _done(self, done: CommandDone) -> None:
        sent = self._sent.pop(done.command, None)
        if sent is None:
            return
        if not self._undo.isdisjoint(sent.causes):
            self._taken_back(sent.entity)
        elif (gesture := self._gestures.get(self._because.get(sent.id, 0))) is not None:
            gesture.entities.add(sent.entity)

    def _taken_back(self, entity: str) -> None:
        """The newest gesture that changed it was meant, as the undo log means it."""
        for gesture in reversed(self._gestures.values()):
            if entity in gesture.entities and not gesture.undone:
                gesture.undone = True
                return

    def _follow(self, event: Event) -> bool:
        """Whether a gesture led to this; then it is followed in turn."""
        gesture = next((self._because[cause] for cause in event.causes if cause in self._because), None)
        if gesture is None:
            return False
        self._because[event.id] = gesture
        while len(self._because) > _MOST_EVENTS:
            del self._because[next(iter(self._because))]
        return True
