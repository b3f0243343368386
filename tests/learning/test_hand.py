"""The hand of bones and angles."""

import numpy as np
import pytest

from hub.learning.hand import ANGLES, POSES, USUAL, Pose, Proportions, fingers, joints, rotation

TIPS = (8, 12, 16, 20)


@pytest.mark.parametrize("name", POSES)
def test_bones_keep_their_lengths_in_every_pose(name: str) -> None:
    placed = joints(POSES[name].angles)
    assert placed.shape == (21, 3)
    for finger in range(4):
        chain = placed[5 + 4 * finger : 9 + 4 * finger]
        np.testing.assert_allclose(np.linalg.norm(np.diff(chain, axis=0), axis=1), USUAL.bones[finger])
    np.testing.assert_allclose(np.linalg.norm(np.diff(placed[1:5], axis=0), axis=1), USUAL.thumb_bones)
    np.testing.assert_array_equal(placed[0], 0)


@pytest.mark.parametrize(
    ("name", "straight"),
    [
        ("open_palm", "1111"),
        ("fist", "0000"),
        ("point", "1000"),
        ("victory", "1100"),
        ("three", "1110"),
        ("rock", "1001"),
    ],
)
def test_straight_fingers_reach_above_the_knuckles(name: str, straight: str) -> None:
    placed = joints(POSES[name].angles)
    assert [placed[tip, 1] > 1.4 for tip in TIPS] == [letter == "1" for letter in straight]


def test_ok_closes_a_ring_and_a_thumb_stands_away() -> None:
    ring = joints(POSES["ok"].angles)
    assert np.linalg.norm(ring[4] - ring[8]) < 0.35
    thumb = joints(POSES["thumb"].angles)
    assert thumb[4, 0] > 1.0 and abs(thumb[4, 1]) < 0.8


def test_many_hands_at_once_are_the_same_as_one_by_one() -> None:
    angles = np.stack([pose.angles for pose in POSES.values()])
    assert angles.shape[1] == ANGLES
    many = joints(angles)
    for one, placed in zip(angles, many, strict=True):
        np.testing.assert_allclose(joints(one), placed)


def test_proportions_are_a_hands_own() -> None:
    long = Proportions(USUAL.knuckles, USUAL.bones * 1.2, USUAL.thumb_root, USUAL.thumb_bones)
    pose = POSES["open_palm"].angles
    assert joints(pose, long)[12, 1] > joints(pose)[12, 1] + 0.15


def test_rotation_turns_rolls_and_tips() -> None:
    up, palm = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    np.testing.assert_allclose(rotation(0, 0, 90) @ up, [-1, 0, 0], atol=1e-12)  # anticlockwise
    np.testing.assert_allclose(rotation(0, 180, 0) @ palm, [0, 0, -1], atol=1e-12)
    assert (rotation(30, 0, 0) @ up)[2] > 0  # towards the camera
    many = rotation(np.zeros(5), np.linspace(0, 90, 5), 10)
    np.testing.assert_allclose(many @ np.swapaxes(many, 1, 2), np.broadcast_to(np.eye(3), (5, 3, 3)), atol=1e-12)


def test_a_finger_code_is_four_letters() -> None:
    assert len(Pose(fingers("10-1"), POSES["fist"].thumb).angles) == ANGLES
    with pytest.raises(KeyError):
        fingers("10x1")
