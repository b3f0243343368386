"""Which gestures are meant: a hand that is armed holds one, and lets go before it counts again."""

import math
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.perception.gesture.follow import ABSENT, AWAY_S, NONE, UNCLEAR, Followed, Showing, shows
from hub.perception.gesture.steady import Shown

PALM: Final = "open_palm"
HOLD_S: Final = 0.4
"""How long a gesture is held until it counts, and an open palm until it arms."""
HELD: Final = 0.7
"""The share of that time in which it must be seen."""
PALM_HOLD_S: Final = 1.5
PALM_HELD: Final = 0.8
"""The same for an open palm that counts itself: longer than it needs to arm."""
PALM_STILL_S: Final = 1.0
"""How long it must have been still, too: else it is about to make a motion."""
_STILL: Final = 0.7
"""Palms that a still hand may move."""
LET_GO_S: Final = 0.3
ARMED_S: Final = 3.0
"""How long a hand stays armed after its palm was last shown."""
RESTING_S: Final = 1.0
"""What a hand shows for so long before the wake word is how it rests."""
WOKEN_S: Final = 8.0
"""How long all hands are armed after the wake word."""
_SAYS_NOTHING: Final = (NONE, UNCLEAR, ABSENT)


class Made(Struct, frozen=True):
    """A gesture was meant, in second `t`."""

    name: str
    hand: str
    t: float


class _State:
    """What is known of one hand."""

    def __init__(self) -> None:
        self.showing = Showing(PALM_HOLD_S)
        self.seen = -math.inf
        self.armed_until = -math.inf
        self.spent = ""
        """The gesture that counted last, until it is let go."""
        self._place = (math.inf, math.inf)
        self._still_since = -math.inf

    def see(self, followed: Followed, t: float) -> None:
        """Take the hand as it is in second `t`."""
        self.seen = t
        self.showing.add(t, shows(followed.hand))
        place = (followed.x, followed.y)
        if not math.dist(place, self._place) <= _STILL * followed.hand.size:
            self._place, self._still_since = place, t

    def holds(self, name: str, t: float) -> bool:
        """Whether the gesture has been held long enough to count."""
        if name != PALM:
            return self.showing.share((name,), HOLD_S) >= HELD
        return t - self._still_since >= PALM_STILL_S and self.showing.share((PALM,), PALM_HOLD_S) >= PALM_HELD


class Trigger:
    """The hands in front of one camera. Times are seconds of that camera, and rise.

    `arm` off: every gesture that is held counts, also without an open palm or the wake word before. An open palm counts
    itself when it is held longer, and still: the hand may be about to show something, or to make a motion.
    """

    def __init__(self, *, arm: bool = True) -> None:
        self._arm = arm
        self._woken_until = -math.inf
        self._t = -math.inf
        self._hands: dict[int, _State] = {}

    def wake(self, t: float) -> None:
        """The wake word was heard in second `t` where the camera is: the next gesture counts.

        What a hand has shown for a while already, such as a fist at rest, is not it.
        """
        self._woken_until = t + WOKEN_S
        for state in self._hands.values():
            state.spent = state.spent or state.showing.mostly(RESTING_S, HELD)

    def take(self, hands: Iterable[Followed], motions: Iterable[Shown], t: float) -> tuple[Made, ...]:
        """What was meant with the frame of second `t`: its hands, and the motions that ended with it."""
        if t < self._t:  # another film
            self._hands.clear()
            self._woken_until = -math.inf
        self._t = t
        here = {followed.number: followed for followed in hands}
        made: list[Made] = []
        for number, followed in here.items():
            state = self._hands.setdefault(number, _State())
            state.see(followed, t)
            name = self._meant(state, shows(followed.hand), t)
            if name:
                made.append(Made(name, followed.hand.hand, t))
        for number, state in tuple(self._hands.items()):
            if t - state.seen >= AWAY_S:
                del self._hands[number]
            elif number not in here:
                state.showing.add(t, ABSENT)
        return (*made, *self._moved(motions, t))

    def _meant(self, state: _State, name: str, t: float) -> str:
        """The gesture that counts now, "" for none."""
        showing = state.showing
        if state.spent and showing.share_of_others((state.spent, UNCLEAR), LET_GO_S) >= HELD:
            state.spent = ""
        armed = self._is_armed(state, t)
        if name == PALM and showing.share((PALM,), HOLD_S) >= HELD and not state.spent:
            state.armed_until = t + ARMED_S
        if name in _SAYS_NOTHING or state.spent == name or not armed or not state.holds(name, t):
            return ""
        self._spend(state, name)
        return name

    def _moved(self, motions: Iterable[Shown], t: float) -> list[Made]:
        made: list[Made] = []
        for motion in motions:
            state = self._hands.get(motion.number)
            if state is not None and self._is_armed(state, t):
                self._spend(state, PALM)  # the hand is open still
                made.append(Made(motion.name, motion.hand, t))
        return made

    def _is_armed(self, state: _State, t: float) -> bool:
        return not self._arm or t < max(state.armed_until, self._woken_until)

    def _spend(self, state: _State, name: str) -> None:
        state.spent = name
        state.armed_until = self._woken_until = -math.inf
