"""Learning at home: a few steps from the home's own examples, and what may be told of them."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.core.errors import HearthError
from hub.learning.head import Head, Material
from hub.learning.network import Adam, Network, Weights

LEAST_EXAMPLES: Final = 32
"""No update is made of fewer: it would tell what they are."""
MOST_OF_ONE: Final = 0.4
"""The largest share of an update that one example may have."""
_SAME: Final = 3
"""Features that agree to so many decimals are one example."""


class TooFewExamplesError(HearthError):
    """There are not enough examples for an update that gives none of them away."""

    code = "too_few_examples"


class DivergedError(HearthError):
    """Learning led nowhere: the weights are no numbers any more."""

    code = "diverged"


class TraceableError(HearthError):
    """One example makes up so much of an update that it could be worked out from it: it is not sent."""

    code = "traceable"


class Plan(Struct, frozen=True):
    """How a hub learns in a round.

    `pull` is FedProx's: how strongly the weights are held to those that the round began with (Li et al., "Federated
    optimization in heterogeneous networks", 2020); 0 is plain FedAvg.
    """

    epochs: int = 8
    batch: int = 32
    rate: float = 3e-3
    decay: float = 1e-4
    pull: float = 0.0


def learn(
    head: Head, material: Material, rng: np.random.Generator, plan: Plan, rehearsed: Material | None = None
) -> Weights:
    """The change of the head's open weights that the examples ask for. The same arguments give the same change.

    `rehearsed` are known examples that every hub has, learnt among its own: a home shows a few things again and again,
    and the head would forget all others. They count for none of the 32.

    Raises `TooFewExamplesError` below 32 different examples, `DivergedError` when that leads to no numbers.
    """
    enough(material)
    if rehearsed is not None:
        material = material.joined(rehearsed)
    seen, start = head.seen(material.x), head.open
    network, adam = Network([weight.copy() for weight in start]), Adam(plan.rate)
    for _ in range(plan.epochs):
        order = rng.permutation(len(material))
        for first in range(0, len(order), plan.batch):
            some = order[first : first + plan.batch]
            gradient = network.gradient(seen[some], material.y[some], decay=plan.decay, worth=material.worth[some])
            if plan.pull:
                gradient = [
                    slope + np.float32(plan.pull) * (now - before)
                    for slope, now, before in zip(gradient, network.weights, start, strict=True)
                ]
            network.step(adam.change(gradient))
    change = [now - before for now, before in zip(network.weights, start, strict=True)]
    if not all(np.isfinite(array).all() for array in change):
        raise DivergedError("learning did not converge", remedy="a smaller rate")
    return change


def enough(material: Material) -> None:
    """Raise `TooFewExamplesError` unless 32 different examples are there."""
    count = int(_groups(material).max(initial=-1)) + 1
    if count < LEAST_EXAMPLES:
        raise TooFewExamplesError(
            f"{count} different examples are too few to learn from",
            remedy=f"{LEAST_EXAMPLES} are needed; they come with use",
        )


def most_of_one(head: Head, material: Material, update: Weights) -> float:
    """The largest share (0 to 1) that one example has in an update.

    An update is a sum of the examples' gradients, and the longest of these is what inverting it finds first (Zhu et
    al., "Deep leakage from gradients", 2019). The lengths are taken before and after learning; examples that are the
    same but for rounding count as one.
    """
    seen, total = head.seen(material.x), np.zeros(len(material), np.float64)
    before = head.open
    for weights in (before, [weight + change for weight, change in zip(before, update, strict=True)]):
        total += Network(weights).gradient_lengths(seen, material.y) * material.worth
    shares = np.bincount(_groups(material), total)
    return float(shares.max() / max(shares.sum(), 1e-30)) if len(shares) else 1.0


def check_untraceable(head: Head, material: Material, update: Weights) -> None:
    """Raise `TraceableError` when the update tells too much of one example, `TooFewExamplesError` below 32."""
    enough(material)
    share = most_of_one(head, material, update)
    if share > MOST_OF_ONE:
        raise TraceableError(
            f"one example makes up {share:.0%} of this hub's update, so it was not sent",
            remedy="the next round learns from more examples",
        )


def _groups(material: Material) -> NDArray[np.intp]:
    """For each example, which different one it is."""
    if not len(material):
        return np.zeros(0, np.intp)
    rounded = np.round(material.x.astype(np.float64), _SAME) + 0.0
    groups: NDArray[np.intp] = np.unique(rounded, axis=0, return_inverse=True)[1].reshape(-1)
    return groups
