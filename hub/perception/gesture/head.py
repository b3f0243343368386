"""From the joints of a hand to the name of its gesture: a small network that this project trained."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from hub.core.errors import ModelError
from hub.inference.sessions import Sessions
from hub.perception.gesture.features import SIZE, HandFeatures, hand_features

NONE = "none"
NETWORK_NAMES = ("open_palm", "fist", "point", "victory", "three", "four", "thumb", "ok", "rock", "call", NONE)
"""What the network tells apart. A thumb is a thumb: whether it is up or down, the picture's vertical says."""
GESTURES = (*(n for n in NETWORK_NAMES if n not in ("thumb", NONE)), "thumb_up", "thumb_down")
"""Every name that a head can give, beside "none"."""

_UPRIGHT_THUMB = 0.6  # cosine: within 53 degrees of the vertical
_HANGING = -0.5  # cosine: within 60 degrees of straight down
_ALSO_HANGING = ("point", "thumb_up", "thumb_down")  # an arm at rest says nothing, but one may point at the floor


class GestureHead:
    """The gesture network. One call takes tens of microseconds; use it from one thread at a time."""

    def __init__(self, model: Path | bytes, sessions: Sessions | None = None) -> None:
        """`model` is the file of the model card "gesture"; `ModelError` when it is missing or no gesture network."""
        self._sessions = sessions or Sessions()
        self.use(model)

    def use(self, model: Path | bytes) -> None:
        """Ask this network from now on. `ModelError` when it is no gesture network: then the one before stays."""
        session = self._sessions.open(model, threads=1)
        place = str(model) if isinstance(model, Path) else ""
        inputs, outputs = session.get_inputs(), session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1 or inputs[0].shape[-1:] != [SIZE]:
            raise ModelError(f"no gesture network: it does not take {SIZE} numbers", place=place)
        names = session.get_modelmeta().custom_metadata_map.get("labels", "").split(",")
        if tuple(names) != NETWORK_NAMES or outputs[0].shape[-1:] != [len(names)]:
            raise ModelError("no gesture network: it gives other names", place=place)
        self._session, self._input, self._output = session, inputs[0].name, outputs[0].name

    def __call__(self, landmarks: ArrayLike) -> tuple[str, float]:
        """The gesture of a hand and how sure that is (0 to 1), as `hand_features` takes landmarks.

        What is no hand is ("none", 1.0). A thumb that is neither up nor down and a hand that hangs are "none".
        """
        features = hand_features(landmarks)
        return (NONE, 1.0) if features is None else self.name(features)

    def name(self, features: HandFeatures) -> tuple[str, float]:
        """The same for features."""
        (probabilities,) = self._session.run([self._output], {self._input: features.vector[None]})
        best = int(np.argmax(probabilities[0]))
        return with_vertical(NETWORK_NAMES[best], features), float(probabilities[0, best])


def with_vertical(name: str, features: HandFeatures) -> str:
    """The name of a gesture (one of `GESTURES` or "none") from a network's name and the picture's vertical."""
    if name == "thumb":
        if abs(features.thumb_up) < _UPRIGHT_THUMB:
            return NONE
        return "thumb_up" if features.thumb_up > 0 else "thumb_down"
    if features.palm_up < _HANGING and name not in _ALSO_HANGING:
        return NONE
    return name
