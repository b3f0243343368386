"""Voice activity of one stream: frames cut, the energy gate asked first, Silero only for what is loud."""

from collections import deque
from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.perception.vad.energy import EnergyGate, level_db, noise_floor_db
from hub.perception.vad.silero import FRAME

WARM_UP: Final = 4
"""Frames (128 ms) that the network needs before it can be believed; they count neither as speech nor as silence."""
_HANGOVER: Final = 8  # frames (256 ms) after the last loud one that the network still looks at
_CATCH_UP: Final = 4  # skipped frames that it is given when sound returns


class Detector(Protocol):
    """What `SileroVad` is."""

    def probability(self, frame: NDArray[np.int16]) -> float:
        """The chance that the frame holds speech."""
        ...

    def reset(self) -> None:
        """Forget what was heard."""
        ...


class VoiceFrame(Struct, frozen=True):
    """A frame's verdict: the chance of speech, None while the network warms up; `end` is the position after it."""

    end: int
    probability: float | None


class VoiceActivity:
    """Feed it sound of any length; it answers for each whole frame of 32 ms."""

    def __init__(self, detector: Detector, *, position: int = 0, before: NDArray[np.int16] | None = None) -> None:
        """`position` is the first fed sample's in the stream; `before` is sound that tells the room's noise."""
        self.detector = detector
        self._gate = EnergyGate(floor_db=None if before is None else noise_floor_db(before, FRAME))
        self._rest = np.zeros(0, np.int16)
        self._position = position
        self._skipped: deque[NDArray[np.int16]] = deque(maxlen=_CATCH_UP)
        self._open_for = 0
        self._seen = 0

    def feed(self, pcm: NDArray[np.int16]) -> Iterator[VoiceFrame]:
        """The verdicts on the frames that `pcm` completes."""
        data = np.concatenate((self._rest, pcm))
        whole = len(data) - len(data) % FRAME
        self._rest = data[whole:].copy()
        for at in range(0, whole, FRAME):
            self._position += FRAME
            yield VoiceFrame(self._position, self._judge(data[at : at + FRAME]))

    def _judge(self, frame: NDArray[np.int16]) -> float | None:
        loud = self._gate.push(level_db(frame))
        self._seen += 1
        if loud:
            self._open_for = _HANGOVER
        elif self._open_for:
            self._open_for -= 1
        if not self._open_for and self._seen > WARM_UP:
            self._skipped.append(frame.copy())
            return 0.0
        while self._skipped:
            self.detector.probability(self._skipped.popleft())
        probability = self.detector.probability(frame)
        return None if self._seen <= WARM_UP else probability

    def release(self) -> None:
        """Zero what is kept, and leave the network fresh for another stream."""
        self._rest[:] = 0
        for frame in self._skipped:
            frame[:] = 0
        self._skipped.clear()
        self.detector.reset()
