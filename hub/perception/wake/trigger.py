"""From scores to one wake per word spoken."""

import enum
from collections.abc import Callable

from hub.perception.wake.moment import Confirm, WakeMoment

RETRY_EVERY = 4
PATIENCE = 8
"""Frames (0.64 s) after the first high score until which the second stage is asked again, every `RETRY_EVERY`: at
first the word may not be whole, and its beginning may be hard to tell from what was said before.
"""
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
        self.refused = False
        """Whether the second stage has just given up on the word: it was not said."""
        self.best = 0.0
        """The highest score of the word that is, or was last, being judged."""

    def push(self, score: float, moment: Callable[[float], WakeMoment]) -> bool:
        """Take the next score; whether the word is to be reported now. `moment(score)` makes what is judged."""
        above = score >= self.threshold
        self.refused = False
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
        asked = self._since % RETRY_EVERY == 0
        if asked and (self._confirm is None or self._confirm(moment(self.best))):
            self._phase = _Phase.SPENT
            return True
        if self._since >= PATIENCE:
            self._phase = _Phase.SPENT
            self.refused = True
        return False

    @property
    def judging(self) -> bool:
        """Whether the word was noticed, and may yet be reported."""
        return self._phase is _Phase.CANDIDATE

    @property
    def pending(self) -> bool:
        """Whether the word is being judged, or must fall silent before it can be heard again."""
        return self._phase is not _Phase.IDLE
