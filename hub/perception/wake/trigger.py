"""From scores to one wake per word spoken."""

import enum
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Confirm = Callable[[NDArray[np.int16], float], bool]
"""A second stage: the last seconds of audio (16 kHz) and the score -> whether the word was really said."""

PATIENCE = 12
"""Frames (0.96 s) after the first high score in which the second stage is asked again: the word may not be whole."""
RETRY_EVERY = 2
REARM = 6
"""Frames (0.48 s) below the threshold after which the same word counts as a new one."""


class _Phase(enum.Enum):
    IDLE = 0
    CANDIDATE = 1
    SPENT = 2  # fired or refused: waits for the score to fall


class Trigger:
    """Debounces one word of one stream, and asks its second stage."""

    def __init__(self, threshold: float, confirm: Confirm | None = None) -> None:
        self.threshold = threshold
        self._confirm = confirm
        self._phase = _Phase.IDLE
        self._since = 0  # frames in this phase
        self._below = 0
        self.best = 0.0

    def push(self, score: float, audio: Callable[[], NDArray[np.int16]]) -> bool:
        """Take the next score; whether the word is to be reported now. `audio()` gives the last seconds heard."""
        above = score >= self.threshold
        self._since += 1
        self._below = 0 if above else self._below + 1
        if self._phase is _Phase.SPENT:
            if self._below >= REARM:
                self._phase = _Phase.IDLE
            return False
        if self._phase is _Phase.IDLE:
            if not above:
                return False
            self._phase, self._since, self.best = _Phase.CANDIDATE, 0, 0.0
        self.best = max(self.best, score)
        if self._since % RETRY_EVERY == 0 and (self._confirm is None or self._confirm(audio(), self.best)):
            self._phase = _Phase.SPENT
            return True
        if self._since >= PATIENCE:
            self._phase = _Phase.SPENT
        return False

    def skip(self) -> None:
        """A frame that was silence: its score counts as 0."""
        if self._phase is not _Phase.IDLE:
            self.push(0.0, _nothing)


def _nothing() -> NDArray[np.int16]:
    return np.zeros(0, np.int16)
