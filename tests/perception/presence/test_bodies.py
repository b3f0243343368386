"""Counting bodies in pictures."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("mediapipe")

from hub.perception.presence.bodies import BodyFinder
from hub.perception.presence.faces import Found
from tests.perception.presence.pictures import in_a_wide_picture, people, rooms
from tests.pulled import model


@pytest.fixture(scope="module")
def bodies() -> Iterator[BodyFinder]:
    detector = model("mediapipe-bodies", "pose_detection/pose_detection.tflite")
    finder = BodyFinder(detector, model("mediapipe-bodies", "pose_landmark/pose_landmark_full.tflite"))
    yield finder
    finder.close()


def test_nothing_has_no_body(bodies: BodyFinder) -> None:
    assert bodies.find(np.zeros((480, 640, 3), np.uint8)) == Found(0, 0.0)


@pytest.mark.realdata
def test_empty_rooms_have_no_bodies(bodies: BodyFinder, data: Path) -> None:
    empty = rooms(data)
    assert empty and sum(bodies.find(room).count == 0 for room in empty) >= 0.95 * len(empty)


@pytest.mark.realdata
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_people_have_one_body_each(bodies: BodyFinder, data: Path, share: float) -> None:
    found = [bodies.find(in_a_wide_picture(person, share)) for person in people(data)]
    assert sum(one.count == 1 for one in found) >= 0.85 * len(found)
