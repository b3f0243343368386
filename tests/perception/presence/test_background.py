"""What is unlike the room, whatever the light does and however long somebody sits still."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("cv2")

from hub.perception.presence.background import Background

Picture = NDArray[np.uint8]
RANDOM = np.random.default_rng(7)


def room() -> NDArray[np.float32]:
    """Furniture: rectangles of grey on grey."""
    random = np.random.default_rng(3)
    picture = np.full((240, 320, 3), 120, np.float32)
    for _ in range(40):
        top, left = int(random.integers(0, 200)), int(random.integers(0, 280))
        picture[top : top + 40, left : left + 40] = random.integers(30, 220)
    return picture


ROOM = room()


def frame(*, light: float = 1.0, offset: float = 0.0, person: bool = False, left: int = 120) -> Picture:
    picture = ROOM.copy()
    if person:
        picture[60:240, left : left + 60] = (200, 90, 60)
        picture[60:240:20, left : left + 60] = 20
    return (picture * light + offset + RANDOM.normal(0, 3, picture.shape)).clip(0, 255).astype(np.uint8)


def watch(background: Background, seconds: float, start: float, *, fps: float = 2.0, person: bool = False) -> float:
    moved = 0.0
    for number in range(round(seconds * fps)):
        moved = background.look(frame(person=person), start + number / fps)
    return moved


@pytest.mark.parametrize("fps", [2.0, 10.0])
def test_an_empty_room_is_like_itself_and_a_person_is_not(fps: float) -> None:
    background = Background()
    assert watch(background, 10, 0.0, fps=fps) < 0.002
    assert background.look(frame(person=True), 10.1) > 0.08
    assert background.look(frame(), 10.3) < 0.002


def test_light_that_changes_is_no_movement() -> None:
    background = Background()
    watch(background, 10, 0.0)
    assert background.look(frame(light=0.6), 10.5) < 0.02
    assert background.look(frame(light=0.8, offset=30), 11.0) < 0.02


def test_who_sits_still_is_seen_for_minutes() -> None:
    background = Background()
    watch(background, 20, 0.0)
    assert watch(background, 120, 20.0, fps=0.5, person=True) > 0.05
    assert background.look(frame(), 140.5) < 0.03


def test_furniture_that_was_moved_becomes_the_room_in_the_end() -> None:
    background = Background()
    watch(background, 20, 0.0)
    assert watch(background, 900, 20.0, fps=0.1, person=True) < 0.01


def test_another_scene_and_another_film_are_learned_anew() -> None:
    background = Background()
    watch(background, 10, 0.0)
    other = RANDOM.integers(0, 255, (24, 32, 3), np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    assert background.look(other, 10.2) == 0.0
    assert background.look(other, 2.0) == 0.0
    assert background.look(other, 2.5) == 0.0
    assert background.look(frame()[:200], 3.0) == 0.0
