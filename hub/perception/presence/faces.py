"""Counting faces: how many there are, never whose they are.

MediaPipe's full-range face detector (Bazarevsky et al. 2019, "BlazeFace"; the sparse model for up to five metres)
looks at the whole picture, and at its square parts, in which a face far away has more pixels.
"""

from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from hub.inference.mediapipe import base_options, close, create, picture, read_model, with_normalisation
from hub.perception.presence.boxes import Box, distinct
from hub.perception.presence.parts import Pixels, parts

_SURE: Final = 0.6
"""Rooms without people gave up to 0.52, people at up to four metres 0.76 and more."""


class Found(Struct, frozen=True):
    """How many there are, and how sure the surest is (0 to 1; 0 where there is none)."""

    count: int
    confidence: float


class FaceFinder:
    """Faces in RGB pictures. One for all cameras: it keeps nothing from one picture to the next.

    Raises `ModelError` when the model cannot be loaded.
    """

    def __init__(self, model: Path) -> None:
        self._detector = create(
            "FaceDetector",
            base_options=base_options(with_normalisation(read_model(model), mean=127.5, deviation=127.5)),
            min_detection_confidence=_SURE,
        )

    def find(self, pixels: Pixels) -> Found:
        """Faces in a picture ((height, width, 3) uint8). About 3 ms for each of its one to four parts."""
        boxes: list[Box] = []
        for left, top, part in parts(pixels):
            for detection in self._detector.detect(picture(part)).detections:
                boxes.append(_box(detection, left, top))
        faces = distinct(boxes)
        return Found(len(faces), round(max((face.score for face in faces), default=0.0), 3))

    def close(self) -> None:
        """Let go of the model."""
        close(self._detector)


def _box(detection: Any, left: int, top: int) -> Box:
    box = detection.bounding_box
    return Box(
        left + box.origin_x,
        top + box.origin_y,
        left + box.origin_x + box.width,
        top + box.origin_y + box.height,
        float(detection.categories[0].score),
    )
