"""A finger's ray in a camera's picture: how far a thing is off it, and where rays from several spots meet.

Points are fractions of the picture's width and height, and may lie outside of it: a camera sees a hand that points at
a lamp which it does not see. All lengths and angles are those of square pixels, in picture heights and degrees.
"""

from collections.abc import Sequence
from math import acos, degrees, hypot, inf
from statistics import median
from typing import Final

from msgspec import Struct

Point = tuple[float, float]
"""Fractions of the picture's width and height, from the left and from the top."""

_AT_IT: Final = 0.02
"""A thing so near to the fingertip (picture heights) is pointed at in whatever direction the finger goes on."""
_STEADY: Final = 12.0
"""Degrees that a still arm's rays are off their middle one, at most, half of the time."""
_LEAST_FAR: Final = 0.3
"""How far away a thing is (picture heights) that only a hand at the picture's edge has pointed at."""
_APART: Final = 0.1
"""Rays from spots nearer than this (picture heights) are one spot's: what they disagree on is only noise."""
_LEAST_CROSSING: Final = 0.006
"""Two rays that cross at 9 degrees; flatter ones meet anywhere."""
_AGREE: Final = 15.0
"""Rays that miss the point where all meet by more than this (degrees) were not meant for the same place."""


class Ray(Struct, frozen=True):
    """From a fingertip at (`x`, `y`) on in direction (`dx`, `dy`), of length 1 in square pixels; y goes down.

    `aspect` is the picture's width divided by its height.
    """

    x: float
    y: float
    dx: float
    dy: float
    aspect: float

    def off(self, point: Point) -> float:
        """Degrees between the ray and the way from its tip to `point`, 0 to 180."""
        right, down = (point[0] - self.x) * self.aspect, point[1] - self.y
        distance = hypot(right, down)
        if distance <= _AT_IT:
            return 0.0
        along = (right * self.dx + down * self.dy) / distance
        return degrees(acos(max(-1.0, min(1.0, along))))

    def end(self, least: float = 0.0) -> Point:
        """Where it leaves the picture, or `least` (picture heights) on; where its tip is outside, one height on."""
        left = self.x * self.aspect
        to_side = (self.aspect - left if self.dx > 0 else -left) / self.dx if self.dx else inf
        to_edge = (1.0 - self.y if self.dy > 0 else -self.y) / self.dy if self.dy else inf
        far = min(to_side, to_edge)
        if far in (inf, -inf) or far < 0:
            far = 1.0
        far = max(far, least)
        return self.x + far * self.dx / self.aspect, self.y + far * self.dy


def middle(rays: Sequence[Ray]) -> Ray | None:
    """The median of an arm's rays, None when it was on its way: a swinging arm means nothing that it passes."""
    if not rays:
        return None
    found = _median(rays)
    if found is None or median(_between(found, ray) for ray in rays) > _STEADY:
        return None
    return found


def meeting(rays: Sequence[Ray]) -> Point:
    """Where the thing is that all `rays` (at least one, the newest last) were pointed at.

    The point with the least squared distance to all of them; rays from one spot give the point where their median
    leaves the picture. Where they do not agree the oldest are left out: the thing was moved.
    """
    for first in range(len(rays) - 1):
        kept = rays[first:]
        if _spread(kept) < _APART:
            together = _median(kept)
            if together is not None and all(_between(together, ray) <= _AGREE for ray in kept):
                return together.end(_LEAST_FAR)
            continue
        crossing = _crossing(kept)
        if crossing is not None and all(ray.off(crossing) <= _AGREE for ray in kept):
            return crossing
    return rays[-1].end(_LEAST_FAR)


def _median(rays: Sequence[Ray]) -> Ray | None:
    dx, dy = median(r.dx for r in rays), median(r.dy for r in rays)
    length = hypot(dx, dy)
    if length < 1e-6:
        return None  # they point to all sides
    return Ray(median(r.x for r in rays), median(r.y for r in rays), dx / length, dy / length, rays[-1].aspect)


def _between(one: Ray, other: Ray) -> float:
    return degrees(acos(max(-1.0, min(1.0, one.dx * other.dx + one.dy * other.dy))))


def _spread(rays: Sequence[Ray]) -> float:
    """The way from the newest ray's tip to the tip that is farthest from it, in picture heights."""
    last = rays[-1]
    return max(hypot((r.x - last.x) * last.aspect, r.y - last.y) for r in rays)


def _crossing(rays: Sequence[Ray]) -> Point | None:
    """The point nearest to all the rays' lines; None where they are about parallel."""
    aspect, count = rays[-1].aspect, len(rays)
    xx = sum(1 - r.dx * r.dx for r in rays) / count
    yy = sum(1 - r.dy * r.dy for r in rays) / count
    xy = sum(-r.dx * r.dy for r in rays) / count
    least = (xx + yy) / 2 - hypot((xx - yy) / 2, xy)  # the smaller eigenvalue: how well the lines' crossing is known
    if least < _LEAST_CROSSING:
        return None
    tips = [(r.x * r.aspect, r.y, r.dx, r.dy) for r in rays]
    right = sum((1 - dx * dx) * u - dx * dy * v for u, v, dx, dy in tips) / count
    down = sum((1 - dy * dy) * v - dx * dy * u for u, v, dx, dy in tips) / count
    size = xx * yy - xy * xy
    return (right * yy - down * xy) / size / aspect, (down * xx - right * xy) / size
