"""Models of the eyes, for tests that look with them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.core.errors import HearthError
from hub.inference.store import ModelStore

if TYPE_CHECKING:
    from hub.perception.gesture.hands import HandModels


def model(name: str, file: str) -> Path:
    """The file of a model; the test is skipped where it has not been pulled."""
    pytest.importorskip("mediapipe")
    try:
        return ModelStore().path(name, file)
    except HearthError as error:
        pytest.skip(str(error))


def hand_models() -> "HandModels":
    """The networks that find hands and their joints; close them."""
    pytest.importorskip("mediapipe")
    from hub.perception.gesture.hands import HandModels

    palm = model("mediapipe-hands", "palm_detection/palm_detection_full.tflite")
    return HandModels(palm, model("mediapipe-hands", "hand_landmark/hand_landmark_full.tflite"))
