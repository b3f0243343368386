"""Engines that are told what they hear: sound is written in samples' values, so that tests say exactly what is where.

Value 0 is silence; 20000 is voice of no words; 10000 + n is voice saying word number n of WORDS for as long as it
lasts; a sample of 30000 is where a wake word ends.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from hub.core.errors import UnavailableError
from hub.core.events import Hypothesis
from hub.perception.ears.pipeline import EarsPipeline
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.recognizer import Partial, Transcript, WordTime
from hub.perception.turn import TurnSettings
from hub.perception.wake.detection import FRAME, WakeDetection

WORDS = ("hey", "jarvis", "turn", "on", "off", "the", "light", "stop", "now")
WHOLE = {"turn on the light": False, "turn on the light now": True, "turn off the light": True, "stop": True}
"""Commands; True: nothing longer begins with it."""
RATE = 16_000


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


def voice(seconds: float) -> np.ndarray:
    return _alternating(20_000, seconds)


def _alternating(value: int, seconds: float) -> np.ndarray:
    # The sign alternates, so that it has a level like sound has.
    samples = np.full(round(seconds * RATE), value, np.int16)
    samples[::2] *= -1
    return samples


def says(text: str, each: float = 0.16) -> np.ndarray:
    return np.concatenate([_alternating(10_000 + WORDS.index(word), each) for word in text.split()])


def wakes(each: float = 0.32) -> np.ndarray:
    """ "hey jarvis", noticed at its end."""
    sound = says("hey jarvis", each)
    sound[-1] = 30_000
    return sound


def sound(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


class FakeSpotter:
    """Hears the sample 30000."""

    words: Sequence[str] = ("hey_jarvis",)

    def __init__(self) -> None:
        self.streams: dict[str, np.ndarray] = {}
        self.frames: dict[str, int] = {}
        self.judges: set[str] = set()
        self.refuses: dict[str, WakeDetection] = {}
        self.steps = 0

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        self.streams[stream] = np.zeros(0, np.int16)
        self.frames[stream] = 0

    def close(self, stream: str) -> None:
        self.streams.pop(stream, None)

    def judging(self, stream: str) -> bool:
        return stream in self.judges

    def feed(self, stream: str, pcm: np.ndarray) -> None:
        self.streams[stream] = np.concatenate((self.streams[stream], pcm))

    def refused(self, stream: str) -> list[WakeDetection]:
        return [self.refuses.pop(stream)] if stream in self.refuses else []

    def step(self) -> list[WakeDetection]:
        self.steps += 1
        found = []
        for stream, waiting in self.streams.items():
            while len(waiting) >= FRAME:
                frame, waiting = waiting[:FRAME], waiting[FRAME:]
                self.frames[stream] += 1
                if (frame == 30_000).any():
                    t = self.frames[stream] * FRAME / RATE
                    found.append(WakeDetection(stream, "hey_jarvis", 0.9, t, t - 0.72, 20.0))
            self.streams[stream] = waiting
        return found


class FakeUtterance:
    def __init__(self, recognizer: "FakeRecognizer") -> None:
        self._of = recognizer
        self.sound = np.zeros(0, np.int16)

    def feed(self, pcm: np.ndarray) -> None:
        self.sound = np.concatenate((self.sound, pcm))

    def _words(self) -> list[WordTime]:
        values = np.abs(self.sound.astype(int))
        values[values == 30_000] = 10_000 + WORDS.index("jarvis")
        found: list[WordTime] = []
        edges = np.flatnonzero(np.diff(values, prepend=-1, append=-1))
        for begin, end in pairwise(edges):
            number = values[begin] - 10_000
            if 0 <= number < len(WORDS):
                found.append(WordTime(WORDS[number], begin / RATE, end / RATE))
        return found

    def partial(self) -> Partial:
        text = " ".join(w.word for w in self._words())
        plain = text.removeprefix("hey ").removeprefix("jarvis ")
        return Partial(text, complete=WHOLE.get(plain, False), acceptable=plain in WHOLE)

    def finish(self) -> Transcript:
        self._of.open.discard(self)
        words = self._words()
        if not words:
            return Transcript()
        text = " ".join(w.word for w in words)
        return Transcript(
            text,
            0.9 if self._of.sure(text) else 0.1,
            (Hypothesis("hey jarvis stop", 0.2), Hypothesis(text, 0.1)),
            tuple(words),
        )

    def cancel(self) -> None:
        self._of.open.discard(self)


class FakeRecognizer:
    def __init__(self) -> None:
        self.open: set[FakeUtterance] = set()
        self.begun = 0
        self.before: list[np.ndarray | None] = []
        self.unsure_of: str = ""
        """A text that it is not sure of."""
        self.grammar: SpeechGrammar | None = SpeechGrammar()

    def sure(self, text: str) -> bool:
        return not self.unsure_of or not text.endswith(self.unsure_of)

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        self.grammar = grammar

    def prepare(self) -> None:
        self.prepared = True

    def begin(self, before: np.ndarray | None = None) -> FakeUtterance:
        if self.grammar is None:
            raise UnavailableError("no grammar yet")
        utterance = FakeUtterance(self)
        self.open.add(utterance)
        self.begun += 1
        self.before.append(before)
        return utterance


class FakeDetector:
    """Any sound is voice."""

    made = 0

    def __init__(self) -> None:
        FakeDetector.made += 1

    def probability(self, frame: np.ndarray) -> float:
        return float(np.abs(frame.astype(int)).max() > 1_000)

    def reset(self) -> None:
        pass


class Fakes:
    def __init__(self) -> None:
        self.spotter = FakeSpotter()
        self.recognizer = FakeRecognizer()

    def pipeline(self, turn: TurnSettings | None = None) -> EarsPipeline:
        return EarsPipeline(
            self.spotter,
            self.recognizer,
            FakeDetector,
            turn=turn or TurnSettings(),
            phrases={"hey_jarvis": "hey jarvis"},
        )
