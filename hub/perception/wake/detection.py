"""What a wake engine says, and what it is."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
FRAME = 1_280
"""Samples a step: 80 ms, the rhythm of the openWakeWord models."""


class WakeDetection(Struct, frozen=True):
    """A wake word was heard (and confirmed, where its word has a second stage).

    `t` is where the word was found, `t_start` an estimate of where it began; both in seconds into the stream.
    `score` is the first stage's, 0 to 1; `snr_db` the level of the word over the stream's own noise floor.
    """

    stream: str
    word: str
    score: float
    t: float
    t_start: float
    snr_db: float = 0.0


class WakeEngine(Protocol):
    """Listens to any number of streams for any number of words. Not thread-safe: one thread owns an engine."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that this engine has models for."""
        ...

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        """Begin to listen to `stream` for `words`, each with its threshold (0 to 1)."""
        ...

    def close(self, stream: str) -> None:
        """Forget a stream and zero what was kept of it; an unknown one is ignored."""
        ...

    def feed(self, stream: str, pcm: NDArray[np.int16]) -> None:
        """Queue 16 kHz mono samples, any number of them; nothing is computed before `step`."""
        ...

    def judging(self, stream: str) -> bool:
        """Whether a word was noticed in what `step` has worked off of an open stream, and may yet be reported."""
        ...

    def refused(self, stream: str) -> list[WakeDetection]:
        """The words of an open stream that a second stage has given up on since this was last asked."""
        ...

    def step(self) -> list[WakeDetection]:
        """Work off every whole 80 ms frame that is queued, all streams together."""
        ...
