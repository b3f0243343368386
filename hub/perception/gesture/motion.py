"""Motions of an open hand: swipe_left, swipe_right, raise, lower, circle.

Left and right are the person's own, who looks at the camera: a hand that goes to the right in the picture swipes left.
All is measured in palms and seconds, so that neither distance nor frame rate matters.
"""

from collections import deque
from collections.abc import Iterable
from statistics import median
from typing import Final

from msgspec import Struct

from hub.perception.gesture.follow import NONE, UNCLEAR, Followed, shows
from hub.perception.gesture.path import Point, is_circle, resampled
from hub.perception.gesture.steady import Shown
from hub.perception.gesture.stroke import STEP_S, find_stroke

_OPEN: Final = ("open_palm", "four")
_POINT: Final = "point"
_UNSAID: Final = (NONE, UNCLEAR)
_KEEP_S: Final = 2.6
_STROKE_S: Final = 1.6
_CIRCLES_S: Final = (0.8, 1.2, 1.6, 2.0, 2.5)
_CIRCLE: Final = 0.7
_FINGER_CIRCLE: Final = 0.35
"""The least radius in palms, of the wrist's way and of a finger tip's."""
_GAP_S: Final = 0.4
"""Nobody knows where a hand went in a longer gap."""
_QUIET_S: Final = 1.0
"""After a motion, while the hand goes back."""
_NAMES: Final = {(0, 1): "swipe_left", (0, -1): "swipe_right", (1, 1): "lower", (1, -1): "raise"}


class _Moment(Struct, frozen=True):
    t: float
    wrist: Point
    tip: Point | None
    size: float
    name: str
    confidence: float


class _Way:
    """Where one hand went."""

    def __init__(self) -> None:
        self.moments: deque[_Moment] = deque()
        self.quiet_until = 0.0

    def add(self, moment: _Moment) -> None:
        if self.moments and not 0 < moment.t - self.moments[-1].t <= _GAP_S:
            self.moments.clear()
        if moment.t < self.quiet_until:
            return
        self.moments.append(moment)
        while moment.t - self.moments[0].t > _KEEP_S:
            self.moments.popleft()

    def points(self, span_s: float, *, tips: bool = False) -> list[Point]:
        """The last `span_s` seconds in palms, a point every `STEP_S`; as much as there is."""
        last = self.moments[-1].t
        kept = [m for m in self.moments if m.t >= last - span_s - _GAP_S]
        palm = max(median(m.size for m in kept), 1e-3)
        places = [m.tip if tips and m.tip is not None else m.wrist for m in kept]
        start = max(kept[0].t, last - span_s)
        return resampled([m.t for m in kept], [(x / palm, y / palm) for x, y in places], start, last, STEP_S)

    def share(self, names: Iterable[str], start: float, end: float) -> float:
        """The share of the frames between two seconds in which the hand showed one of `names`."""
        wanted = frozenset(names)
        frames = [m.name in wanted for m in self.moments if start <= m.t <= end]
        return sum(frames) / len(frames) if frames else 0.0


class Motions:
    """Tells the motions of one camera's hands, each when it has ended."""

    def __init__(self) -> None:
        self._ways: dict[int, _Way] = {}

    def take(self, hands: Iterable[Followed], t: float) -> tuple[Shown, ...]:
        """The motions that ended with the frame of second `t`."""
        self._ways = {n: way for n, way in self._ways.items() if way.moments and 0 <= t - way.moments[-1].t <= _KEEP_S}
        told: list[Shown] = []
        for followed in hands:
            way = self._ways.setdefault(followed.number, _Way())
            way.add(_moment(followed, t))
            found = _motion(way) if way.moments else None
            if found is not None:
                name, since = found
                sure = [m.confidence for m in way.moments if m.name not in _UNSAID]
                confidence = round(sum(sure) / len(sure), 3) if sure else 0.0
                told.append(
                    Shown(
                        number=followed.number,
                        name=name,
                        hand=followed.hand.hand,
                        confidence=confidence,
                        since=since,
                        t=t,
                    )
                )
                way.quiet_until = t + _QUIET_S
        return tuple(told)


def _moment(followed: Followed, t: float) -> _Moment:
    hand, pointing = followed.hand, followed.hand.pointing
    tip = (pointing.x * pointing.aspect, pointing.y) if pointing is not None else None
    return _Moment(t, (followed.x, followed.y), tip, hand.size, shows(hand), hand.confidence)


def _motion(way: _Way) -> tuple[str, float] | None:
    """The motion that has just ended, and when it began."""
    last = way.moments[-1].t
    if last < way.quiet_until:
        return None
    points = way.points(_STROKE_S)
    stroke = find_stroke(points)
    if stroke is not None:
        began = last - (len(points) - 1 - stroke.start) * STEP_S
        if way.share(_OPEN, began - 0.4, began + STEP_S) >= 0.5 and way.share((*_OPEN, *_UNSAID), began, last) >= 0.7:
            return _NAMES[stroke.axis, stroke.sign], began
    for span_s in _CIRCLES_S:
        if last - way.moments[0].t >= span_s - STEP_S and _is_circle(way, span_s, last):
            return "circle", last - span_s
    return None


def _is_circle(way: _Way, span_s: float, last: float) -> bool:
    start = last - span_s
    if way.share((*_OPEN, *_UNSAID), start, last) >= 0.8 and way.share(_OPEN, start, last) >= 0.5:
        return is_circle(way.points(span_s), _CIRCLE)
    recent = [m for m in way.moments if m.t >= start]
    if way.share((_POINT,), start, last) < 0.8 or sum(m.tip is not None for m in recent) < 0.9 * len(recent):
        return False
    return is_circle(way.points(span_s, tips=True), _FINGER_CIRCLE)
