"""Which gestures a hand shows, rid of what it merely passes through from one to the next."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.perception.gesture.follow import ABSENT, AWAY_S, NONE, UNCLEAR, Followed, Showing, shows
from hub.perception.seen import Hand

_SPAN_S: Final = 0.3
_MAJORITY: Final = 0.7
_FORGET_S: Final = 0.6
"""A gesture that was let go for most of this time counts again."""
_SURE: Final = 0.5
"""How sure a still must be: there is no next frame to make sure with."""
_NOTHING: Final = (NONE, UNCLEAR)


class Shown(Struct, frozen=True, kw_only=True):
    """Hand `number` shows a gesture, or made a motion: since second `since`, certain in second `t`."""

    number: int
    name: str
    hand: str
    confidence: float
    since: float
    t: float


class _Known:
    def __init__(self) -> None:
        self.showing = Showing(_FORGET_S)
        self.told = NONE
        self.seen = 0.0


class Steady:
    """Tells each gesture once, when it was shown for most of 0.3 s: until it changes or the hand has gone.

    `stills`: every picture stands for itself, and what it shows is told at once.
    """

    def __init__(self, *, stills: bool = False) -> None:
        self._stills = stills
        self._known: dict[int, _Known] = {}

    def take(self, hands: Iterable[Followed], t: float) -> tuple[Shown, ...]:
        """The gestures that became certain with the frame of second `t`."""
        here = {followed.number: followed.hand for followed in hands}
        if self._stills:
            return tuple(
                _told(n, hand, t, t) for n, hand in here.items() if hand.gesture != NONE and hand.confidence >= _SURE
            )
        told: list[Shown] = []
        for number in here:
            self._known.setdefault(number, _Known())
        for number, known in tuple(self._known.items()):
            if number in here:
                known.seen = t
                known.showing.add(t, shows(here[number]))
                told += self._tell(number, known, here[number], t)
            elif not 0 <= t - known.seen < AWAY_S:
                del self._known[number]
            else:
                known.showing.add(t, ABSENT)
        return tuple(told)

    @staticmethod
    def _tell(number: int, known: _Known, hand: Hand, t: float) -> list[Shown]:
        name = shows(hand)
        if known.showing.share((NONE, ABSENT), _FORGET_S) >= _MAJORITY:
            known.told = NONE
        if name in (*_NOTHING, known.told) or known.showing.share((name,), _SPAN_S) < _MAJORITY:
            return []
        known.told = name
        return [_told(number, hand, known.showing.first(name, _SPAN_S), t)]


def _told(number: int, hand: Hand, since: float, t: float) -> Shown:
    return Shown(number=number, name=hand.gesture, hand=hand.hand, confidence=hand.confidence, since=since, t=t)
