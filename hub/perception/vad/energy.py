"""The energy gate: what does not rise above the room's own noise is no speech, and costs nothing to know."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FALL: Final = 0.5  # of the way down to a quieter frame, each frame
RISE_DB: Final = 0.02  # up, each louder frame (32 ms): 0.6 dB a second, so that a sentence does not become noise
_NEW_FRAMES: Final = 16  # (0.5 s) until a floor can be told
_LOWEST_DB: Final = 10.0  # digital silence and rounding noise are not a room


def level_db(frame: NDArray[np.int16]) -> float:
    """The level of a frame in dB over one step of a sample, its hum and offset taken out by differencing."""
    difference = np.diff(frame.astype(np.float32))
    return float(10 * np.log10(np.dot(difference, difference) / max(1, len(difference)) + 1.0))


def noise_floor_db(pcm: NDArray[np.int16], frame: int) -> float | None:
    """The level of the quietest tenth of the frames in `pcm`; None when there are too few to tell."""
    count = len(pcm) // frame
    if count < _NEW_FRAMES:
        return None
    return float(np.percentile([level_db(part) for part in pcm[-count * frame :].reshape(count, frame)], 10))


class EnergyGate:
    """Tracks one stream's noise floor in dB and says which frames rise above it."""

    def __init__(self, margin_db: float = 6.0, floor_db: float | None = None) -> None:
        """`floor_db` is the room's, where it is known; where not, all sound is loud for the first half second."""
        self._margin = margin_db
        self.floor_db = floor_db
        self._new = _NEW_FRAMES if floor_db is None else 0

    def push(self, level: float) -> bool:
        """Take a frame's level; whether it is loud enough to be speech."""
        level = max(level, _LOWEST_DB)
        if self._new or self.floor_db is None:
            self._new -= 1  # a stream may begin in the middle of a word
            self.floor_db = level if self.floor_db is None else min(level, self.floor_db)
            return level > _LOWEST_DB + self._margin
        loud = level > self.floor_db + self._margin
        if level < self.floor_db:
            self.floor_db += FALL * (level - self.floor_db)
        else:
            self.floor_db += min(RISE_DB, level - self.floor_db)
        return loud
