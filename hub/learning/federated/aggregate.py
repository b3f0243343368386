"""Many updates made one: the mean by weight, the median of each number, or the mean without the extremes.

An update is a list of arrays, the change of each weight. The mean is FedAvg (McMahan et al., "Communication-efficient
learning of deep networks from decentralized data", 2017); median and trimmed mean are those of Yin et al.,
"Byzantine-robust distributed learning" (2018). Before any of them, long updates are shortened.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hub.learning.network import Weights

Rule = Literal["mean", "median", "trimmed"]
TRIMMED = 0.2
"""The share of the updates that the trimmed mean leaves out at either end of each number."""
_LONGER = 2.0
"""An update may be so many times as long as the middle one."""


def norm(update: Weights) -> float:
    """The update's length: the root of the sum of all squares."""
    return math.sqrt(sum(float(np.square(array, dtype=np.float64).sum()) for array in update))


def clipped(updates: Sequence[Weights], *, most: float) -> list[Weights]:
    """The updates, none longer than `most`, nor than twice the middle one: a loud hub has no more say than others."""
    lengths = [norm(update) for update in updates]
    limit = min(most, _LONGER * float(np.median(lengths))) if lengths else most
    return [
        update if length <= limit else [array * np.float32(limit / length) for array in update]
        for update, length in zip(updates, lengths, strict=True)
    ]


def merge(updates: Sequence[Weights], weights: Sequence[float], rule: Rule = "mean") -> Weights:
    """One update of many of the same shapes. `weights` are positive; median and trimmed mean do not use them.

    `ValueError` without an update, or with another number of weights.
    """
    if not updates or len(updates) != len(weights):
        raise ValueError(f"{len(updates)} updates and {len(weights)} weights cannot be merged")
    if rule == "mean":
        shares = np.asarray(weights, np.float64) / sum(weights)
        return [_mean(each, shares) for each in zip(*updates, strict=True)]
    if rule == "median":
        return [_f4(np.median(np.stack(each), axis=0)) for each in zip(*updates, strict=True)]
    cut = min(math.ceil(TRIMMED * len(updates)), (len(updates) - 1) // 2)
    kept = slice(cut, len(updates) - cut)
    return [_f4(np.sort(np.stack(each), axis=0)[kept].mean(axis=0)) for each in zip(*updates, strict=True)]


def _mean(arrays: Sequence[NDArray[np.float32]], shares: NDArray[np.float64]) -> NDArray[np.float32]:
    found = arrays[0] * np.float32(shares[0])
    for array, share in zip(arrays[1:], shares[1:], strict=True):
        found += array * np.float32(share)
    return found


def added(weights: Weights, update: Weights) -> Weights:
    """Weights after an update."""
    return [_f4(weight + change) for weight, change in zip(weights, update, strict=True)]


def _f4(array: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(array, np.float32)
