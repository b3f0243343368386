"""What a second stage gets to judge: the moment in which a word's score was high."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIRM_FRAMES = 17
"""Frames of sound that a second stage hears (1.36 s): the longest phrase, and not much of what was said before it."""


@dataclass(frozen=True, slots=True)
class WakeMoment:
    """`audio` is the last 1.36 s (16 kHz int16), `features` the last 16 embeddings (16 x 96), `score` the highest yet.

    Both arrays are views that the engine reuses: a second stage that keeps them must copy them.
    """

    audio: NDArray[np.int16]
    features: NDArray[np.float32]
    score: float


Confirm = Callable[[WakeMoment], bool]
"""A second stage: whether the word was really said."""


def all_of(*stages: Confirm) -> Confirm:
    """A second stage that says yes when each of `stages` does; asked in order, cheapest first."""

    def confirm(moment: WakeMoment) -> bool:
        return all(stage(moment) for stage in stages)

    return confirm
