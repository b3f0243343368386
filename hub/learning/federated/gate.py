"""What is kept of a round: held-out examples judge each update, then what came of them all.

An update that looks like any other can still do harm, so numbers alone do not decide. Every hub asks the others'
updates one question of its own held-out examples: is the head better without you? And what a round ends with is used
where it is no worse than what the hub has.
"""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.learning.federated.aggregate import Rule, added, merge
from hub.learning.head import Head, Marks, Material
from hub.learning.network import Weights

_HARM = 0.05
_HARM_NATS = 0.002
_SURE = 1.0
"""An update does harm when the loss without it is lower by this share and so many nats more, and by so many standard
errors: a few held-out examples say one thing today and another tomorrow."""
_CLASS_DROP = 0.1
"""A class may lose so much of its recall, and at least this many examples of it must be wrong that were right."""
_CLASS_LEAST = 3
_SLACK = 1e-4


def harmful(
    head: Head, updates: Sequence[Weights], weights: Sequence[float], held: Material, *, rule: Rule = "mean"
) -> frozenset[int]:
    """Which updates (as places in the list) make the head worse on held-out examples; nothing without examples.

    From all of them together, the one without which the loss falls most is left out, again and again while it falls.
    What is left is tried as a whole, so that hubs that each know half of the home still help each other.
    """
    out: set[int] = set()
    if not len(held):
        return frozenset()

    # The frozen layers see the examples once for all that is tried.
    seen = Material(head.seen(held.x), held.y, held.worth)
    bare = Head(head.kind, head.labels, head.open)

    def losses(without: set[int]) -> NDArray[np.float64]:
        rest = [n for n in range(len(updates)) if n not in without]
        if not rest:
            return bare.marks(seen).losses
        merged = merge([updates[n] for n in rest], [weights[n] for n in rest], rule)
        return bare.with_open(added(bare.open, merged)).marks(seen).losses

    now = losses(out)
    while len(out) < len(updates):
        tried = {n: losses({*out, n}) for n in range(len(updates)) if n not in out}
        best = min(tried, key=lambda n: float(tried[n].mean()))
        if not _clearly_less(tried[best], now):
            break
        out.add(best)
        now = tried[best]
    return frozenset(out)


def _clearly_less(losses: NDArray[np.float64], before: NDArray[np.float64]) -> bool:
    gain = before - losses
    error = float(gain.std()) / math.sqrt(len(gain))
    return bool(gain.mean() > max(_HARM * float(before.mean()) + _HARM_NATS, _SURE * error))


def voted_out(votes: dict[str, frozenset[str]], members: Sequence[str]) -> frozenset[str]:
    """The members whose updates more than half of the others that voted hold to do harm. Nobody votes on itself."""
    out = set()
    for member in members:
        others = [vote for voter, vote in votes.items() if voter != member]
        if others and 2 * sum(member in vote for vote in others) > len(others):
            out.add(member)
    return frozenset(out)


class Exam(Struct, frozen=True):
    """A head, and how it does on a hub's held-out examples and on the canaries: known examples that every hub has."""

    head: Head
    held: Marks
    canaries: Marks


def examine(head: Head, held: Material, canaries: Material | None) -> Exam:
    """How a head does; one pass over the examples."""
    known = canaries if canaries is not None else held.where(np.zeros(len(held), np.bool_))
    return Exam(head, head.marks(held), head.marks(known))


def no_worse(own: Exam, offered: Exam) -> str:
    """Empty when the offered head may take the place of a hub's own; else the reason why not.

    On the hub's held-out examples it must get as many right, at no higher loss; and no class may get much worse on them
    or on the canaries: a head that was taught to mistake one gesture is good in the mean.
    """
    if offered.held.count < own.held.count:
        return "gets fewer of this hub's held-out examples right"
    if offered.held.loss > own.held.loss + _SLACK:
        return "is less sure of what is right in this hub's held-out examples"
    for before, after in ((own.held, offered.held), (own.canaries, offered.canaries)):
        dropped = _class_dropped(before, after, own.head.labels)
        if dropped:
            return f"no longer knows {dropped}"
    return ""


def _class_dropped(before: Marks, after: Marks, labels: Sequence[str]) -> str:
    for number, label in enumerate(labels):
        mine = before.y == number
        lost = int(np.count_nonzero(before.right[mine])) - int(np.count_nonzero(after.right[mine]))
        if lost >= _CLASS_LEAST and lost > _CLASS_DROP * int(np.count_nonzero(mine)):
            return label
    return ""
