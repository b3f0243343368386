"""What the hands in front of one camera say over time: gestures and motions shown, and which of them are meant."""

from msgspec import Struct

from hub.perception.gesture.follow import Follower
from hub.perception.gesture.motion import Motions
from hub.perception.gesture.steady import Shown, Steady
from hub.perception.gesture.trigger import Made, Trigger
from hub.perception.seen import HandsSeen


class Said(Struct, frozen=True):
    """What became certain with one frame: gestures and motions that were shown, and what was meant."""

    shown: tuple[Shown, ...] = ()
    made: tuple[Made, ...] = ()


class GestureReader:
    """Reads one camera's hands. Plain Python over times in seconds; it holds no pictures and no models.

    `stills`: single pictures; each shows its gestures at once, and nothing is meant. `arm`: see `Trigger`.
    """

    def __init__(self, *, stills: bool = False, arm: bool = True) -> None:
        self._stills = stills
        self._follower = Follower()
        self._steady = Steady(stills=stills)
        self._motions = Motions()
        self._trigger = Trigger(arm=arm)

    def wake(self, t: float) -> None:
        """The wake word was heard where the camera is, in second `t` of the camera's own time."""
        self._trigger.wake(t)

    def take(self, seen: HandsSeen) -> Said:
        """What the hands of a frame add."""
        hands = self._follower.take(seen)
        shown = self._steady.take(hands, seen.t)
        if self._stills:
            return Said(shown)
        motions = self._motions.take(hands, seen.t)
        return Said((*shown, *motions), self._trigger.take(hands, motions, seen.t))
