"""Confidence that means what it says."""

import numpy as np
import pytest

from hub.learning.calibration import calibrate, calibration_error
from hub.learning.network import Network


def doubtful() -> tuple[Network, np.ndarray, np.ndarray]:
    """A network that is far too sure, and examples of which it gets three in four right."""
    network = Network([np.array([[-6.0, 6.0]], np.float32), np.zeros(2, np.float32)])
    x = np.repeat(np.array([[-1.0], [1.0]], np.float32), 100, axis=0)
    y = np.repeat([0, 1], 100)
    y[::4] = 1 - y[::4]
    return network, x, y


def test_a_network_that_is_too_sure_is_cooled() -> None:
    network, x, y = doubtful()
    before = network.probabilities(x)
    assert calibration_error(before, y) == pytest.approx(0.25, abs=0.01)
    assert calibrate(network, x, y) > 2
    after = network.probabilities(x)
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))
    assert calibration_error(after, y) < calibration_error(before, y)


def test_the_error_of_what_is_always_right_and_sure_is_nothing() -> None:
    assert calibration_error(np.eye(3, dtype=np.float32), np.arange(3)) == 0
