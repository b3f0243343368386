"""How sure: calibrated from the acoustic scores of the words, so that 0.5 is where foreign speech is refused."""

import math
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

_STEEPNESS: Final = 2000.0
_MIDDLE: Final = -0.0060


class WordScore(Struct, frozen=True):
    """A word, its first and last frame of 10 ms, and the log likelihood of its sound, by the model's own scale."""

    word: str
    start: int
    end: int
    score: float

    @property
    def per_frame(self) -> float:
        """The score a frame: how well the word fits, however long it is."""
        return self.score / max(1, self.end - self.start + 1)


def confidence(words: Sequence[WordScore]) -> float:
    """0 to 1. The worst word decides: a sentence with one foreign word is a foreign sentence."""
    if not words:
        return 0.0
    worst = min(word.per_frame for word in words)
    return round(1.0 / (1.0 + math.exp(-_STEEPNESS * (worst - _MIDDLE))), 4)
