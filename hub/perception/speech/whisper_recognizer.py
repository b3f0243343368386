"""Whisper as a recogniser: hears anything, prefers this home's odd words, and ends early by the home's grammar."""

from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct

from hub.core.errors import ModelError, UnavailableError
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.pauses import Pauses
from hub.perception.speech.recognizer import SAMPLE_RATE, Partial, Pcm, Transcript
from hub.perception.speech.whisper_model import LONGEST_S, Heard, Whisper
from hub.perception.speech.whisper_words import grammar_words, hotwords, is_echo

_MOST_OPEN: Final = 4
_GUESS_S: Final = 0.7
"""A model that takes longer than this, the silence that a good guess saves, is asked only once, at the end."""
_SURE: Final = 0.5
_SCALE: Final = np.float32(1 / 32768)


class _Home(Struct, frozen=True, eq=False):
    """What the recogniser knows of the home."""

    grammar: SpeechGrammar = SpeechGrammar()
    words: frozenset[str] = frozenset()
    hotwords: tuple[str, ...] = ()


class WhisperRecognizer:
    """A `Recognizer`. Works without a grammar too, but then no turn ends before its silence."""

    def __init__(self, model: Path, *, language: str = "en", threads: int = 1) -> None:
        """`model` is the folder of a faster-whisper model.

        Raises `ModelError` when it cannot be used, or does not know the home's `language`.
        """
        self._whisper = Whisper(model, threads)
        self._check(language)
        self._home = _Home(SpeechGrammar(language=language))
        self._open = 0

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Prefer its odd words, and end turns by it. Raises `ModelError` when the model lacks its language."""
        self._check(grammar.language)
        self._home = _Home(grammar, frozenset(grammar.words), hotwords(grammar.words, self._whisper.pieces))

    def prepare(self) -> None:
        """Nothing: the model is ready once it is loaded."""

    def begin(self, before: Pcm | None = None) -> "WhisperUtterance":
        """A new utterance; `before` is not needed. Raises `UnavailableError` when too many are open."""
        if self._open >= _MOST_OPEN:
            raise UnavailableError(f"{_MOST_OPEN} people speak at once", remedy="wait for one of them to finish")
        self._open += 1
        return WhisperUtterance(self, self._whisper, self._home)

    def give_back(self) -> None:
        """An utterance has ended."""
        self._open -= 1

    def _check(self, language: str) -> None:
        if not self._whisper.speaks(language):
            raise ModelError(
                f"this Whisper model does not know the language {language!r}",
                remedy="set another `recognizer` under [voice] in hearth.toml",
            )


class WhisperUtterance:
    """One turn of speaking; see `Utterance`.

    Whisper hears a whole utterance at once, so the sound is kept, and heard when the speaker pauses. If it was the last
    pause, `finish` has nothing left to do. What goes beyond `LONGEST_S` is not heard.
    """

    def __init__(self, owner: WhisperRecognizer, whisper: Whisper, home: _Home) -> None:
        self._owner: WhisperRecognizer | None = owner
        self._whisper = whisper
        self._home = home
        self._sound = np.zeros(LONGEST_S * SAMPLE_RATE, np.float32)
        self._length = 0
        self._pauses = Pauses()
        self._heard = Heard()
        self._guess = Partial()

    def feed(self, pcm: Pcm) -> None:
        """More sound, int16 at 16 kHz."""
        taken = pcm[: len(self._sound) - self._length]
        if self._owner is None or not len(taken):
            return
        end = self._length + len(taken)
        np.multiply(taken, _SCALE, out=self._sound[self._length : end])
        self._length = end
        self._pauses.feed(taken)

    def partial(self) -> Partial:
        """What was said up to the last pause, and while it lasts whether that is a whole command."""
        if self._owner is None:
            return Partial()
        if self._pauses.resting and self._pauses.spoke and self._whisper.seconds <= _GUESS_S:
            self._hear()
        return Partial(self._guess.text) if self._pauses.spoke else self._guess

    def finish(self) -> Transcript:
        """What was said."""
        if self._owner is None:
            return Transcript()
        try:
            if self._pauses.spoke:
                self._hear()
        finally:
            self.cancel()
        return Transcript(self._heard.text, self._heard.confidence)

    def cancel(self) -> None:
        """Forget the sound."""
        owner, self._owner = self._owner, None
        self._sound[: self._length] = 0
        if owner is not None:
            owner.give_back()

    def _hear(self) -> None:
        self._pauses.spoke = False
        home = self._home
        heard = self._whisper.hear(self._sound[: self._length], home.grammar.language, home.hotwords)
        self._heard = Heard() if is_echo(heard.text, home.hotwords) else heard
        ending = home.grammar.ending(grammar_words(self._heard.text, home.words))
        whole = ending.whole and self._heard.confidence >= _SURE
        self._guess = Partial(self._heard.text, complete=whole and not ending.longer, acceptable=whole)
