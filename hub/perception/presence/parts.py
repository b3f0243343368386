"""A picture as a whole and in square parts, for networks that see everything at one small size."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SQUARE: Final = 1.2
"""How much longer than high a picture may be and still count as square."""
_OVERLAP: Final = 0.25


def parts(pixels: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """The picture ((height, width, 3)), then squares along its longer side: left and top edge, and a view of it."""
    yield 0, 0, pixels
    height, width = pixels.shape[:2]
    side, length = min(height, width), max(height, width)
    if length <= _SQUARE * side:
        return
    steps = max(1, round((length - side) / (side * (1 - _OVERLAP))))
    for step in range(steps + 1):
        start = round(step * (length - side) / steps)
        if width > height:
            yield start, 0, pixels[:, start : start + side]
        else:
            yield 0, start, pixels[start : start + side]
