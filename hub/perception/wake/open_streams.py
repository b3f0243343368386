"""The streams that a wake engine listens to, each for words of its own."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import UsageError
from hub.perception.wake.detection import WakeDetection
from hub.perception.wake.moment import Confirm
from hub.perception.wake.stream import ListeningStream
from hub.perception.wake.trigger import Trigger


class OpenStreams:
    """Base of the engines, see `WakeEngine`: which words there are, which streams are open, what waits in each."""

    def __init__(self, words: tuple[str, ...], confirm: Mapping[str, Confirm] | None) -> None:
        """`words` have models; `confirm`: a second stage per word."""
        self._words = words
        self._confirm = dict(confirm or {})
        self._streams: dict[str, ListeningStream] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """The words that this engine has models for."""
        return self._words

    def feed(self, stream: str, pcm: NDArray[np.int16]) -> None:
        """Queue 16 kHz mono samples, any number of them; `UsageError` for other arrays or a stream that is not open."""
        state = self._streams.get(stream)
        if state is None:
            raise UsageError(f"stream {stream!r} is not open", remedy="open it first")
        state.queue(pcm)

    def judging(self, stream: str) -> bool:
        """Whether a word was noticed in what was worked off of an open stream, and may yet be reported."""
        return any(trigger.judging for trigger in self._streams[stream].triggers.values())

    def refused(self, stream: str) -> list[WakeDetection]:
        """The words of an open stream that the second stage has given up on since this was last asked."""
        return self._streams[stream].take_refused()

    def _triggers(self, stream: str, words: Mapping[str, float]) -> dict[str, Trigger]:
        """What a new stream is to listen for: words with their thresholds.

        Raises `UsageError` for a stream that is open, or a word without a model.
        """
        if stream in self._streams:
            raise UsageError(f"stream {stream!r} is open already", remedy="close it first")
        unknown = [word for word in words if word not in self._words]
        if unknown:
            known = ", ".join(self._words)
            raise UsageError(f"there is no wake word model {unknown[0]!r}", remedy=f"loaded are {known}")
        return {word: Trigger(threshold, self._confirm.get(word)) for word, threshold in words.items()}
