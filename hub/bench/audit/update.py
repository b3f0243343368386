"""What a hub would send the home's other hubs in a round, had it learnt from the hand in the canary picture."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from hub.learning.federated.arrays import pack
from hub.learning.federated.local import Plan, learn
from hub.learning.federated.messages import Offer, encode
from hub.learning.gesture_data import data_set
from hub.learning.head import Head, Material
from hub.learning.onnx_import import bundled_gesture

_DRAWN: Final = 8
"""Hands of each gesture that are learnt from besides: an update of fewer than 32 examples is never made."""


def update_of(hands: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """An update as it goes over the wire; `hands` are features of hands that were seen."""
    head: Head = bundled_gesture()
    features, classes = data_set(_DRAWN, rng)
    material = Material.plain(features, classes)
    if hands:
        seen = np.array([np.frombuffer(hand, "<f4") for hand in hands], np.float32)
        material = material.joined(Material.plain(seen, np.full(len(hands), classes[0])))
    change = learn(head, material, rng, Plan(epochs=1))
    return pack(encode(Offer("gesture", 1, "audit", float(len(material)))), change)
