"""What of a picture is unlike the room as it usually looks, whatever the light does.

A small grey picture, freed of brightness and contrast place by place, against a running mean of itself. What differs
is kept out of the mean, so that a person may sit still for minutes; furniture that stays becomes the room in the end.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hub.perception.presence.parts import Pixels

Grey = NDArray[np.float32]

_WIDTH: Final = 64
_NEIGHBOURS: Final = 9
"""Pixels of the small picture, each way, that brightness and contrast are measured in."""
_FLAT: Final = 6.0
"""Grey levels of contrast below which a place is plain, and what differs there is noise."""
_UNLIKE: Final = 0.5
"""Difference, in units of the place's contrast, from which a place is unlike the background. Noise: 0.3 at most."""
_LEARNS_S: Final = 20.0
_STAYS_S: Final = 600.0
"""What has been unlike the background for so long belongs to it."""
_BACK: Final = 5.0
"""How many times quicker that is forgotten where a place is as it was."""
_SETTLES_S: Final = 2.0
"""At first the mean simply gathers."""
_ANOTHER_SCENE: Final = 0.6
"""Share of the picture that changes at once when a camera is moved or a light goes on: no person does."""
_GAP_S: Final = 60.0
"""After a longer gap between frames the scene is learned anew."""


class Background:
    """The background of one camera."""

    def __init__(self) -> None:
        self._mean: Grey | None = None
        self._unlike_s = np.zeros(0, np.float32)
        self._since = 0.0
        self._last = 0.0

    def look(self, pixels: Pixels, t: float) -> float:
        """The share (0 to 1) of the frame ((height, width, 3)) of second `t` that is unlike the background. 0.5 ms.

        0 for the first frames, and when all changes at once.
        """
        now = plain(pixels)
        mean, elapsed = self._mean, t - self._last
        self._last = t
        if mean is None or mean.shape != now.shape or not 0 <= elapsed <= _GAP_S:
            return self._learn_anew(now, t)
        unlike = cv2.medianBlur((np.abs(now - mean) > _UNLIKE).astype(np.uint8), 3).astype(bool)
        moved = float(unlike.mean())
        if moved > _ANOTHER_SCENE:
            return self._learn_anew(now, t)
        age = t - self._since
        quick = 1 - math.exp(-elapsed / min(_LEARNS_S, max(age, elapsed, 1e-3)))
        if age < _SETTLES_S:
            mean += np.float32(quick) * (now - mean)
            return 0.0
        mean += np.where(unlike, np.float32(0), np.float32(quick)) * (now - mean)
        self._unlike_s = np.maximum(0, self._unlike_s + np.where(unlike, elapsed, -_BACK * elapsed).astype(np.float32))
        stays = self._unlike_s > _STAYS_S
        mean[stays], self._unlike_s[stays] = now[stays], 0
        return round(moved, 4)

    def _learn_anew(self, now: Grey, t: float) -> float:
        self._mean, self._since = now, t
        self._unlike_s = np.zeros(now.shape, np.float32)
        return 0.0


def plain(pixels: Pixels) -> Grey:
    """The picture small and grey, each place less its neighbourhood's mean, over its contrast; (height, 64)."""
    height = max(1, round(_WIDTH * pixels.shape[0] / pixels.shape[1]))
    small = cv2.resize(pixels, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    size = (_NEIGHBOURS, _NEIGHBOURS)
    mean = cv2.blur(grey, size)
    contrast = np.sqrt(np.maximum(cv2.blur(grey * grey, size) - mean * mean, 0))
    result: Grey = ((grey - mean) / (contrast + _FLAT)).astype(np.float32)
    return result
