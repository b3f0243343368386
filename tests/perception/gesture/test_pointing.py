"""Where a finger points, and when that is not said."""

import math

import numpy as np
import pytest

from hub.perception.gesture.hands import FoundHand
from hub.perception.gesture.looking import plausible
from hub.perception.gesture.pointing import pointing
from tests.perception.gesture.hands_made import pointing_hand


def test_a_finger_points_from_its_tip() -> None:
    found = pointing(pointing_hand(), "point")
    assert found is not None
    assert (found.x, found.y) == pytest.approx((0.5, 0.31))
    assert (found.dx, found.dy) == pytest.approx((0, -1), abs=1e-6)
    assert found.aspect == 2.0


@pytest.mark.parametrize("turn", [-35, 20, 35])
def test_a_finger_may_turn_a_little(turn: float) -> None:
    found = pointing(pointing_hand(finger=turn), "point")
    assert found is not None
    assert math.degrees(math.atan2(found.dx, -found.dy)) == pytest.approx(turn, abs=0.1)


def test_where_it_is_not_certain_nothing_is_said() -> None:
    assert pointing(pointing_hand(finger=45), "point") is None
    assert pointing(pointing_hand(finger=180), "point") is None
    assert pointing(pointing_hand(length=0.2), "point") is None
    assert pointing(pointing_hand(), "fist") is None
    nothing = FoundHand(
        joints=np.zeros((21, 3), np.float32), world=np.zeros((21, 3), np.float32), left=True, score=1.0, aspect=1.0
    )
    assert pointing(nothing, "point") is None
    assert not plausible(nothing)
