"""Rectangles in which something was found, and which of them are about the same thing."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

_SAME: Final = 0.3


class Box(Struct, frozen=True):
    """Edges in pixels, and how sure the find is (0 to 1)."""

    left: float
    top: float
    right: float
    bottom: float
    score: float

    @property
    def area(self) -> float:
        """In square pixels."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


def distinct(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The surest of those that are about the same thing: a third of the smaller one lies in the other."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: -b.score):
        if not any(_shared(box, other) > _SAME * min(box.area, other.area) for other in kept):
            kept.append(box)
    return tuple(kept)


def _shared(a: Box, b: Box) -> float:
    return Box(max(a.left, b.left), max(a.top, b.top), min(a.right, b.right), min(a.bottom, b.bottom), 0).area
