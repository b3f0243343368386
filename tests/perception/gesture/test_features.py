"""Hands freed of place, size, turn and side."""

import numpy as np
import pytest

from hub.learning.hand import POSES, joints
from hub.perception.gesture.features import SIZE, feature_vectors, hand_features


def seen(pose: str) -> np.ndarray:
    return joints(POSES[pose].angles)[:, :2] * [1.0, -1.0]


@pytest.mark.parametrize("pose", POSES)
def test_place_size_turn_and_side_make_no_difference(pose: str) -> None:
    hand = seen(pose)
    plain = hand_features(hand)
    assert plain is not None and plain.vector.shape == (SIZE,) and plain.vector.dtype == np.float32
    turned = hand @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    for other in (hand * 57 + [300, 200], hand * [-1, 1], turned, turned * [1, -1] * 0.01):
        found = hand_features(other)
        assert found is not None
        np.testing.assert_allclose(found.vector, plain.vector, atol=1e-5)


def test_the_palm_points_up_and_is_one_long() -> None:
    features = hand_features(seen("open_palm") * 40 + 100)
    assert features is not None
    placed = features.vector.reshape(21, 2)
    np.testing.assert_allclose(placed[0], [0, 0])
    np.testing.assert_allclose(placed[9], [0, 1], atol=1e-6)
    assert placed[5, 0] > placed[17, 0]
    assert features.palm_up == pytest.approx(1.0, abs=0.01)


def test_the_pictures_vertical_tells_up_from_down() -> None:
    hand = seen("thumb") @ np.array([[0.0, -1.0], [1.0, 0.0]])  # the thumb was at the right, and is now above
    up, down = hand_features(hand), hand_features(-hand)
    assert up is not None and down is not None
    assert up.thumb_up > 0.9 and down.thumb_up < -0.9
    np.testing.assert_allclose(up.vector, down.vector, atol=1e-5)


def test_depth_is_not_used() -> None:
    hand = seen("victory")
    deep = np.hstack([hand, np.full((21, 1), np.nan)])
    first, second = hand_features(hand), hand_features(deep)
    assert first is not None and second is not None
    np.testing.assert_array_equal(first.vector, second.vector)


def test_a_palm_that_points_at_the_camera_stays_in_bounds() -> None:
    hand = seen("fist") * [1.0, 1e-4]
    features = hand_features(hand)
    assert features is not None and np.abs(features.vector).max() < 3


@pytest.mark.parametrize(
    "wrong", [np.zeros((21, 2)), np.full((21, 2), np.nan), np.full((21, 3), np.inf), np.ones((21, 2))]
)
def test_what_is_no_hand_has_no_features(wrong: np.ndarray) -> None:
    assert hand_features(wrong) is None


def test_huge_numbers_are_no_hand() -> None:
    assert hand_features(seen("fist") * 1e300) is None


@pytest.mark.parametrize("shape", [(20, 2), (21, 4), (42,), (0,), (1, 21, 2)])
def test_another_shape_is_the_callers_mistake(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(21, 2\)"):
        hand_features(np.ones(shape))


def test_a_batch_is_the_same_hands_one_by_one() -> None:
    hands = np.stack([seen(p) for p in POSES])
    for hand, vector in zip(hands, feature_vectors(hands), strict=True):
        features = hand_features(hand)
        assert features is not None
        np.testing.assert_array_equal(features.vector, vector)
