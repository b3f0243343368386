"""Rays of fingers: angles, where they leave the picture, and where they meet."""

from math import cos, hypot, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.dialogue.rays import Point, Ray, meeting, middle

ASPECT = 16 / 9
fractions = st.floats(0.0, 1.0)


def ray(tip: Point, at: Point, astray: float = 0.0) -> Ray:
    """From `tip` towards `at`, turned by `astray` degrees."""
    right, down = (at[0] - tip[0]) * ASPECT, at[1] - tip[1]
    length, turn = hypot(right, down), radians(astray)
    dx, dy = right * cos(turn) - down * sin(turn), right * sin(turn) + down * cos(turn)
    return Ray(tip[0], tip[1], dx / length, dy / length, ASPECT)


def test_angles_are_those_of_square_pixels() -> None:
    along = Ray(0.5, 0.5, 1.0, 0.0, 2.0)
    assert along.off((0.9, 0.5)) == pytest.approx(0.0)
    assert along.off((0.6, 0.7)) == pytest.approx(45.0)  # a tenth of the width is two tenths of the height
    assert along.off((0.1, 0.5)) == pytest.approx(180.0)
    assert along.off((0.5, 0.51)) == 0.0  # at the fingertip


@given(fractions, fractions, fractions, fractions)
def test_a_ray_ends_at_the_edge_of_the_picture(x: float, y: float, to_x: float, to_y: float) -> None:
    if hypot(to_x - x, to_y - y) < 0.05:
        return
    pointing = ray((x, y), (to_x, to_y))
    end = pointing.end()
    assert all(-1e-6 <= part <= 1 + 1e-6 for part in end)
    assert any(part == pytest.approx(edge, abs=1e-6) for part in end for edge in (0.0, 1.0))
    assert pointing.off(end) < 0.1


def test_a_ray_from_outside_ends_one_height_on() -> None:
    assert Ray(0.5, 2.0, 0.0, 1.0, ASPECT).end() == (0.5, 3.0)


@example(tips=[(0.0, 1.0), (0.0, 0.9375)], thing=(-0.5, 0.0))
@given(st.lists(st.tuples(fractions, fractions), min_size=2, max_size=6), st.tuples(st.floats(-0.5, 1.5), fractions))
def test_rays_from_different_spots_meet_at_the_thing(tips: list[Point], thing: Point) -> None:
    far = [tip for tip in tips if hypot((tip[0] - thing[0]) * ASPECT, tip[1] - thing[1]) > 0.1]
    if len(far) < 2:
        return
    found = meeting([ray(tip, thing) for tip in far])
    assert all(ray(tip, thing).off(found) < 16.0 for tip in far[-1:])


def test_more_rays_tell_better_in_spite_of_the_arm() -> None:
    thing, tips = (0.6, 0.2), [(0.1, 0.8), (0.9, 0.9), (0.4, 0.9), (0.8, 0.6)]
    astray = (4.0, -3.0, -4.0, 3.0)
    rays = [ray(tip, thing, wrong) for tip, wrong in zip(tips, astray, strict=True)]
    off = [hypot((p[0] - thing[0]) * ASPECT, p[1] - thing[1]) for p in (meeting(rays[:n]) for n in (1, 2, 4))]
    assert off[0] > off[1] > off[2]
    assert off[2] < 0.05


def test_what_was_moved_is_where_it_is_pointed_at_now() -> None:
    before = [ray((0.2, 0.8), (0.1, 0.1)), ray((0.8, 0.8), (0.1, 0.1))]
    now = [ray((0.2, 0.8), (0.9, 0.3)), ray((0.6, 0.9), (0.9, 0.3))]
    assert meeting([*before, *now]) == pytest.approx((0.9, 0.3), abs=0.01)


def test_rays_from_one_spot_are_one_ray() -> None:
    """Two from the same chair cross at the fingertip, and nothing is there."""
    found = meeting([ray((0.5, 0.5), (0.1, 0.1), 4.0), ray((0.51, 0.5), (0.1, 0.1), -4.0)])
    assert ray((0.5, 0.5), (0.1, 0.1)).off(found) < 4.0
    assert min(found) == pytest.approx(0.0, abs=0.01)


def test_parallel_rays_are_not_crossed() -> None:
    rays = [Ray(0.2, 0.5, 0.0, -1.0, ASPECT), Ray(0.6, 0.5, 0.01, -1.0, ASPECT)]
    assert meeting(rays) == rays[1].end()


def test_the_middle_of_a_still_arm_and_of_none_other() -> None:
    still = [ray((0.5, 0.5), (0.9, 0.1), wrong) for wrong in (-3.0, 2.0, 0.0, 1.0, 40.0)]
    found = middle(still)
    assert found is not None
    assert found.off((0.9, 0.1)) < 2.0
    assert middle([ray((0.5, 0.5), (0.9, 0.1), wrong) for wrong in range(-70, 71, 10)]) is None
    assert middle([ray((0.5, 0.5), (0.9, 0.5)), ray((0.5, 0.5), (0.1, 0.5))]) is None
    assert middle([]) is None
