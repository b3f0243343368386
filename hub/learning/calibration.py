"""Confidence that means what it says: of answers given with 0.8, four in five are right."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.learning.network import Network, cross_entropy


def calibrate(network: Network, x: NDArray[np.float32], y: NDArray[np.integer[Any]]) -> float:
    """Scale a network's logits by one temperature, so that its loss on examples that it did not learn is least.

    After Guo et al., "On calibration of modern neural networks" (2017). The last layer takes the scale in; the answer
    stays the same. Gives back the temperature.
    """
    logits = network.logits(x)
    choices = np.exp(np.linspace(np.log(0.4), np.log(4.0), 120))
    best = float(min(choices, key=lambda t: cross_entropy((logits / np.float32(t)).astype(np.float32), y)))
    for place in (-2, -1):
        network.weights[place] = network.weights[place] / np.float32(best)
    return best


def calibration_error(probabilities: NDArray[np.float32], y: NDArray[np.integer[Any]], bins: int = 15) -> float:
    """How far confidence is from being right, in the mean over answers (expected calibration error, 0 to 1)."""
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == y
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gap = np.bincount(places, right - sure, minlength=bins)
    return float(np.abs(gap).sum() / len(y))
