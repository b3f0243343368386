"""Finding hands in films and in single pictures, near and far, without believing a single look.

The landmarker looks at the whole picture, made small: beyond about two metres a palm is then too few pixels. So where
the whole shows nothing, parts of the picture are looked at closely: all of them in a still, in a film the one where
most moved since it was last looked at.

A landmarker that follows a hand can settle on joints that are not there, such as a thumb for an index finger, and stay
with them for seconds. A second look at the mirrored picture does not make the same mistake; where the two disagree,
the hand is followed anew and not certain until they agree.
"""

import math
from typing import Any, Final

from hub.inference.mediapipe import close
from hub.perception.gesture.hands import FoundHands, HandModels, look
from hub.perception.gesture.mirrored import agreed, look_mirrored
from hub.perception.gesture.windows import Pixels, Window, WindowChoice, whole, windows

_LOOK_AROUND_S: Final = 1.0
"""How often, while a hand is followed closely, the whole picture is looked at for nearer ones."""
_NEARER: Final = 1.3
_DOUBT_S: Final = 0.3
"""How often a hand that is followed is looked at anew."""


class StillFinder:
    """Hands in single pictures, each looked at for itself and with care (30 ms; 120 ms where there is none)."""

    def __init__(self, models: HandModels) -> None:
        self._models = models

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        """Hands in an RGB picture ((height, width, 3) uint8)."""
        found = look(self._models.once.detect, pixels, whole(pixels))
        again = look_mirrored(self._models.once.detect, pixels, whole(pixels))
        if found or again:
            return agreed(found, again, both=True)
        best: FoundHands = ()
        where: Window | None = None
        for window in windows(pixels):
            seen = look(self._models.once.detect, pixels, window)
            if _worth(seen) > _worth(best):
                best, where = seen, window
        if where is None:
            return ()
        return agreed(best, look_mirrored(self._models.once.detect, pixels, where), both=True)

    def close(self) -> None:
        """Nothing is its own."""


class FilmFinder:
    """Hands in the frames of one camera (7 to 12 ms a frame; 12 ms more for close and second looks)."""

    def __init__(self, models: HandModels) -> None:
        self._models = models
        self._film = models.film()
        self._choice = WindowChoice()
        self._following: Window | None = None
        self._looked_around = 0.0
        self._agreed = -math.inf
        self._stamp = 0

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        """Hands in the frame ((height, width, 3) uint8, RGB) of second `t`; `t` may jump, also backwards."""
        if self._following is not None:
            return self._follow(pixels, t, self._following)
        found = self._look(pixels, t, whole(pixels))
        if found:
            self._choice.forget()
            return self._doubt(found, pixels, t, whole(pixels))
        self._agreed = -math.inf
        window = self._choice.next(pixels, t)
        found = look(self._models.once.detect, pixels, window) if window is not None else ()
        if found:
            self._following, self._looked_around = window, t
        return found

    def close(self) -> None:
        """Let go of the landmarker."""
        close(self._film)

    def _follow(self, pixels: Pixels, t: float, window: Window) -> FoundHands:
        found = self._look(pixels, t, window)
        if not found:
            self._following, self._agreed = None, -math.inf
            return ()
        if 0 <= t - self._looked_around < _LOOK_AROUND_S:
            return self._doubt(found, pixels, t, window)
        self._looked_around = t
        around = look(self._models.once.detect, pixels, whole(pixels))
        if _largest(around) > _NEARER * _largest(found):
            self._following = None
            return around
        return found

    def _doubt(self, found: FoundHands, pixels: Pixels, t: float, window: Window) -> FoundHands:
        """What was found, looked at anew when it is time or when the last looks disagreed."""
        if 0 <= t - self._agreed < _DOUBT_S:
            return found
        found = agreed(found, look_mirrored(self._models.once.detect, pixels, window), both=False)
        if all(hand.certain for hand in found):
            self._agreed = t
        else:
            self._agreed = -math.inf
            self._look(pixels * 0, t, window)  # nothing to follow: the next frame is looked at anew
        return found

    def _look(self, pixels: Pixels, t: float, window: Window) -> FoundHands:
        # MediaPipe refuses times that do not rise; a camera's clock may be set back, and files begin anew.
        self._stamp = max(self._stamp + 1, round(t * 1000))
        stamp = self._stamp

        def detect(image: Any) -> Any:
            return self._film.detect_for_video(image, stamp)

        return look(detect, pixels, window)


def _worth(found: FoundHands) -> float:
    return sum(hand.score for hand in found)


def _largest(found: FoundHands) -> float:
    return max((hand.size for hand in found), default=0.0)
