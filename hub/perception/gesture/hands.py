"""A hand as MediaPipe sees it: 21 joints, whose left or right it is, and how sure that is.

Its hand landmarker is a palm detector and a network for the joints of each palm (Zhang et al. 2020, "MediaPipe Hands:
on-device real-time hand tracking"). How it is put to use is the business of `finding`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.inference.mediapipe import base_options, bundle, close, create, picture, read_model, tasks
from hub.perception.gesture.windows import Pixels, Window

MOST_HANDS: Final = 2
_FILM: Final = (0.5, 0.5)
"""How sure of a palm, and then of its joints, a landmarker must be."""
_ONCE: Final = (0.3, 0.7)
"""The same for single looks: more palms are tried, and their joints must convince more. Photographs of people at 0.5 to
6 m: 18, 18, 18, 15 of 19 found at four distances (0.5, 0.5: 18, 17, 15, 9), none in 37 without hands."""
_SAME_HAND: Final = 0.2
"""Diagonals between the middles of two hands that are one."""
_JOINTS: Final = 21
WRIST: Final = 0
MIDDLE_KNUCKLE: Final = 9


class FoundHand(Struct, frozen=True, eq=False):
    """A hand in a picture.

    `joints` are (21, 3) in units of the picture's height: x from its left, y from its top, z towards the camera is
    negative and counts from the wrist. `world` are (21, 3) metres about the hand's centre. `left` is the person's own
    left hand: seen by a camera that does not mirror (checked on photographs). `score` is from 0 to 1, `aspect` the
    picture's width divided by its height. `certain` is False where two looks at the hand disagree.
    """

    joints: NDArray[np.float32]
    world: NDArray[np.float32]
    left: bool
    score: float
    aspect: float
    certain: bool = True

    @property
    def size(self) -> float:
        """The palm's length, wrist to middle knuckle, in units of the picture's height."""
        return float(np.hypot(*(self.joints[MIDDLE_KNUCKLE, :2] - self.joints[WRIST, :2])))


FoundHands = tuple[FoundHand, ...]


class HandModels:
    """The hand landmarker's models, read once: one landmarker is shared by all, and one more made for each film.

    Each takes about 90 MB.

    Raises `ModelError` when a file cannot be read or MediaPipe not be loaded.
    """

    def __init__(self, palm: Path, joints: Path) -> None:
        self._task = bundle(
            {"hand_detector.tflite": read_model(palm), "hand_landmarks_detector.tflite": read_model(joints)}
        )
        self.once = self._make(tasks().tasks.vision.RunningMode.IMAGE, _ONCE)
        """The landmarker for single looks, shared by all cameras."""

    def film(self) -> Any:
        """A landmarker that follows hands from frame to frame."""
        return self._make(tasks().tasks.vision.RunningMode.VIDEO, _FILM)

    def close(self) -> None:
        """Let go of the shared landmarker."""
        close(self.once)

    def _make(self, mode: Any, sure: tuple[float, float]) -> Any:
        return create(
            "HandLandmarker",
            base_options=base_options(self._task),
            running_mode=mode,
            num_hands=MOST_HANDS,
            min_hand_detection_confidence=sure[0],
            min_hand_presence_confidence=sure[1],
            min_tracking_confidence=sure[1],
        )


def look(detect: Callable[[Any], Any], pixels: Pixels, window: Window) -> FoundHands:
    """What `detect` finds in a window of the picture, in coordinates of the whole picture."""
    height, width = pixels.shape[:2]
    found = _hands(detect(picture(window.cut(pixels))), window, width, height)
    kept: list[FoundHand] = []
    for hand in sorted(found, key=lambda hand: -hand.score):  # one hand is sometimes found twice
        if all(apart(hand, other) > _SAME_HAND for other in kept):
            kept.append(hand)
    return tuple(kept)


def apart(a: FoundHand, b: FoundHand) -> float:
    """The distance of two hands' middles in the picture, in diagonals of the larger one."""
    return float(np.linalg.norm(_middle(a) - _middle(b))) / diagonal(a, b)


def _middle(hand: FoundHand) -> NDArray[np.float32]:
    middle: NDArray[np.float32] = hand.joints[:, :2].mean(axis=0)
    return middle


def diagonal(a: FoundHand, b: FoundHand) -> float:
    """The diagonal of the larger of two hands in the picture, in units of its height."""
    return max(1e-6, *(float(np.linalg.norm(np.ptp(hand.joints[:, :2], axis=0))) for hand in (a, b)))


def _hands(result: Any, window: Window, width: int, height: int) -> Iterator[FoundHand]:
    scale = np.array([window.width, window.height, window.width], np.float32) / height
    corner = np.array([window.left, window.top, 0], np.float32) / height
    for joints, world, side in zip(result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True):
        if len(joints) == _JOINTS:
            yield FoundHand(
                joints=(_points(joints) * scale + corner).astype(np.float32),
                world=_points(world),
                left=side[0].category_name == "Left",
                score=float(side[0].score),
                aspect=width / height,
            )


def _points(landmarks: Any) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in landmarks], np.float32)
