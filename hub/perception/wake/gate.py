"""Which frames are worth computing on: what does not rise above the room's own noise holds no word."""

import numpy as np
from numpy.typing import NDArray

HANGOVER = 20
"""Frames that stay open after the last loud one (1.6 s): a word's score peaks up to a second after its sound."""
_BLOCK = 12  # frames (0.96 s) whose minimum is one sample of the noise floor
_BLOCKS = 4  # the floor is the lowest of that many blocks: noise that grows is believed after 4 to 5 s
_SILENCE = 1.0  # mean square below which nothing sounds: rounding noise of one bit


def levels(frames: NDArray[np.int16]) -> NDArray[np.float32]:
    """The level of each frame, shape (n, samples) -> (n,): mean square of the samples' differences.

    Differencing takes out hum, rumble and offsets, which are loud and say nothing.
    """
    difference = np.diff(frames.astype(np.float32), axis=1)
    mean: NDArray[np.float32] = np.einsum("ij,ij->i", difference, difference) / difference.shape[1]
    return mean


class SilenceGate:
    """Open while a stream is louder than its own noise floor, and for `HANGOVER` frames after.

    The floor is tracked by minimum statistics: the lowest level of the last few seconds. A gate that opens late loses
    nothing, because the spotter then computes what it skipped.
    """

    def __init__(self, margin_db: float) -> None:
        self._margin = 10 ** (margin_db / 10)
        self._mins: list[float] = []
        self._block_min = np.inf
        self._in_block = 0
        self._open_for = HANGOVER  # at first nothing is known of the room
        self.floor = 0.0

    def push(self, level: float) -> bool:
        """Take the next frame's level; whether this frame must be computed."""
        self._track(level)
        if level > max(self.floor * self._margin, _SILENCE):
            self._open_for = HANGOVER
            return True
        self._open_for -= 1
        return self._open_for >= 0

    def _track(self, level: float) -> None:
        self._block_min = min(self._block_min, level)
        self._in_block += 1
        if self._in_block == _BLOCK:
            self._mins = [*self._mins[-(_BLOCKS - 1) :], self._block_min]
            self._block_min, self._in_block = np.inf, 0
        self.floor = min([self._block_min, *self._mins])
