"""Drawn people."""

import numpy as np
import pytest

from hub.learning.drawn.person import PersonAt, draw_person, person_capsules
from hub.learning.drawn.room import draw_room
from hub.learning.drawn.solids import Light

SIZE = (320, 240)


def test_a_person_stands_where_it_should() -> None:
    room = draw_room(SIZE)
    picture = room.copy()
    draw_person(picture, PersonAt(x=0.25, top=0.1, height=0.8), Light())
    changed = np.argwhere(np.abs(picture.astype(int) - room).max(axis=2) > 40)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert top == pytest.approx(24, abs=12) and bottom == pytest.approx(216, abs=14)
    assert 0.25 * 320 - 70 < left < 0.25 * 320 < right < 0.25 * 320 + 70


def test_who_is_out_of_the_picture_changes_nothing() -> None:
    room = draw_room(SIZE)
    picture = room.copy()
    draw_person(picture, PersonAt(x=-1.0), Light())
    np.testing.assert_array_equal(picture, room)


@pytest.mark.parametrize("reach", [(0.35, 0.4), (0.7, 0.6), (0.5001, 0.1)])
def test_an_arm_reaches_for_its_hand(reach: tuple[float, float]) -> None:
    ends = [c.end for c in person_capsules(PersonAt(x=0.5, reach=reach), SIZE)]
    nearest = min(np.hypot(x - reach[0] * 320, y - reach[1] * 240) for x, y, _ in ends)
    assert nearest < 1


def test_steps_move_the_feet_only() -> None:
    still, walking = person_capsules(PersonAt(), SIZE), person_capsules(PersonAt(stride=1.0), SIZE)
    moved = [a != b for a, b in zip(still, walking, strict=True)]
    assert any(moved[:6]) and not any(moved[6:])
