"""A room's light and air as features, and the recordings of one office that they are tried with."""

import csv
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import UsageError
from hub.learning.federated.head import Head, Material
from hub.learning.network import Network

FEATURES: Final = ("temperature", "humidity", "light", "carbon dioxide", "vapour")
LABELS: Final = ("nobody", "somebody")
_HIDDEN: Final = 8  # with five features and one answer: 57 weights
_SEED: Final = 41
_USUAL: Final = np.array([21.0, 27.0, 200.0, 650.0, 0.0042])
"""What the meters of a heated room show: degrees Celsius, percent, lux, ppm, kilograms of water a kilogram of air."""
_SPREAD: Final = np.array([1.5, 5.0, 200.0, 300.0, 0.001])
_FARTHEST: Final = 4.0


def office_features(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Readings (n, 5) of the `FEATURES` as what a head takes: about -1 to 1, and never beyond 4.

    The measures are written down and not worked out from readings: they would differ from hub to hub, and tell of them.
    """
    features: NDArray[np.float32] = np.clip((rows - _USUAL) / _SPREAD, -_FARTHEST, _FARTHEST).astype(np.float32)
    return features


def fresh_head(seed: int = _SEED) -> Head:
    """A presence head that has learnt nothing yet, the same on every hub."""
    network = Network.fresh((len(FEATURES), _HIDDEN, 1), np.random.default_rng(seed))
    return Head("presence", LABELS, network.weights)


def read_office(path: Path) -> Material:
    """The rows of a file of the UCI Occupancy Detection set, in their order; `UsageError` when it is none."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            next(rows)  # its heading lacks the number that each row begins with
            found = [[float(cell) for cell in row[2:8]] for row in rows]
        table = np.array(found, np.float64).reshape(-1, len(FEATURES) + 1)
    except (OSError, ValueError, StopIteration, IndexError) as error:
        remedy = "give the folder with datatraining.txt and datatest.txt (docs/data.md)"
        raise UsageError(f"no occupancy recording at {path}: {error}", remedy=remedy) from error
    return Material.plain(office_features(table[:, :-1]), table[:, -1].astype(np.int64))
