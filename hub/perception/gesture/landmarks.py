"""Where the joints of one camera's hands are, for a page that draws them: told only while that is wanted."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from hub.perception.gesture.hands import MOST_HANDS, FoundHand, FoundHands
from hub.perception.seen import Landmarks, Points

_EVERY_S: Final = 0.1
_FARTHEST: Final = 1.0
"""Widths or heights of the picture that a joint may be guessed to be outside of it."""
_DIGITS: Final = 4


class LandmarkTeller:
    """Decides of each frame whether its joints are told. `wanted` is asked for at each."""

    def __init__(self, camera: int, wanted: Callable[[], bool]) -> None:
        self._camera = camera
        self._wanted = wanted
        self._told = -math.inf
        self._any = False

    def take(self, found: FoundHands, t: float) -> Landmarks | None:
        """What is told of the hands in the frame of second `t`; None for nothing.

        At most ten times a second; once without hands when the last that was told had some.
        """
        if not self._wanted():
            self._any = False
            return None
        if not (found or self._any) or 0 <= t - self._told < _EVERY_S:
            return None
        self._told, self._any = t, bool(found)
        return Landmarks(camera=self._camera, t=t, hands=tuple(map(_points, found[:MOST_HANDS])))


def _points(hand: FoundHand) -> Points:
    places = hand.joints[:, :2].astype(np.float64) / (hand.aspect, 1.0)
    inside = np.clip(np.nan_to_num(places), -_FARTHEST, 1 + _FARTHEST)
    return tuple(inside.round(_DIGITS).ravel().tolist())
