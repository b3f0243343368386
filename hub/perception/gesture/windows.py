"""Parts of a picture to look at closely, and which of them is worth a look next."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SHARE: Final = 0.45
"""A window's side as a share of the picture's longer one: a palm then has twice as many pixels, up to four metres."""
_THUMBNAIL: Final = 48
"""Columns of the small picture in which movement is looked for."""
_RESTLESS: Final = 6.0
"""Grey levels (of 255) of change from one frame to the next that are more than a camera's noise."""
_EVERY_S: Final = 0.06
"""Between close looks, so that a fast camera does not have two for every moment."""
_IDLE_EVERY_S: Final = 0.4
"""The same where nothing moves."""
_FRESH: Final = 0.002
"""What a second of waiting is worth to a window, as a share of it that moved."""


class Window(Struct, frozen=True):
    """A rectangle of pixels."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, pixels: Pixels) -> Pixels:
        """The window's part of a picture ((height, width, 3)); a view of it."""
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]


def whole(pixels: Pixels) -> Window:
    """All of a picture."""
    return Window(0, 0, pixels.shape[1], pixels.shape[0])


def windows(pixels: Pixels) -> tuple[Window, ...]:
    """Squares that overlap by a third or more and cover the picture."""
    height, width = pixels.shape[:2]
    side = max(1, round(_SHARE * max(height, width)))
    wide, high = min(side, width), min(side, height)
    return tuple(Window(left, top, wide, high) for top in _starts(height, high) for left in _starts(width, wide))


def _starts(length: int, side: int) -> list[int]:
    steps = max(0, -(-3 * (length - side) // (2 * side)))  # a stride of two thirds of a side at most
    return [round(step * (length - side) / steps) for step in range(steps + 1)] if steps else [(length - side) // 2]


class WindowChoice:
    """Which window of a film to look at next: the one where most moved since it was last looked at."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._last_t = 0.0
        self._looked = -1.0
        self._shape: tuple[int, ...] = ()
        self._worth: NDArray[np.float64] = np.zeros(0)

    def forget(self) -> None:
        """A hand was found elsewhere: movement so far says nothing any more."""
        self._last = None
        self._worth[:] = 0

    def next(self, pixels: Pixels, t: float) -> Window | None:
        """The window of the frame of second `t` to look at, None when it is too early for another look."""
        choices = windows(pixels)
        if pixels.shape != self._shape:
            self._shape, self._worth, self._last = pixels.shape, np.zeros(len(choices)), None
        moving = self._add_movement(pixels, choices)
        waited = t - self._last_t
        self._last_t = t
        self._worth += _FRESH * min(max(waited, 0.0), 1.0)
        if 0 <= t - self._looked < (_EVERY_S if moving else _IDLE_EVERY_S):
            return None
        self._looked = t
        best = int(np.argmax(self._worth))
        self._worth[best] = 0
        return choices[best]

    def _add_movement(self, pixels: Pixels, choices: tuple[Window, ...]) -> bool:
        step = max(1, pixels.shape[1] // _THUMBNAIL)
        small = pixels[::step, ::step, 1].astype(np.float32)  # green is most of what is bright
        last, self._last = self._last, small
        if last is None:
            return True
        moved = np.abs(small - last) > _RESTLESS
        for number, window in enumerate(choices):
            top, left = window.top // step, window.left // step
            part = moved[top : top + window.height // step + 1, left : left + window.width // step + 1]
            self._worth[number] += float(part.mean())
        return bool(moved.mean() > _FRESH)
