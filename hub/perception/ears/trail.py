"""How loud a stream was in its last seconds: what hubs that heard the same word compare.

A trail holds one level for every 25 ms and no sound: 40 numbers a second with half a decibel to a step, from which
neither words nor a voice can be had back. It lives in RAM only, and what is told of it are 32 levels of a wake word.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.media.chunk import SAMPLE_RATE, Pcm

STEP_S: Final = 0.025
"""Seconds a level."""
LEVELS: Final = 32
"""Levels in the outline of a wake word: 0.8 s up to the moment at which it was noticed."""
_FRAME: Final = round(SAMPLE_RATE * STEP_S)
_KEPT: Final = 320  # levels: 8 s
_HALF_DB: Final = 2.0  # steps a decibel
_QUIETEST_DBFS: Final = -75.0
"""No microphone is quieter than this; digital silence, which satellites and files may send, would count as a floor of
-96 and make their words the best heard of all."""
_FLOOR_PERCENT: Final = 10
_CLOCK_S: Final = 1.0
"""A stream that paused is right again after so much sound, and one that was held up has caught up by then."""
_ONSET_DB: Final = 12.0
"""A word begins where its outline first comes this close to its loudest: the wake spotter's own estimate of where it
began is off by half a second once in ten."""


class Outline(Struct, frozen=True, kw_only=True):
    """The loudness of a stretch of sound, without the sound.

    `onset` and `ends` are seconds of this process's monotonic clock; `levels` are `LEVELS` bytes up to `ends`, half
    decibels over the stream's own noise floor (0: not above it); `energy_db` is the loudest of them, in decibels.
    """

    onset: float
    ends: float
    levels: bytes
    energy_db: float


class Trail:
    """The levels of one stream: `hear` all that is fed to the ears, in order."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._levels: deque[float] = deque(maxlen=_KEPT)
        self._counted = 0
        self._rest = np.zeros(0, np.int16)
        self._fed = 0
        self._began: deque[tuple[float, float]] = deque()

    def hear(self, samples: Pcm) -> None:
        """Take in more sound: int16 mono at 16 kHz, any length."""
        now = self._monotonic()
        self._fed += len(samples)
        at = self.seconds
        # Sound arrives late at times and never early, so the earliest of the last arrivals tells the clock best.
        self._began.append((at, now - at))
        while self._began[0][0] < at - _CLOCK_S:
            self._began.popleft()
        data = np.concatenate((self._rest, samples))
        whole = len(data) // _FRAME
        self._rest = data[whole * _FRAME :].copy()
        if whole:
            self._levels.extend(_dbfs(data[: whole * _FRAME].reshape(whole, _FRAME)))
            self._counted += whole

    @property
    def seconds(self) -> float:
        """Seconds of sound so far."""
        return self._fed / SAMPLE_RATE

    @property
    def floor_dbfs(self) -> float:
        """The noise of the room and the microphone: a tenth of the last 8 s is below it."""
        if not self._levels:
            return _QUIETEST_DBFS
        return max(_QUIETEST_DBFS, float(np.percentile(self._levels, _FLOOR_PERCENT)))

    def clock(self, t: float) -> float:
        """When second `t` of the stream was heard, in seconds of the monotonic clock."""
        return t + (min(began for _, began in self._began) if self._began else self._monotonic())

    def outline(self, t_end: float) -> Outline:
        """The loudness up to second `t_end` of the stream; what is not heard yet, or forgotten, counts as silence."""
        end = round(t_end / STEP_S)
        levels = self._between(end - LEVELS, end)
        loudest = max(levels)
        begins = next(n for n, level in enumerate(levels) if level >= loudest - _ONSET_DB * _HALF_DB)
        return Outline(
            onset=round(self.clock((end - LEVELS + begins) * STEP_S), 4),
            ends=round(self.clock(end * STEP_S), 4),
            levels=bytes(levels),
            energy_db=loudest / _HALF_DB,
        )

    def at(self, ends: float) -> Outline:
        """The loudness up to moment `ends` of the monotonic clock."""
        return self.outline(ends - self.clock(0.0))

    def _between(self, begin: int, end: int) -> list[int]:
        first, floor = self._counted - len(self._levels), self.floor_dbfs
        kept = list(self._levels)
        return [
            min(255, max(0, round((kept[n - first] - floor) * _HALF_DB))) if first <= n < self._counted else 0
            for n in range(begin, end)
        ]


def amplitudes(levels: bytes) -> NDArray[np.float64]:
    """The amplitudes of an outline's levels, in noise floors: 1 is the floor."""
    return np.asarray(10 ** (np.frombuffer(levels, np.uint8) / (20 * _HALF_DB)), np.float64)


def _dbfs(frames: NDArray[np.int16]) -> list[float]:
    # Differencing takes out hum and rumble, as the ears' silence gate does.
    difference = np.diff(frames.astype(np.float32), axis=1)
    power = np.einsum("ij,ij->i", difference, difference) / (difference.shape[1] * 32768.0**2)
    return [float(level) for level in 10 * np.log10(np.maximum(power, 1e-12))]
