"""A bounded memory of the last seconds of a stream."""

import numpy as np

from hub.core.errors import UsageError
from hub.media.chunk import SAMPLE_RATE, Pcm


class RingBuffer:
    """The last `seconds` of a stream's int16 samples; what is older is overwritten.

    Positions count samples from the start of the stream, so that they mean the same however the sound came in.
    """

    def __init__(self, seconds: float, rate: int = SAMPLE_RATE) -> None:
        if seconds <= 0 or rate <= 0:
            raise UsageError(f"a ring buffer of {seconds} s at {rate} Hz", remedy="give positive numbers")
        self.rate = rate
        self._samples = np.zeros(max(1, round(seconds * rate)), np.int16)
        self._floor = 0
        self.end = 0  # position after the newest sample

    @property
    def start(self) -> int:
        """Position of the oldest sample that is still there."""
        return max(self._floor, self.end - len(self._samples))

    def __len__(self) -> int:
        return self.end - self.start

    def write(self, samples: Pcm) -> None:
        """Append `samples`, overwriting the oldest."""
        size = len(self._samples)
        self.end += len(samples)
        kept = samples[-size:]
        at = (self.end - len(kept)) % size
        first = min(len(kept), size - at)
        self._samples[at : at + first] = kept[:first]
        self._samples[: len(kept) - first] = kept[first:]

    def between(self, start: int, end: int) -> Pcm:
        """A copy of the samples from position `start` to before `end`, as far as they are still, or already, there."""
        start, end = max(start, self.start), min(end, self.end)
        if start >= end:
            return np.zeros(0, np.int16)
        size = len(self._samples)
        at = start % size
        first = self._samples[at : at + end - start]
        return np.concatenate((first, self._samples[: end - start - len(first)]))

    def last(self, seconds: float) -> Pcm:
        """A copy of the newest `seconds`, or of as much as there is."""
        return self.between(self.end - round(seconds * self.rate), self.end)

    def release(self) -> None:
        """Zero everything; the buffer is empty afterwards, its positions count on."""
        self._samples[:] = 0
        self._floor = self.end
