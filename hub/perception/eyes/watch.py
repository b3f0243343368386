"""What one camera's hands mean: from every look at them to the events that the home acts on."""

import math
from collections.abc import Callable, Iterator
from typing import Final

from hub.core.events import Event, GestureMade, GestureSeen, HandPointed, Origin
from hub.perception.gesture.reading import GestureReader
from hub.perception.gesture.steady import Shown
from hub.perception.gesture.trigger import Made
from hub.perception.seen import Hand, HandsSeen

_POINTED_EVERY_S: Final = 0.1


class Watch:
    """The hands in front of one camera over time.

    `stills`: single pictures; what they show is seen, but nothing is meant. `arm`: only an open palm or the wake word
    makes a hand's next gesture count. `points`: tell where fingers point. `noticed` gets the id of each `GestureMade`,
    before it is told, and the features of its hand: these go past the bus, so that they come into no history and no
    log.
    """

    def __init__(
        self,
        stream: str,
        origin: Origin,
        *,
        stills: bool = False,
        arm: bool = True,
        points: bool = True,
        noticed: Callable[[int, bytes], None] = lambda _event, _features: None,
    ) -> None:
        self._stream = stream
        self._origin = origin
        self._points = points and not stills
        self._noticed = noticed
        self._reader = GestureReader(stills=stills, arm=arm)
        self._pointed = -math.inf
        self._seen: dict[str, int] = {}
        """The last event that told of each gesture."""

    def wake(self, t: float) -> None:
        """The wake word was heard where the camera is, in second `t` of it: the next gesture counts."""
        self._reader.wake(t)

    def take(self, seen: HandsSeen) -> Iterator[Event]:
        """`GestureSeen` once for each gesture and motion, `GestureMade` where it is meant, `HandPointed` meanwhile."""
        said = self._reader.take(seen)
        yield from map(self._gesture, said.shown)
        yield from (self._made(made, seen) for made in said.made)
        if self._points:
            yield from self._pointing(seen)

    def _gesture(self, shown: Shown) -> Event:
        event = GestureSeen(
            stream=self._stream,
            name=shown.name,
            hand=shown.hand,
            confidence=shown.confidence,
            t=shown.since,
            origin=self._origin,
        )
        self._seen[shown.name] = event.id
        return event

    def _made(self, made: Made, seen: HandsSeen) -> Event:
        causes = (self._seen[made.name],) if made.name in self._seen else ()
        event = GestureMade(
            stream=self._stream, name=made.name, hand=made.hand, t=made.t, origin=self._origin, causes=causes
        )
        told_by = (h.features for h in seen.hands if (h.hand, h.gesture) == (made.hand, made.name))
        if features := next(told_by, b""):
            self._noticed(event.id, features)
        return event

    def _pointing(self, seen: HandsSeen) -> Iterator[Event]:
        hand = max(filter(_points, seen.hands), key=lambda hand: hand.confidence, default=None)
        if hand is None or hand.pointing is None or 0 <= seen.t - self._pointed < _POINTED_EVERY_S:
            return
        self._pointed = seen.t
        where = hand.pointing
        yield HandPointed(
            stream=self._stream,
            x=where.x,
            y=where.y,
            dx=where.dx,
            dy=where.dy,
            aspect=where.aspect,
            t=seen.t,
            origin=self._origin,
        )


def _points(hand: Hand) -> bool:
    return hand.pointing is not None
