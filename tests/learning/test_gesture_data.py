"""Synthetic hands."""

import numpy as np
import pytest

from hub.learning.gesture_data import data_set, hands
from hub.perception.gesture.head import NETWORK_NAMES


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_hands_are_joints_that_differ(name: str) -> None:
    made = hands(name, 64, np.random.default_rng(0))
    assert made.shape == (64, 21, 2) and np.isfinite(made).all()
    assert made.std(axis=0).min() >= 0 and made[:, 8].std() > 0.1
    assert np.abs(made).max() < 20


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("name", ["none", "ok", "call"])
def test_any_number_can_be_made(name: str, count: int) -> None:
    assert hands(name, count, np.random.default_rng(1)).shape == (count, 21, 2)


def test_a_data_set_has_its_classes_and_is_the_same_for_a_seed() -> None:
    x, y = data_set(20, np.random.default_rng(2))
    assert x.shape == (20 * (len(NETWORK_NAMES) + 2), 42) and x.dtype == np.float32
    assert np.bincount(y).tolist() == [20] * 10 + [60]
    again, _ = data_set(20, np.random.default_rng(2))
    np.testing.assert_array_equal(x, again)
