"""How loud a stream is over its own noise: what hubs that heard the same word compare."""

from collections import deque
from typing import Final

import numpy as np

from hub.media.chunk import Pcm

FRAME: Final = 1280
_SILENCE_DBFS: Final = -96.0


class Loudness:
    """Levels of the last seconds of a 16 kHz stream, in dBFS (0: full scale) over frames of 80 ms."""

    def __init__(self, seconds: float = 10.0) -> None:
        self._frames: deque[float] = deque(maxlen=max(2, round(seconds * 16_000 / FRAME)))
        self._rest = np.zeros(0, np.int16)

    def hear(self, samples: Pcm) -> None:
        """Take in more sound."""
        data = np.concatenate((self._rest, samples))
        whole = len(data) // FRAME
        for frame in data[: whole * FRAME].reshape(whole, FRAME):
            power = float(np.mean(np.square(frame, dtype=np.float64))) / 32768.0**2
            self._frames.append(max(_SILENCE_DBFS, 10 * np.log10(power)) if power > 0 else _SILENCE_DBFS)
        self._rest = data[whole * FRAME :].copy()

    @property
    def noise_dbfs(self) -> float:
        """The quiet between: the tenth part of frames is below it."""
        return round(float(np.percentile(self._frames, 10)), 1) if self._frames else _SILENCE_DBFS

    @property
    def snr_db(self) -> float:
        """The loudest frame of the last second over the noise."""
        recent = list(self._frames)[-13:]
        return round(max(recent) - self.noise_dbfs, 1) if recent else 0.0
