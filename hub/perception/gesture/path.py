"""The way of a point over time, in palms, and what kind of way it is."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

Point = tuple[float, float]

_ROUND_TURN: Final = math.radians(270)
"""Three quarters, as seen from the way's own middle: 91 % of recorded circles, 0.1 % of other ways of a finger."""
_EVEN: Final = 0.35
"""How much a circle's radius may vary, as a share of it (standard deviation)."""
_ONE_WAY: Final = 0.8
"""The share of the steps of a circle that go on in its direction."""
_FEWEST: Final = 8


def resampled(times: Sequence[float], points: Sequence[Point], start: float, end: float, step: float) -> list[Point]:
    """The way from second `start` to `end` every `step` seconds, straight between the points that are known.

    `times` rise; at least one point. Before the first and after the last point nothing moves.
    """
    return [_at(times, points, start + step * n) for n in range(int((end - start) / step + 1e-6) + 1)]


def _at(times: Sequence[float], points: Sequence[Point], t: float) -> Point:
    after = bisect_right(times, t)
    if after == 0:
        return points[0]
    if after == len(times):
        return points[-1]
    (x0, y0), (x1, y1) = points[after - 1], points[after]
    part = (t - times[after - 1]) / (times[after] - times[after - 1])
    return x0 + part * (x1 - x0), y0 + part * (y1 - y0)


def is_circle(way: Sequence[Point], smallest: float = 0.0) -> bool:
    """Whether the way goes round, evenly, either way round; `smallest` is the radius that counts."""
    if len(way) < _FEWEST:
        return False
    middle = (sum(x for x, _ in way) / len(way), sum(y for _, y in way) / len(way))
    radii = [math.dist(point, middle) for point in way]
    radius = sum(radii) / len(radii)
    if radius <= smallest or radius == 0:
        return False
    if math.sqrt(sum((r - radius) ** 2 for r in radii) / len(radii)) > _EVEN * radius:
        return False
    angles = [math.atan2(y - middle[1], x - middle[0]) for x, y in way]
    turns = [(b - a + math.pi) % (2 * math.pi) - math.pi for a, b in pairwise(angles)]
    turned = sum(turns)
    onwards = sum(1 for turn in turns if turn * turned > 0)
    return abs(turned) >= _ROUND_TURN and onwards >= _ONE_WAY * len(turns)
