"""What the ears remember of one stream: sound that waits, the last seconds heard, and what is being said."""

from typing import Final

from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.ring import RingBuffer
from hub.perception.ears.listening import Listening
from hub.perception.ears.messages import Judge
from hub.perception.waiting_sound import WaitingSound

TICK: Final = 1_280
"""Samples that all streams advance by at a time: 80 ms."""
KEPT_S: Final = 18.0
"""Sound kept: the longest turn with the wake word before it, should it have to be heard again."""


class HeardStream:
    """One stream of the pipeline."""

    def __init__(self, number: int, words: dict[str, float], start: int) -> None:
        self.number = number
        self.key = str(number)
        self.words = words
        self.start = start
        self.ring = RingBuffer(KEPT_S)
        self.ring.end = start
        self.listening: Listening | None = None
        self.muted = False
        self.ended = False
        self.last_wake = float("-inf")
        self.to_judge: list[Judge] = []
        self.wake_ms = 0.0  # since the last utterance
        self.totals = {"wake": 0.0, "vad": 0.0, "speech": 0.0}
        self.waiting = WaitingSound()

    @property
    def t(self) -> float:
        """Seconds of the stream heard so far."""
        return self.ring.end / SAMPLE_RATE

    def queue(self, pcm: Pcm) -> None:
        """More sound to be heard."""
        if self.muted:
            pcm[:] = 0
        self.waiting.put(pcm)

    def has_tick(self) -> bool:
        """Whether there is sound for a tick: a whole one, or the last of an ended stream."""
        return len(self.waiting) >= TICK or (self.ended and len(self.waiting) > 0)

    def take(self) -> Pcm:
        """The next tick's sound, moved into the ring."""
        sound = self.waiting.take(min(TICK, len(self.waiting)))
        self.ring.write(sound)
        return sound

    def account(self, listening: Listening) -> dict[str, float]:
        """Add what a finished turn cost to the totals; returns it by stage, in milliseconds."""
        spent = {"wake": self.wake_ms, "vad": listening.vad_ms, "speech": listening.speech_ms}
        self.totals["vad"] += listening.vad_ms
        self.totals["speech"] += listening.speech_ms
        self.wake_ms = listening.vad_ms = listening.speech_ms = 0.0
        return {stage: round(ms, 2) for stage, ms in spent.items()}

    def release(self) -> None:
        """Zero all sound that is kept."""
        self.ring.release()
        self.waiting.zero()
