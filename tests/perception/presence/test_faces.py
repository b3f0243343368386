"""Counting faces in pictures, and what belongs to one face."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("mediapipe")

from hub.perception.presence.boxes import Box, distinct
from hub.perception.presence.faces import FaceFinder, Found
from hub.perception.presence.parts import parts
from tests.perception.presence.pictures import in_a_wide_picture, people, rooms
from tests.pulled import model


@pytest.fixture(scope="module")
def faces() -> Iterator[FaceFinder]:
    finder = FaceFinder(model("mediapipe-faces", "face_detection/face_detection_full_range_sparse.tflite"))
    yield finder
    finder.close()


def test_nothing_has_no_face(faces: FaceFinder) -> None:
    assert faces.find(np.zeros((480, 640, 3), np.uint8)) == Found(0, 0.0)


@pytest.mark.realdata
def test_empty_rooms_have_no_faces(faces: FaceFinder, data: Path) -> None:
    empty = rooms(data)
    assert empty and sum(faces.find(room).count == 0 for room in empty) >= 0.95 * len(empty)


@pytest.mark.realdata
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_people_have_one_face_each(faces: FaceFinder, data: Path, share: float) -> None:
    found = [faces.find(in_a_wide_picture(person, share)) for person in people(data)]
    assert sum(one.count == 1 for one in found) >= 0.9 * len(found)
    assert all(one.confidence >= 0.6 for one in found if one.count)


def test_what_overlaps_is_one_thing() -> None:
    face, same, other = Box(0, 0, 10, 10, 0.9), Box(1, 1, 12, 12, 0.8), Box(30, 0, 40, 10, 0.7)
    assert distinct([other, same, face]) == (face, other)
    assert distinct([]) == ()
    assert Box(5, 5, 1, 9, 1).area == 0


@pytest.mark.parametrize(("shape", "count"), [((480, 480), 1), ((480, 640), 3), ((720, 1280), 3), ((834, 384), 4)])
def test_a_picture_has_square_parts_that_cover_it(shape: tuple[int, int], count: int) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    seen = list(parts(pixels))
    assert len(seen) == count and seen[0][2] is pixels
    for left, top, part in seen[1:]:
        assert part.shape[0] == part.shape[1] == min(shape)
        assert np.shares_memory(part, pixels) and pixels[top:, left:].shape >= part.shape
        part[:] = 1
    assert pixels.all() or count == 1
