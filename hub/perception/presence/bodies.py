"""Counting bodies, also from behind and without a face to be seen.

MediaPipe's pose landmarker (Bazarevsky et al. 2020, "BlazePose"): a detector of people, then a network for the joints
of each, which also says whether it is a body at all.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np

from hub.inference.mediapipe import base_options, bundle, close, create, picture, read_model, with_normalisation
from hub.perception.presence.boxes import Box, distinct
from hub.perception.presence.faces import Found
from hub.perception.presence.parts import Pixels

_MOST: Final = 3
"""Bodies looked for. Each costs 11 ms."""
_SURE: Final = 0.5
_TRUNK: Final = (11, 12, 23, 24)  # shoulders and hips


class BodyFinder:
    """Bodies in RGB pictures. One for all cameras: it keeps nothing from one picture to the next.

    Raises `ModelError` when a model cannot be loaded.
    """

    def __init__(self, detector: Path, joints: Path) -> None:
        parts = {
            "pose_detector.tflite": with_normalisation(read_model(detector), mean=127.5, deviation=127.5),
            "pose_landmarks_detector.tflite": with_normalisation(read_model(joints), mean=0.0, deviation=255.0),
        }
        self._landmarker = create(
            "PoseLandmarker",
            base_options=base_options(bundle(parts)),
            num_poses=_MOST,
            min_pose_detection_confidence=_SURE,
            min_pose_presence_confidence=_SURE,
        )

    def find(self, pixels: Pixels) -> Found:
        """Bodies in a picture ((height, width, 3) uint8): 6 ms, and 11 ms for each body."""
        result = self._landmarker.detect(picture(pixels))
        bodies = distinct(_box(joints) for joints in result.pose_landmarks)
        return Found(len(bodies), round(max((body.score for body in bodies), default=0.0), 3))

    def close(self) -> None:
        """Let go of the models."""
        close(self._landmarker)


def _box(joints: Any) -> Box:
    """Where a body is, as fractions of the picture, and how much of it is to be seen."""
    points = np.array([(joint.x, joint.y) for joint in joints])
    seen = float(np.mean([joints[index].visibility for index in _TRUNK]))
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom), seen)
