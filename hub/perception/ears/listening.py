"""One turn of listening on a stream: voice activity, the turn's end and the recogniser, over the same sound."""

import time
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.errors import UnavailableError
from hub.core.events import Hypothesis
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.ring import RingBuffer
from hub.perception.speech.recognizer import Recognizer, Transcript, Utterance
from hub.perception.turn import Hearing, Turn, TurnEnd, TurnSettings
from hub.perception.vad.silero import FRAME_S
from hub.perception.vad.voice import VoiceActivity

PRE_ROLL_S: Final = 0.7
"""Sound before the first voice that the recogniser is given too: a voice begins before it is noticed."""
BELIEVED: Final = 0.5
"""Confidence from which words are believed to have been said."""
_SHORTEST_S: Final = 0.3
"""Voice shorter than this is a knock, unless its words are believed."""
_MOST_ALTERNATIVES: Final = 5
_LONGEST_TEXT: Final = 500

Strip = Callable[[str], str]
"""Takes the wake word off a text."""


class SpeechBegan(Struct, frozen=True):
    """At which second somebody began to speak."""

    t: float


class SpeechHeard(Struct, frozen=True, kw_only=True):
    """What was said, from when to when, and the milliseconds of sound that were waited through after it."""

    text: str
    confidence: float
    t_start: float
    t_end: float
    alternatives: tuple[Hypothesis, ...]
    waited_ms: float


class NothingHeard(Struct, frozen=True):
    """Why nothing was heard (silence, noise, too_long, not_ready), and when that was clear."""

    reason: str
    t: float


Outcome = SpeechBegan | SpeechHeard | NothingHeard


