"""Train the gesture network on synthetic hands; write it and its card: `python -m hub.learning.train_gesture`."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import tomli_w
from msgspec import Struct
from numpy.typing import NDArray

from hub.core.bundled import bundled
from hub.learning.calibration import calibrate, calibration_error
from hub.learning.gesture_data import data_set
from hub.learning.network import Network, fit
from hub.learning.onnx_export import to_onnx
from hub.perception.gesture.features import SIZE
from hub.perception.gesture.head import NETWORK_NAMES, NONE

SEED = 20
HIDDEN = (48, 24)
VERSION = "1"
FILE = "gesture.onnx"
_HELD_OUT = 1000
_HELD_OUT_SEED = 7_000_000
_SURE = 0.6
_DATA = f"{_HELD_OUT} synthetic hands a gesture that it did not learn from, {3 * _HELD_OUT} that say nothing"


class Trained(Struct, frozen=True):
    """A trained network as ONNX, and how good it is on hands that it did not learn from (shares, 0 to 1)."""

    onnx: bytes
    accuracy: float
    false_gestures: float
    calibration_error: float


def train(*, per_class: int = 12_000, epochs: int = 60, seed: int = SEED) -> Trained:
    """Train from nothing. The same arguments give the same bytes on the same machine."""
    rng = np.random.default_rng(seed)
    x, y = data_set(per_class, rng)
    network = Network.fresh((SIZE, *HIDDEN, len(NETWORK_NAMES)), rng)
    fit(network, x, y, rng, epochs=epochs)
    calibrate(network, *data_set(max(50, per_class // 10), rng))
    held_x, held_y = data_set(_HELD_OUT, np.random.default_rng(_HELD_OUT_SEED))
    probabilities = network.probabilities(held_x)
    return Trained(
        to_onnx(network, NETWORK_NAMES, name="gesture"),
        float((probabilities.argmax(axis=1) == held_y).mean()),
        _false_gestures(probabilities, held_y),
        calibration_error(probabilities, held_y),
    )


def _false_gestures(probabilities: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """The share of hands that say nothing in which a gesture is seen all the same, with confidence."""
    none = NETWORK_NAMES.index(NONE)
    silent = probabilities[y == none]
    return float(((silent.argmax(axis=1) != none) & (silent.max(axis=1) >= _SURE)).mean())


def write(trained: Trained, models: Path) -> Path:
    """Write the network and its card into the folder of model cards; gives back the network's path."""
    path = models / "gesture" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(trained.onnx)
    measures = {
        "accuracy": trained.accuracy,
        f"gestures seen with confidence {_SURE} or more in hands that say nothing": trained.false_gestures,
        "expected calibration error": trained.calibration_error,
    }
    card = {
        "name": "gesture",
        "task": "gesture",
        "version": VERSION,
        "licence": "Apache-2.0",
        "description": "Gestures: what the 21 landmarks of a hand say. Trained by this project on synthetic hands.",
        "default": True,
        "files": [{"name": FILE, "sha256": hashlib.sha256(trained.onnx).hexdigest(), "size": len(trained.onnx)}],
        "sources": [{"bundled": "gesture/{file}"}],
        "metrics": [{"metric": m, "value": round(v, 4), "data": _DATA} for m, v in measures.items()],
    }
    text = "# Written by `make models` (hub/learning/train_gesture.py).\n" + tomli_w.dumps(card)
    (models / "gesture.toml").write_text(text, encoding="utf-8")
    return path


def main() -> int:
    """Train, write, and say what came out."""
    trained = train()
    path = write(trained, bundled("models"))
    sys.stdout.write(
        f"{path}: {len(trained.onnx)} bytes, accuracy {trained.accuracy:.3f}, false gestures "
        f"{trained.false_gestures:.3f}, calibration error {trained.calibration_error:.3f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
