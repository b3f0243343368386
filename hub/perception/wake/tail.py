"""The last few seconds of a stream, as one contiguous view."""

import numpy as np
from numpy.typing import NDArray


class AudioTail:
    """Keeps the last `size` samples pushed; before that many came, the missing ones are zero.

    The buffer is twice as long as needed and is moved back only when full, so that a push is one copy and `last` none.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._buffer = np.zeros(2 * size, np.int16)
        self._end = size

    def push(self, pcm: NDArray[np.int16]) -> None:
        """Append samples (at most `size` at once)."""
        if self._end + len(pcm) > len(self._buffer):
            self._buffer[: self.size] = self._buffer[self._end - self.size : self._end]
            self._end = self.size
        self._buffer[self._end : self._end + len(pcm)] = pcm
        self._end += len(pcm)

    def last(self, count: int) -> NDArray[np.int16]:
        """A view of the last `count` samples, valid until the next push."""
        return self._buffer[self._end - min(count, self.size) : self._end]

    def zero(self) -> None:
        """Overwrite everything that is kept."""
        self._buffer[:] = 0
