"""What the spotter remembers of one stream."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import UsageError
from hub.perception.waiting_sound import WaitingSound
from hub.perception.wake.detection import FRAME, SAMPLE_RATE, WakeDetection
from hub.perception.wake.gate import SilenceGate
from hub.perception.wake.moment import CONFIRM_FRAMES, WakeMoment
from hub.perception.wake.tail import AudioTail
from hub.perception.wake.trigger import Trigger

KEPT_FRAMES = 40
"""Frames of audio kept in RAM (3.2 s): enough to catch up after silence, and for the second stage."""
_GAP = 4  # frames (0.32 s) of quiet that a spoken phrase may contain
_MOST_REFUSED = 4  # that wait to be asked for
_LONGEST = 20  # frames (1.6 s) that a wake phrase may last


class ListeningStream:
    """Audio that waits, audio that was, and where each word's trigger stands."""

    def __init__(self, name: str, slot: int, triggers: dict[str, Trigger], gate_db: float | None) -> None:
        self.name = name
        self.slot = slot
        self.triggers = triggers
        self.scores: dict[str, float] = {}
        self.frames = 0
        """Frames taken so far."""
        self.behind = 0
        """Frames taken whose embeddings have not been computed."""
        self._waiting = WaitingSound()
        self._tail = AudioTail(KEPT_FRAMES * FRAME + FRAME)
        self._gate = SilenceGate(gate_db if gate_db is not None else 4.0)
        self._always = gate_db is None
        self._refused: deque[WakeDetection] = deque(maxlen=_MOST_REFUSED)
        self._levels: deque[float] = deque([0.0] * _LONGEST, maxlen=_LONGEST)

    def queue(self, pcm: NDArray[np.int16]) -> None:
        """Append samples; they are copied, so the caller may reuse its buffer. `UsageError` for other arrays."""
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise UsageError(f"samples must be one row of int16, not {pcm.ndim}-dimensional {pcm.dtype}")
        self._waiting.put(pcm.copy())

    def has_frame(self) -> bool:
        """Whether a whole frame waits."""
        return len(self._waiting) >= FRAME

    def take_frame(self) -> NDArray[np.int16]:
        """Move the next frame from the queue to what was heard, and return it."""
        frame = self._waiting.take(FRAME)
        self._tail.push(frame)
        self.frames += 1
        self.behind += 1
        return frame

    def chunks(self, steps: int, context: int) -> NDArray[np.int16]:
        """The last `steps` frames, each with the `context` samples before it: shape (steps, context + FRAME)."""
        audio = self._tail.last(steps * FRAME + context)
        windows = np.lib.stride_tricks.sliding_window_view(audio, context + FRAME)
        chunks: NDArray[np.int16] = windows[::FRAME]
        return chunks

    def hears(self, level: float) -> bool:
        """Whether the newest frame, of this level, must be computed."""
        self._levels.append(level)
        return self._gate.push(level) or self._always

    def decide(self, features: NDArray[np.float32]) -> list[WakeDetection]:
        """Hand the newest scores to the triggers; `features` (16 x 96) are what they were made from."""

        def moment(score: float) -> WakeMoment:
            audio = self._tail.last(min(self.frames, CONFIRM_FRAMES) * FRAME)
            return WakeMoment(audio, features, score)

        heard = [word for word, trigger in self.triggers.items() if trigger.push(self.scores.get(word, 0.0), moment)]
        self._refused.extend(self._detection(word, t) for word, t in self.triggers.items() if t.refused)
        return [self._detection(word, self.triggers[word]) for word in heard]

    def take_refused(self) -> list[WakeDetection]:
        """What the second stage has given up on since this was last asked."""
        taken = list(self._refused)
        self._refused.clear()
        return taken

    def _detection(self, word: str, trigger: Trigger) -> WakeDetection:
        t = self.frames * FRAME / SAMPLE_RATE
        began, snr_db = self._onset()
        t_start = max(0.0, t - began * FRAME / SAMPLE_RATE)
        return WakeDetection(self.name, word, trigger.best, t, t_start, snr_db)

    def _onset(self) -> tuple[int, float]:
        """How many frames ago the sound began that is now ending, and its level over the noise floor in dB."""
        recent = list(self._levels)[::-1]
        floor = max(self._gate.floor, 1.0)
        loud = max(recent)
        bar = np.sqrt(floor * max(loud, floor))  # halfway, in dB, between the room and the loudest frame
        last = 0
        for ago, level in enumerate(recent):
            if level >= bar:
                last = ago
            elif ago - last > _GAP and last:
                break
        return last + 1, float(10 * np.log10(max(loud / floor, 1.0)))

    def zero(self) -> None:
        """Overwrite all audio that is kept."""
        self._tail.zero()
        self._waiting.zero()
