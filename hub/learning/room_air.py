"""A room's light and air as features, from which a head learns whether somebody is there."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.learning.head import Head
from hub.learning.network import Network

FEATURES: Final = ("temperature", "humidity", "light", "carbon dioxide", "vapour")
LABELS: Final = ("nobody", "somebody")
_HIDDEN: Final = 8  # with five features and one answer: 57 weights
_SEED: Final = 41
_USUAL: Final = np.array([21.0, 27.0, 200.0, 650.0, 0.0042])
"""What the meters of a heated room show: degrees Celsius, percent, lux, ppm, kilograms of water a kilogram of air."""
_SPREAD: Final = np.array([1.5, 5.0, 200.0, 300.0, 0.001])
_FARTHEST: Final = 4.0


def air_features(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Readings (n, 5) of the `FEATURES` as what a head takes: about -1 to 1, and never beyond 4.

    The measures are written down and not worked out from readings: they would differ from hub to hub, and tell of them.
    """
    features: NDArray[np.float32] = np.clip((rows - _USUAL) / _SPREAD, -_FARTHEST, _FARTHEST).astype(np.float32)
    return features


def fresh_head(seed: int = _SEED) -> Head:
    """A presence head that has learnt nothing yet, the same on every hub."""
    network = Network.fresh((len(FEATURES), _HIDDEN, 1), np.random.default_rng(seed))
    return Head("presence", LABELS, network.weights)
