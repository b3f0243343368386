"""Drawn hands."""

import math

import numpy as np
import pytest

from hub.learning.drawn.hand import HandAt, hand_capsules, hand_turn, pointing, pose_angles
from hub.learning.hand import CURLED, POSES
from hub.perception.gesture.head import GESTURES

SIZE = (640, 480)


@pytest.mark.parametrize("pose", [*GESTURES, "relaxed"])
@pytest.mark.parametrize("left", [False, True])
def test_every_gesture_can_be_drawn_where_it_should_be(pose: str, left: bool) -> None:
    flesh = hand_capsules(HandAt(pose=pose, x=0.5, y=0.6, size=0.2, left=left, forearm=False), SIZE)
    points = np.array([c.start for c in flesh] + [c.end for c in flesh])
    assert np.linalg.norm(points[:, :2] - [320, 288], axis=1).max() < 2.6 * 0.2 * 480
    assert all(c.radius > 0 and c.end_radius > 0 for c in flesh)


def test_left_is_right_in_a_mirror() -> None:
    right = hand_capsules(HandAt(pose="call", pitch=0), SIZE)
    left = hand_capsules(HandAt(pose="call", pitch=0, left=True), SIZE)
    for one, other in zip(right, left, strict=True):
        assert one.start[0] - 320 == pytest.approx(320 - other.start[0])
        assert one.start[1:] == pytest.approx(other.start[1:])


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("way", [(0.0, -1.0), (-0.8, -0.6), (0.6, 0.8), (1.0, 0.0), (-0.6, 0.8)])
def test_a_finger_points_where_it_is_told_to(way: tuple[float, float], left: bool) -> None:
    hand = HandAt(pose="point", roll=pointing(*way, left=left), left=left, pitch=0)
    finger = hand_capsules(hand, SIZE)[0]
    dx, dy = finger.end[0] - finger.start[0], finger.end[1] - finger.start[1]
    assert dx / math.hypot(dx, dy) == pytest.approx(way[0], abs=0.02)
    assert dy / math.hypot(dx, dy) == pytest.approx(way[1], abs=0.02)


def test_thumbs_turn_by_themselves() -> None:
    for left in (False, True):
        up = hand_capsules(HandAt(pose="thumb_up", left=left, pitch=0), SIZE)
        down = hand_capsules(HandAt(pose="thumb_down", left=left, pitch=0), SIZE)
        thumb = 19  # its last bone
        assert up[thumb].end[1] < up[thumb].start[1] - 10
        assert down[thumb].end[1] > down[thumb].start[1] + 10
    assert hand_turn(HandAt(pose="fist", roll=7)) == 7


def test_drawn_fists_are_tight_and_the_poses_stay_as_they_are() -> None:
    assert pose_angles("fist")[0] > CURLED[0] == POSES["fist"].angles[0]


def test_an_unknown_pose_is_named() -> None:
    with pytest.raises(ValueError, match=r"'wave'; there are open_palm"):
        pose_angles("wave")
