"""What the eyes' worker is told at its start: which model files, and how to look."""

from msgspec import Struct


class EyesConfig(Struct, frozen=True, kw_only=True):
    """Paths of verified model files. Everything here is read by the worker alone."""

    palm: str
    hand_landmarks: str
    gesture_head: str
    face: str
    pose_detector: str
    pose_landmarks: str
