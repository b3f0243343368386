"""Small networks: their gradient, their training."""

import numpy as np
import pytest

from hub.learning.network import Adam, Network, cross_entropy, fit, softmax


def examples(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds in the plane."""
    rng = np.random.default_rng(5)
    y = rng.integers(3, size=n)
    x = np.array([[0, 0], [4, 0], [0, 4]], np.float32)[y] + rng.normal(0, 0.7, (n, 2)).astype(np.float32)
    return x.astype(np.float32), y


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_gradient_is_the_slope_of_the_loss(smoothing: float) -> None:
    rng = np.random.default_rng(1)
    network = Network.fresh((4, 6, 3), rng)
    network.weights = [w.astype(np.float64) for w in network.weights]  # finite differences need the digits
    x, y, decay = rng.normal(size=(8, 4)), rng.integers(3, size=8), 0.05

    def loss() -> float:
        shares = np.log(softmax(network.logits(x)))
        wanted = np.eye(3)[y] * (1 - smoothing) + smoothing / 3
        pulled = sum(float((m**2).sum()) for m in network.weights[::2]) * decay / 2
        return float(-(wanted * shares).sum(axis=1).mean()) + pulled

    found = network.gradient(x, y, decay=decay, smoothing=smoothing)
    for weight, slope in zip(network.weights, found, strict=True):
        assert weight.shape == slope.shape
        for place in [(0,) * weight.ndim, tuple(s - 1 for s in weight.shape)]:
            kept, step = weight[place], 1e-5
            weight[place] = kept + step
            above = loss()
            weight[place] = kept - step
            below = loss()
            weight[place] = kept
            assert slope[place] == pytest.approx((above - below) / (2 * step), abs=1e-4)


def test_it_learns_and_is_the_same_for_a_seed() -> None:
    x, y = examples()
    made = []
    for _ in range(2):
        rng = np.random.default_rng(3)
        network = Network.fresh((2, 8, 3), rng)
        before = network.loss(x, y)
        fit(network, x, y, rng, epochs=20, batch=32, rate=1e-2)
        assert network.loss(x, y) < 0.2 < before
        assert (network.probabilities(x).argmax(axis=1) == y).mean() > 0.95
        made.append(network.weights)
    for one, other in zip(*made, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == np.float32


def test_a_step_adds_a_change_to_the_weights() -> None:
    network = Network.fresh((2, 3), np.random.default_rng(0))
    before = [w.copy() for w in network.weights]
    network.step([np.ones_like(w) for w in before])
    for old, new in zip(before, network.weights, strict=True):
        np.testing.assert_allclose(new, old + 1)
    with pytest.raises(ValueError, match="zip"):
        network.step([np.ones((2, 3), np.float32)])


def test_adams_first_steps_are_as_long_as_its_rate() -> None:
    adam = Adam(0.01)
    for _ in range(3):
        change = adam.change([np.array([3.0, -0.002], np.float32)])
        np.testing.assert_allclose(change[0], [-0.01, 0.01], rtol=1e-3)


def test_huge_logits_stay_finite() -> None:
    logits = np.array([[1e4, -1e4, 0.0]], np.float32)
    np.testing.assert_allclose(softmax(logits), [[1, 0, 0]])
    assert cross_entropy(logits, np.array([0])) == pytest.approx(0)
    assert cross_entropy(logits, np.array([1])) == pytest.approx(2e4)


def test_a_network_needs_a_bias_for_every_matrix() -> None:
    with pytest.raises(ValueError, match="bias"):
        Network([np.zeros((2, 2), np.float32)])
    assert Network.fresh((42, 48, 24, 11), np.random.default_rng(0)).sizes == (42, 48, 24, 11)
