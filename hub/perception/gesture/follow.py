"""Which hand in this frame is which hand of the frames before, and what each has shown over time."""

import math
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from msgspec import Struct

from hub.perception.seen import Hand, HandsSeen

NONE: Final = "none"
ABSENT: Final = ""
"""What a hand shows that is not to be seen."""
UNCLEAR: Final = "?"
"""What a hand shows that cannot be told for sure."""
AWAY_S: Final = 0.8
"""A hand that was not seen for so long has gone; if one comes, it is another."""
_SURE: Final = 0.7
_FASTEST: Final = 30.0
"""Palms a second: a quick swipe."""
_NEAR: Final = 2.0
"""Palms that a hand may seem to jump from one frame to the next."""
_OTHER_SIDE: Final = 1.0
"""Palms by which a hand of the other side seems farther away: it may still be the same, misjudged."""
_LONGEST_GAP_S: Final = 0.4
"""Between two frames; what a hand shows in a longer gap, nobody knows. So no single frame, which has half of the gaps
beside it, is most of 0.3 s."""


class Followed(Struct, frozen=True):
    """A hand in a frame, and the number that it has as long as it is followed.

    `x` and `y` are its wrist in units of the picture's height.
    """

    number: int
    hand: Hand
    x: float
    y: float


class _Place(Struct):
    hand: Hand
    x: float  # in units of the picture's height, as y
    t: float


class Follower:
    """Follows the hands of one camera by the nearest wrist."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}
        self._last_number = 0
        self._t = -math.inf

    def take(self, seen: HandsSeen) -> tuple[Followed, ...]:
        """The hands of a frame, by number. A time before the last one is another film's: all hands are new then."""
        if seen.t < self._t:
            self._places.clear()
        self._t = seen.t
        self._places = {n: place for n, place in self._places.items() if seen.t - place.t < AWAY_S}
        numbers = self._match(seen)
        followed: list[Followed] = []
        for index, hand in enumerate(seen.hands):
            number = numbers.get(index)
            if number is None:
                number = self._last_number = self._last_number + 1
            self._places[number] = _Place(hand, hand.x * seen.aspect, seen.t)
            followed.append(Followed(number, hand, hand.x * seen.aspect, hand.y))
        return tuple(followed)

    def _match(self, seen: HandsSeen) -> dict[int, int]:
        pairs = sorted(
            (distance, index, number)
            for index, hand in enumerate(seen.hands)
            for number, place in self._places.items()
            if (distance := _distance(hand, seen.aspect, place)) <= max(_NEAR, _FASTEST * (seen.t - place.t))
        )
        numbers: dict[int, int] = {}
        for _, index, number in pairs:
            if index not in numbers and number not in numbers.values():
                numbers[index] = number
        return numbers


def _distance(hand: Hand, aspect: float, place: _Place) -> float:
    palm = max(hand.size, place.hand.size, 1e-3)
    way = math.hypot(hand.x * aspect - place.x, hand.y - place.hand.y) / palm
    return way + (_OTHER_SIDE if hand.hand != place.hand.hand else 0.0)


def shows(hand: Hand) -> str:
    """The gesture that counts, `UNCLEAR` where it is not sure enough."""
    return hand.gesture if hand.confidence >= _SURE else UNCLEAR


class Showing:
    """What one hand has shown in the last seconds. Time is shared out between frames at the middle of their gap."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._moments: deque[tuple[float, str]] = deque()

    @property
    def last(self) -> float:
        """The second of the last frame with the hand in it or without."""
        return self._moments[-1][0] if self._moments else -math.inf

    def add(self, t: float, name: str) -> None:
        """The hand shows `name` in second `t`, which is not before the last one."""
        if self._moments and t <= self.last:
            return
        self._moments.append((t, name))
        while len(self._moments) > 2 and self._moments[1][0] < t - self._keep_s:
            self._moments.popleft()

    def share(self, names: Iterable[str], span_s: float) -> float:
        """The share (0 to 1) of the last `span_s` seconds in which the hand showed one of `names`."""
        wanted, start, total = frozenset(names), self.last - span_s, 0.0
        for (t0, name0), (t1, name1) in pairwise(self._moments):
            if t1 - t0 > _LONGEST_GAP_S:
                continue
            middle = (t0 + t1) / 2
            for begin, end, name in ((t0, middle, name0), (middle, t1, name1)):
                if name in wanted:
                    total += max(0.0, end - max(begin, start))
        return total / span_s

    def share_of_others(self, names: Iterable[str], span_s: float) -> float:
        """The share of that time in which the hand certainly showed something else, or was certainly not there."""
        return self.share({name for _, name in self._moments}.difference(names), span_s)

    def mostly(self, span_s: float, share: float) -> str:
        """The gesture that the hand showed for `share` of the last `span_s` seconds; "" where there is none."""
        names = {name for _, name in self._moments} - {NONE, UNCLEAR, ABSENT}
        return next((name for name in sorted(names) if self.share((name,), span_s) >= share), "")

    def first(self, name: str, span_s: float) -> float:
        """The second in which `name` was shown first within the last `span_s` seconds."""
        return min((t for t, shown in self._moments if shown == name and t >= self.last - span_s), default=self.last)