class Listening:
    """Listens from `start` on. Call `advance` as sound arrives in `ring`; over when `done`."""

    def __init__(
        self,
        settings: TurnSettings,
        recognizer: Recognizer,
        voice: VoiceActivity,
        ring: RingBuffer,
        *,
        start: int,
        counts_from: int,
        eager: bool,
        forever: bool = False,
        strip: Strip = lambda text: text,
    ) -> None:
        """`start` and `counts_from` are sample positions; voice before the latter is the wake word's.

        `eager`: recognise from `start` on, else from the first voice on. `forever`: one utterance after the other.
        """
        self._settings = msgspec.structs.replace(settings, no_speech_s=float("inf")) if forever else settings
        self._early_end = settings.early_end
        self._recognizer = recognizer
        self.voice = voice
        self._ring = ring
        self._at = start
        self._strip = strip
        self._forever, self._eager = forever, eager
        self._turn = Turn(self._settings, counts_from / SAMPLE_RATE)
        self._utterance: Utterance | None = None
        self._utterance_start = start
        self._told_begin = False
        self._told_any = False
        self._heard_noise = False
        self.done = False
        self.vad_ms = 0.0
        self.speech_ms = 0.0
        self._wake_sound: Pcm | None = ring.between(start, ring.end) if eager else None
        if eager:
            self._begin(start)

    def advance(self, end: int) -> list[Outcome]:
        """Work off the sound up to position `end`."""
        pcm = self._ring.between(self._at, end)
        self._at = end
        if self._utterance is not None:
            self._feed(pcm)
        outcomes: list[Outcome] = []
        hearing = self._hearing()
        began = time.perf_counter()
        frames = list(self.voice.feed(pcm))
        self.vad_ms += (time.perf_counter() - began) * 1000
        for frame in frames:
            if self.done:
                break
            t = frame.end / SAMPLE_RATE
            verdict = self._turn.push(t, FRAME_S, frame.probability, hearing)
            if self._turn.began is not None and not self._told_begin:
                self._told_begin = True
                outcomes.append(SpeechBegan(self._turn.began))
                if self._utterance is None:
                    self._begin(round((self._turn.began - PRE_ROLL_S) * SAMPLE_RATE))
            if verdict is not None:
                outcomes += self._conclude(verdict, t)
                hearing = Hearing.NOTHING
        return outcomes

    def finish(self) -> list[Outcome]:
        """The stream ended: take what was said as it is. An answer that had not begun by then is nothing to tell."""
        t = self._at / SAMPLE_RATE
        outcomes: list[Outcome] = []
        untold = self._turn.began is None and (self._told_any if self._forever else not self._eager)
        if not self.done and not untold:
            verdict = TurnEnd.NOBODY if self._turn.began is None else TurnEnd.SILENCE
            outcomes = self._conclude(verdict, t, last=True)
        self.cancel()
        return outcomes

    def cancel(self) -> None:
        """Stop listening and forget what was heard."""
        if self._utterance is not None:
            self._utterance.cancel()
            self._utterance = None
        self.voice.release()
        self.done = True

    def _begin(self, start: int) -> None:
        began = time.perf_counter()
        self._utterance_start = max(start, self._ring.start)
        try:
            self._utterance = self._recognizer.begin(self._wake_sound)
        except UnavailableError:
            self._utterance = None
        self._wake_sound = None
        self.speech_ms += (time.perf_counter() - began) * 1000
        if self._utterance is not None and self._at > self._utterance_start:
            self._feed(self._ring.between(self._utterance_start, self._at))

    def _hear_again(self) -> None:
        """A whole command, but hardly what was said: hear it again from its beginning, and what may yet follow."""
        self._settings = msgspec.structs.replace(self._settings, early_end=False)
        self._turn.wait_for_silence()
        self._begin(self._utterance_start)

    def _feed(self, pcm: Pcm) -> None:
        assert self._utterance is not None
        began = time.perf_counter()
        self._utterance.feed(pcm)
        self.speech_ms += (time.perf_counter() - began) * 1000

    def _hearing(self) -> Hearing:
        if self._utterance is None or self._turn.began is None or not self._settings.early_end:
            return Hearing.NOTHING
        began = time.perf_counter()
        partial = self._utterance.partial()
        self.speech_ms += (time.perf_counter() - began) * 1000
        if not self._strip(partial.text):
            return Hearing.NOTHING
        if partial.complete:
            return Hearing.COMPLETE
        return Hearing.ACCEPTABLE if partial.acceptable else Hearing.WORDS

    def _conclude(self, verdict: TurnEnd, t: float, *, last: bool = False) -> list[Outcome]:
        if self._utterance is None and self._turn.began is not None:
            return self._over(NothingHeard("not_ready", t), t)
        heard = self._finish_utterance(t)
        believed = heard is not None and heard.confidence >= BELIEVED
        if verdict is TurnEnd.COMPLETE and heard is not None and not believed and not last:
            self._hear_again()
            return []
        spoken = verdict is not TurnEnd.NOBODY and self._turn.voiced_s >= _SHORTEST_S
        if heard is not None and (believed or spoken):
            return self._over(heard, t)
        self._heard_noise |= self._turn.began is not None
        if verdict in (TurnEnd.SILENCE, TurnEnd.COMPLETE) and not last and not self._forever:
            self._turn.go_on(t)  # it was the rest of the wake word, or a cough: the command is still to come
            self._told_begin = False
            return []
        reason = "too_long" if verdict is TurnEnd.TOO_LONG else "noise" if self._heard_noise else "silence"
        return self._over(NothingHeard(reason, t), t)

    def _finish_utterance(self, t: float) -> SpeechHeard | None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return None
        began = time.perf_counter()
        transcript = utterance.finish()
        self.speech_ms += (time.perf_counter() - began) * 1000
        text = self._strip(transcript.text)[:_LONGEST_TEXT]
        if not text:
            return None
        start = self._utterance_start / SAMPLE_RATE
        t_start, t_end = self._times(transcript, text, start)
        return SpeechHeard(
            text=text,
            confidence=float(transcript.confidence),
            t_start=t_start,
            t_end=t_end,
            alternatives=self._alternatives(transcript, text),
            waited_ms=max(0.0, (t - t_end) * 1000),
        )

    def _times(self, transcript: Transcript, text: str, start: float) -> tuple[float, float]:
        words = transcript.words[-len(text.split()) :]
        began = self._turn.began if self._turn.began is not None else start
        end = max(self._turn.last_voice, began)
        if not words:
            return began, end
        first, last = start + float(words[0].t_start), start + float(words[-1].t_end)
        return first, max(first, last)

    def _alternatives(self, transcript: Transcript, text: str) -> tuple[Hypothesis, ...]:
        stripped = ((self._strip(h.text)[:_LONGEST_TEXT], float(h.confidence)) for h in transcript.alternatives)
        best: dict[str, float] = {}
        for other, confidence in stripped:
            if other and other != text:
                best.setdefault(other, confidence)
        return tuple(Hypothesis(*pair) for pair in list(best.items())[:_MOST_ALTERNATIVES])

    def _over(self, outcome: Outcome, t: float) -> list[Outcome]:
        self._told_any = True
        if self._forever:
            self._settings = msgspec.structs.replace(self._settings, early_end=self._early_end)
            self._turn = Turn(self._settings, t)
            self._told_begin = self._heard_noise = False
        else:
            self.voice.release()
            self.done = True
        return [outcome]
