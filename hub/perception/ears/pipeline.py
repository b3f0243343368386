"""The ears' work without a process around it: many streams in, what was heard out.

All streams advance together in ticks of 80 ms, so what is heard depends on the sound alone, not on how or how fast it
was fed.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from hub.core.errors import UsageError
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.perception.ears.listening import Listening, NothingHeard, Outcome, SpeechBegan
from hub.perception.ears.messages import (
    Began,
    Doubted,
    FromEars,
    Judge,
    Judged,
    NotHeard,
    StreamEnded,
    Transcribed,
    Woke,
)
from hub.perception.ears.stream import TICK, HeardStream
from hub.perception.ears.wake_words import without_wake_words
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.recognizer import Recognizer
from hub.perception.turn import TurnSettings
from hub.perception.vad.voice import Detector, VoiceActivity
from hub.perception.wake.detection import WakeDetection, WakeEngine

BEFORE_WAKE_S: Final = 0.1
LONGEST_PHRASE_S: Final = 1.4
"""A wake phrase is believed to have begun at most this long ago; what is further back was other talk."""
PHRASE_S: Final = 0.8
"""A wake phrase is over after this, even when it was confirmed later."""
_SAME_SOUND_S: Final = 1.0  # another wake word within this is the same sound
_WARM_UP_S: Final = 0.2
_ROOM_S: Final = 3.0  # of sound that tell the room's noise
_AFTER_END: Final = 6  # ticks of silence that a wake word at the very end needs to be noticed


class EarsPipeline:
    """Wake words, then voice activity, the end of the turn and speech, for every stream. One thread owns it."""

    def __init__(
        self,
        spotter: WakeEngine,
        recognizer: Recognizer,
        detector: Callable[[], Detector],
        *,
        turn: TurnSettings = TurnSettings(),  # noqa: B008 -- immutable
        phrases: Mapping[str, str] | None = None,
    ) -> None:
        """`detector` makes a voice activity network; `phrases` says how each wake word is spoken."""
        self._spotter = spotter
        self._recognizer = recognizer
        self._make_detector = detector
        self._detectors: list[Detector] = []
        self._turn = turn
        self._phrases = tuple((phrases or {}).values())
        self._streams: dict[int, HeardStream] = {}

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Hear these sentences from the next utterance on. Raises `ModelError`."""
        self._recognizer.set_grammar(grammar)

    def prepare(self) -> None:
        """Do what would otherwise be waited for later; for when there is nothing else to do."""
        self._recognizer.prepare()

    def open(self, stream: int, words: dict[str, float], start: int = 0) -> None:
        """Listen to a new stream: for wake words, or, without any, for all speech.

        Raises `UsageError` for a stream that is open or a word without a model.
        """
        if stream in self._streams:
            raise UsageError(f"stream {stream} is open already", remedy="close it first")
        opened = HeardStream(stream, words, start)
        if words:
            self._spotter.open(opened.key, words)
        else:
            opened.listening = self._listen(opened, start=start, counts_from=start, eager=False, forever=True)
        self._streams[stream] = opened

    def has(self, stream: int) -> bool:
        """Whether the stream is open."""
        return stream in self._streams

    def close(self, stream: int) -> None:
        """Forget a stream and zero its sound; an unknown one is ignored."""
        closed = self._streams.pop(stream, None)
        if closed is not None:
            self._stop_listening(closed)
            closed.release()
            if closed.words:
                self._spotter.close(closed.key)

    def end(self, stream: int) -> None:
        """No more sound will come: `step` hears it to its end, says `StreamEnded` and closes it."""
        self._find(stream).ended = True

    def mute(self, stream: int, muted: bool) -> None:
        """Be deaf to a stream, or no longer; its time goes on."""
        self._find(stream).muted = muted

    def listen(self, stream: int) -> None:
        """Listen to what is said next without a wake word."""
        heard = self._find(stream)
        if heard.words:
            self._stop_listening(heard)
            now = heard.ring.end
            start = max(heard.ring.start, now - round(_WARM_UP_S * SAMPLE_RATE))
            heard.listening = self._listen(heard, start=start, counts_from=now, eager=False)

    def judge(self, asked: Judge) -> None:
        """Have `step` say `Judged` when it is so."""
        self._find(asked.stream).to_judge.append(asked)

    def feed(self, stream: int, pcm: Pcm) -> None:
        """Queue int16 mono samples at 16 kHz, which are taken over. Raises `UsageError` for an unknown stream."""
        self._find(stream).queue(pcm)

    def _find(self, stream: int) -> HeardStream:
        found = self._streams.get(stream)
        if found is None:
            raise UsageError(f"stream {stream} is not open", remedy="open it first")
        return found

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait on the stream that is furthest behind."""
        return max((len(s.waiting) for s in self._streams.values()), default=0) / SAMPLE_RATE

    @property
    def busy(self) -> bool:
        """Whether `step` has something to do."""
        return any(s.has_tick() or s.ended or self._judged(s) for s in self._streams.values())

    def step(self) -> list[FromEars]:
        """Advance every stream that has sound by one tick."""
        ready = [s for s in self._streams.values() if s.has_tick()]
        said: list[FromEars] = []
        for stream in ready:
            sound = stream.take()
            if stream.words:
                self._spotter.feed(stream.key, sound)
        detections = self._spot([s for s in ready if s.words])
        for stream in ready:
            said += self._advance(stream)
        for stream, detection in detections:
            said += self._woke(stream, detection)
        said += self._doubted([s for s in ready if s.words])
        for stream in [s for s in self._streams.values() if s.to_judge]:
            judged = self._judged(stream)
            stream.to_judge = [asked for asked in stream.to_judge if asked not in judged]
            said += [Judged(stream.number, asked.serial) for asked in judged]
        for stream in [s for s in self._streams.values() if s.ended and not s.waiting]:
            said += self._end(stream)
        return said

    def _judged(self, stream: HeardStream) -> list[Judge]:
        """What was asked about this stream and can be told."""
        if not stream.to_judge or (stream.words and self._spotter.judging(stream.key)):
            return []
        return [asked for asked in stream.to_judge if asked.until <= stream.ring.end]

    def _spot(self, streams: list[HeardStream]) -> list[tuple[HeardStream, WakeDetection]]:
        if not streams:
            return []
        began = time.perf_counter()
        found = self._spotter.step()
        each = (time.perf_counter() - began) * 1000 / len(streams)
        for stream in streams:
            stream.wake_ms += each
            stream.totals["wake"] += each
        by_key = {s.key: s for s in streams}
        return [(by_key[d.stream], d) for d in found if d.stream in by_key]

    def _doubted(self, streams: list[HeardStream]) -> list[FromEars]:
        return [
            Doubted(stream.number, refused.word, round(float(refused.score), 4), round(stream.t, 3))
            for stream in streams
            for refused in self._spotter.refused(stream.key)
        ]

    def _advance(self, stream: HeardStream) -> list[FromEars]:
        listening = stream.listening
        if listening is None:
            return []
        said = [self._message(stream, listening, outcome) for outcome in listening.advance(stream.ring.end)]
        if listening.done:
            self._stop_listening(stream)
        return said

    def _woke(self, stream: HeardStream, detection: WakeDetection) -> list[FromEars]:
        t = stream.t  # the spotter counts only what it was fed
        if t - stream.last_wake < _SAME_SOUND_S:
            return []
        stream.last_wake = t
        self._stop_listening(stream)
        t_start = max(t - (detection.t - detection.t_start), t - LONGEST_PHRASE_S, stream.start / SAMPLE_RATE)
        begin = max(stream.ring.start, round((t_start - BEFORE_WAKE_S) * SAMPLE_RATE))
        counts_from = round(min(t, t_start + PHRASE_S) * SAMPLE_RATE)
        stream.listening = self._listen(stream, start=begin, counts_from=counts_from, eager=True)
        score, snr_db = round(float(detection.score), 4), round(float(detection.snr_db), 1)
        woke = Woke(stream.number, detection.word, score, round(t, 3), round(float(t_start), 3), snr_db)
        return [woke, *self._advance(stream)]

    def _listen(
        self, stream: HeardStream, *, start: int, counts_from: int, eager: bool, forever: bool = False
    ) -> Listening:
        detector = self._detectors.pop() if self._detectors else self._make_detector()
        return Listening(
            self._turn,
            self._recognizer,
            VoiceActivity(detector, position=start, before=stream.ring.last(_ROOM_S)),
            stream.ring,
            start=start,
            counts_from=counts_from,
            eager=eager,
            forever=forever,
            strip=lambda text: without_wake_words(text, self._phrases),
        )

    def _stop_listening(self, stream: HeardStream) -> None:
        listening, stream.listening = stream.listening, None
        if listening is not None:
            listening.cancel()
            stream.account(listening)
            self._detectors.append(listening.voice.detector)

    def _end(self, stream: HeardStream) -> list[FromEars]:
        said: list[FromEars] = []
        if stream.words and not stream.muted:
            rest = -stream.ring.end % TICK
            self._spotter.feed(stream.key, np.zeros(rest + _AFTER_END * TICK, np.int16))
            for _, detection in self._spot([stream]):
                said += self._woke(stream, detection)
        if stream.listening is not None:
            listening = stream.listening
            said += [self._message(stream, listening, outcome) for outcome in listening.finish()]
            self._stop_listening(stream)
        audio_s = (stream.ring.end - stream.start) / SAMPLE_RATE
        stages = {stage: round(ms, 2) for stage, ms in stream.totals.items()}
        said.append(StreamEnded(stream=stream.number, audio_s=round(audio_s, 3), stages_ms=stages))
        self.close(stream.number)
        return said

    def _message(self, stream: HeardStream, listening: Listening, outcome: Outcome) -> FromEars:
        if isinstance(outcome, SpeechBegan):
            return Began(stream.number, round(outcome.t, 3))
        spent = stream.account(listening)
        if isinstance(outcome, NothingHeard):
            return NotHeard(stream.number, outcome.reason, round(outcome.t, 3))
        return Transcribed(
            stream=stream.number,
            text=outcome.text,
            confidence=round(outcome.confidence, 4),
            t_start=round(outcome.t_start, 3),
            t_end=round(outcome.t_end, 3),
            alternatives=outcome.alternatives,
            stages_ms=spent | {"silence": round(outcome.waited_ms, 2)},
        )
