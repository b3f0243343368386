"""Finding hands in pictures: their 21 joints, whose left or right they are, and how sure that is.

MediaPipe's hand landmarker (palm detector, then joints; Zhang et al. 2020, "MediaPipe Hands: on-device real-time hand
tracking") looks at the whole picture, made small: beyond about two metres a palm is then too few pixels. So where the
whole shows nothing, parts of the picture are looked at closely: all of them in a still, in a film the one where most
moved since it was last looked at.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.inference.mediapipe import base_options, bundle, picture, read_model, tasks
from hub.perception.gesture.windows import Pixels, Window, WindowChoice, whole, windows

MOST_HANDS: Final = 2
_SURE: Final = 0.5
_CLOSE_DETECTION: Final = 0.3
"""How sure of a palm a close look must be: less than usual, because the joints must convince more."""
_CLOSE_PRESENCE: Final = 0.7
_LOOK_AROUND_S: Final = 1.0
"""How often, while a hand is followed closely, the whole picture is looked at for nearer ones."""
_NEARER: Final = 1.3
_JOINTS: Final = 21
WRIST: Final = 0
MIDDLE_KNUCKLE: Final = 9


class FoundHand(Struct, frozen=True, eq=False):
    """A hand in a picture.

    `joints` are (21, 3) in units of the picture's height: x from its left, y from its top, z towards the camera is
    negative and counts from the wrist. `world` are (21, 3) metres about the hand's centre. `left` is the person's own
    left hand: seen by a camera that does not mirror (checked on photographs). `score` is from 0 to 1, `aspect` the
    picture's width divided by its height.
    """

    joints: NDArray[np.float32]
    world: NDArray[np.float32]
    left: bool
    score: float
    aspect: float

    @property
    def size(self) -> float:
        """The palm's length, wrist to middle knuckle, in units of the picture's height."""
        return float(np.hypot(*(self.joints[MIDDLE_KNUCKLE, :2] - self.joints[WRIST, :2])))


FoundHands = tuple[FoundHand, ...]


class HandModels:
    """The hand landmarker's models, read once; every camera makes its own landmarker of them (about 90 MB each).

    Raises `ModelError` when a file cannot be read or MediaPipe not be loaded.
    """

    def __init__(self, palm: Path, joints: Path) -> None:
        self._task = bundle(
            {"hand_detector.tflite": read_model(palm), "hand_landmarks_detector.tflite": read_model(joints)}
        )
        tasks()

    def film(self) -> Any:
        """A landmarker that follows hands from frame to frame."""
        return self._make(tasks().tasks.vision.RunningMode.VIDEO, _SURE, _SURE)

    @cached_property
    def still(self) -> Any:
        """The landmarker for single pictures, shared by all cameras."""
        return self._make(tasks().tasks.vision.RunningMode.IMAGE, _SURE, _SURE)

    @cached_property
    def close(self) -> Any:
        """The landmarker for close looks at a part of a picture, shared by all cameras."""
        return self._make(tasks().tasks.vision.RunningMode.IMAGE, _CLOSE_DETECTION, _CLOSE_PRESENCE)

    def _make(self, mode: Any, detection: float, presence: float) -> Any:
        vision = tasks().tasks.vision
        return vision.HandLandmarker.create_from_options(
            vision.HandLandmarkerOptions(
                base_options=base_options(self._task),
                running_mode=mode,
                num_hands=MOST_HANDS,
                min_hand_detection_confidence=detection,
                min_hand_presence_confidence=presence,
                min_tracking_confidence=presence,
            )
        )


class StillFinder:
    """Hands in single pictures, each looked at for itself and with care (6 to 21 ms; 120 ms where there is none)."""

    def __init__(self, models: HandModels) -> None:
        self._models = models

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        """Hands in an RGB picture ((height, width, 3) uint8)."""
        found = _look(self._models.still.detect, pixels, whole(pixels))
        if found:
            return found
        best: FoundHands = ()
        for window in windows(pixels):
            seen = _look(self._models.close.detect, pixels, window)
            if _worth(seen) > _worth(best):
                best = seen
        return best

    def close(self) -> None:
        """Nothing is its own."""


class FilmFinder:
    """Hands in the frames of one camera (7 to 12 ms a frame; 8 ms more while the whole shows none)."""

    def __init__(self, models: HandModels) -> None:
        self._models = models
        self._film = models.film()
        self._choice = WindowChoice()
        self._following: Window | None = None
        self._looked_around = 0.0
        self._stamp = 0

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        """Hands in the frame ((height, width, 3) uint8, RGB) of second `t`; `t` may jump, also backwards."""
        if self._following is not None:
            return self._follow(pixels, t, self._following)
        found = self._look(pixels, t, whole(pixels))
        if found:
            self._choice.forget()
            return found
        window = self._choice.next(pixels, t)
        found = _look(self._models.close.detect, pixels, window) if window is not None else ()
        if found:
            self._following, self._looked_around = window, t
        return found

    def close(self) -> None:
        """Let go of the landmarker."""
        self._film.close()

    def _follow(self, pixels: Pixels, t: float, window: Window) -> FoundHands:
        found = self._look(pixels, t, window)
        if found and not 0 <= t - self._looked_around < _LOOK_AROUND_S:
            self._looked_around = t
            around = _look(self._models.still.detect, pixels, whole(pixels))
            if max((hand.size for hand in around), default=0.0) > _NEARER * max(hand.size for hand in found):
                found, self._following = around, None
        if not found:
            self._following = None
        return found

    def _look(self, pixels: Pixels, t: float, window: Window) -> FoundHands:
        # MediaPipe refuses times that do not rise; a camera's clock may be set back, and files begin anew.
        self._stamp = max(self._stamp + 1, round(t * 1000))
        return _look(lambda image: self._film.detect_for_video(image, self._stamp), pixels, window)


def _look(detect: Callable[[Any], Any], pixels: Pixels, window: Window) -> FoundHands:
    """What `detect` finds in a window of the picture, in coordinates of the whole picture."""
    height, width = pixels.shape[:2]
    return tuple(_hands(detect(picture(window.cut(pixels))), window, width, height))


def _hands(result: Any, window: Window, width: int, height: int) -> Iterator[FoundHand]:
    scale = np.array([window.width, window.height, window.width], np.float32) / height
    corner = np.array([window.left, window.top, 0], np.float32) / height
    for joints, world, side in zip(result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True):
        if len(joints) == _JOINTS:
            yield FoundHand(
                joints=_points(joints) * scale + corner,
                world=_points(world),
                left=side[0].category_name == "Left",
                score=float(side[0].score),
                aspect=width / height,
            )


def _points(landmarks: Any) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in landmarks], np.float32)


def _worth(found: FoundHands) -> float:
    return sum(hand.score for hand in found)
