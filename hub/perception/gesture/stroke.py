"""A stroke of the hand: from rest, quickly one way, and to rest again."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from hub.perception.gesture.path import Point

STEP_S: Final = 0.05
_SHORTEST: Final = 2.5
"""Palms: about 22 cm."""
_LONGEST_S: Final = 0.6
_SLOWEST: Final = 4.0
"""Palms a second, in the middle of the stroke."""
_AT_REST: Final = 0.35
"""Of the stroke's speed. Who walks by moves as quickly before and after."""
_ROUND: Final = 0.7
"""Of the stroke's speed: who goes on so quickly to the side is drawing a circle."""
_BEFORE: Final = 4
_AFTER: Final = 3
"""Steps of rest before a stroke and after it."""
_STRAIGHT: Final = 0.45
"""How far it may go the other way, as a share of its length."""
_BACK: Final = 0.1
_ENDS: Final = 0.1
"""The parts of its length that it may take its time for, at its start and its end."""


class Stroke(Struct, frozen=True):
    """`axis` is 0 for across and 1 for up and down, `sign` its direction in the picture; `start` the step it began."""

    axis: int
    sign: int
    start: int


def find_stroke(way: Sequence[Point]) -> Stroke | None:
    """The stroke that has just ended on a way in palms, a point every `STEP_S` seconds; None when there is none."""
    for axis in (0, 1):
        for sign in (1, -1):
            along = [sign * point[axis] for point in way]
            aside = [point[1 - axis] for point in way]
            start = _start(along, aside)
            if start is not None:
                return Stroke(axis, sign, start)
    return None


def _start(along: Sequence[float], aside: Sequence[float]) -> int | None:
    high = max(range(len(along)), key=along.__getitem__, default=0)
    low = min(range(high + 1), key=along.__getitem__, default=0)
    length = along[high] - along[low] if along else 0.0
    if length < _SHORTEST:
        return None
    begin = max(n for n in range(low, high + 1) if along[n] <= along[low] + _ENDS * length)
    end = min(n for n in range(begin, high + 1) if along[n] >= along[high] - _ENDS * length)
    if begin < _BEFORE or end + _AFTER >= len(along):
        return None
    took = max(1, end - begin) * STEP_S
    speed = (along[end] - along[begin]) / took
    if took > _LONGEST_S or speed < _SLOWEST:
        return None
    before = _speed(along, begin - _BEFORE, begin), _speed(aside, begin - _BEFORE, begin)
    after = (along[end + _AFTER] - along[end]) / (_AFTER * STEP_S)
    if max(before) > _AT_REST * speed or after > _AT_REST * speed:
        return None
    if _speed(aside, end, end + _AFTER) > _ROUND * speed:
        return None
    middle = range(begin, end)
    if any(along[n + 1] - along[n] < -_BACK * length for n in middle):
        return None
    breadth = max(aside[begin : end + 1]) - min(aside[begin : end + 1])
    return begin if breadth <= _STRAIGHT * length else None


def _speed(values: Sequence[float], begin: int, end: int) -> float:
    return abs(values[end] - values[begin]) / ((end - begin) * STEP_S)
