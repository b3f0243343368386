"""A home shows a few gestures again and again; the head learns them and does not forget all others."""

import numpy as np

from hub.floors.learning import drawn_hands
from hub.learning.federated.aggregate import added
from hub.learning.federated.gate import examine, no_worse
from hub.learning.federated.local import Plan, learn
from hub.learning.head import Head, Material
from hub.learning.onnx_import import bundled_gesture
from hub.perception.gesture.head import NETWORK_NAMES, NONE
from tests.learning.people import examples_of


def shown(count: int) -> Material:
    """What use confirms: gestures, and never a hand that says nothing."""
    kept = [(x, NETWORK_NAMES.index(name)) for x, name in examples_of(0, count) if name != NONE]
    return Material.plain(np.array([x for x, _ in kept]), np.array([y for _, y in kept]))


def test_a_head_that_learns_from_use_still_knows_what_nobody_shows() -> None:
    head, canaries, held = bundled_gesture(), drawn_hands(12, 1), shown(400).where(np.arange(320) >= 160)
    material = shown(200)

    def learned(rehearsed: Material | None) -> Head:
        change = learn(head, material, np.random.default_rng(1), Plan(), rehearsed)
        return head.with_open(added(head.open, change))

    before = examine(head, held, canaries)
    plain, kept = (examine(learned(r), held, canaries) for r in (None, drawn_hands(30, 2)))
    assert no_worse(before, plain) == f"no longer knows {NONE}"
    assert no_worse(before, kept) == ""
    assert kept.held.count > before.held.count + 10
