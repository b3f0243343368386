"""Capsules, their relief, and light on them."""

import numpy as np
import pytest

from hub.learning.drawn.solids import Capsule, Light, Relief, put, relief

RED, BLUE = (200, 40, 40), (40, 40, 200)


def depth(solids: Relief) -> np.ndarray:
    """Of a whole picture of 100 by 80."""
    whole = np.full((80, 100), -1e6, np.float32)
    height, width = solids.depth.shape
    whole[solids.top : solids.top + height, solids.left : solids.left + width] = solids.depth
    return whole


def test_a_ball_is_round_and_nearest_in_its_middle() -> None:
    ball = relief([Capsule((50, 40, 0), (50, 40, 0), 10, 10, RED)], (100, 80))
    assert ball is not None
    there = ball.depth > -1e5
    assert there.sum() == pytest.approx(np.pi * 100, rel=0.03)
    y, x = np.unravel_index(ball.depth.argmax(), ball.depth.shape)
    assert (x + ball.left, y + ball.top) == (50, 40)
    assert ball.depth.max() == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("deep", [-60.0, 0.0, 60.0])
def test_a_capsule_is_the_hull_of_its_balls(deep: float) -> None:
    start, end = (30.0, 30.0, 0.0), (70.0, 50.0, deep)
    found = relief([Capsule(start, end, 9, 6, RED)], (100, 80))
    assert found is not None
    balls = []
    for share in np.linspace(0, 1, 200):
        x, y, z = np.array(start) * (1 - share) + np.array(end) * share
        radius = 9 - 3 * share
        balls.append(Capsule((x, y, z), (x, y, z), radius, radius, RED))
    wanted = relief(balls, (100, 80))
    assert wanted is not None
    whole, exact = depth(found), depth(wanted)
    both = (whole > -1e5) & (exact > -1e5)
    assert both.sum() > 0.97 * (exact > -1e5).sum() and both.sum() > 0.97 * (whole > -1e5).sum()
    assert np.abs(whole - exact)[both].max() < 1.5


def test_what_is_nearer_hides_what_is_behind() -> None:
    far, near = Capsule((20, 20, 0), (60, 20, 0), 8, 8, RED), Capsule((40, 20, 30), (40, 20, 30), 5, 5, BLUE)
    for order in ([far, near], [near, far]):
        seen = relief(order, (80, 40))
        assert seen is not None
        assert tuple(seen.colour[20 - seen.top, 40 - seen.left]) == BLUE
        assert tuple(seen.colour[20 - seen.top, 25 - seen.left]) == RED


def test_what_is_outside_is_not_there() -> None:
    assert relief([Capsule((-50, -50, 0), (-60, -50, 0), 5, 5, RED)], (80, 40)) is None
    assert relief([], (80, 40)) is None


def test_light_from_the_left_brightens_the_left() -> None:
    picture = np.full((60, 60, 3), 100, np.uint8)
    ball = relief([Capsule((30, 30, 0), (30, 30, 0), 15, 15, RED)], (60, 60))
    assert ball is not None
    put(picture, ball, Light(direction=(-1.0, 0.0, 0.5)), grain=5)
    assert picture[30, 20, 0] > picture[30, 40, 0] + 20
    assert (picture[2, 2] == 100).all()
    before = np.full((60, 60, 3), 100, np.uint8)
    put(before, ball, Light(), grain=5, shadow=0.5)
    assert before[44, 44].mean() < 99  # a shadow falls to the lower right
