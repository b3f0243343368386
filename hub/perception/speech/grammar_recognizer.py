"""PocketSphinx over the home's own grammar: hears what this home can do, and says how sure it is.

A grammar recogniser always finds some sentence. Whether it was said is told by the words' acoustic words: see
`confidence`.
"""

from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct

from hub.core.errors import UnavailableError
from hub.core.events import Hypothesis
from hub.perception.speech.confidence import certain, confidence
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.grammar_decoder import GrammarDecoder
from hub.perception.speech.level import may_be_tail, tail_length, with_noise
from hub.perception.speech.opposites import Opposites
from hub.perception.speech.pauses import Pauses
from hub.perception.speech.phone_loop import PhoneLoop
from hub.perception.speech.recognizer import SAMPLE_RATE, Partial, Pcm, Transcript, WordTime
from hub.perception.speech.sphinx import Segment

_MOST_OPEN: Final = 4
_FRAME_S: Final = 0.01
_SURE: Final = 0.8
"""Confidence from which no opposite is weighed."""


class Verdict(Struct, frozen=True):
    """What was said after a second look, how sure that is, and what may have been said instead."""

    words: list[Segment]
    confidence: float
    alternatives: tuple[Hypothesis, ...] = ()


class GrammarRecognizer:
    """A `Recognizer`. Each open utterance has a decoder of its own; they are kept and used again."""

    def __init__(self, model: Path) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._model = model
        self._grammar: SpeechGrammar | None = None
        self._idle: list[GrammarDecoder] = [GrammarDecoder(model)]
        self._loop = PhoneLoop(model)
        self._opposites = Opposites(model)
        self._exact = GrammarDecoder(model, exact=True)
        self._open = 0

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Hear these sentences, those that can be pronounced. Open utterances keep their own.

        Raises `ModelError` when it cannot be used.
        """
        grammar = grammar.sayable()
        if self._idle and grammar.arcs:
            self._idle[0].use(grammar)
        self._grammar = grammar

    def prepare(self) -> None:
        """Get ready for second looks. Takes a second once a grammar; the first one would wait for it otherwise."""
        if self._grammar is not None and self._grammar.arcs:
            self._exact.use(self._grammar)

    def begin(self, before: Pcm | None = None) -> "GrammarUtterance":
        """A new utterance; `before` is not needed. Raises `UnavailableError` without grammar, or with too many."""
        if self._grammar is None or not self._grammar.arcs:
            raise UnavailableError("there is no grammar yet", remedy="wait until the home has been read")
        if self._open >= _MOST_OPEN:
            raise UnavailableError(f"{_MOST_OPEN} people speak at once", remedy="wait for one of them to finish")
        decoder = self._idle.pop() if self._idle else GrammarDecoder(self._model)
        decoder.use(self._grammar)
        self._open += 1
        return GrammarUtterance(self, decoder)

    def give_back(self, decoder: GrammarDecoder) -> None:
        """The utterance that had `decoder` has ended."""
        self._open -= 1
        self._idle.append(decoder)

    def judge(self, words: list[Segment], sound: Pcm, grammar: SpeechGrammar) -> Verdict:
        """What was said in `sound`, which `words` were decoded from: what is in doubt is looked at a second time."""
        if not words or certain(words):
            return Verdict(words, confidence(words))
        anything = self._loop.scores(sound)
        sure = confidence(words, anything)
        if sure >= _SURE:
            return Verdict(words, sure)
        self._exact.use(grammar)
        better = self._exact.decode(sound) or words
        sure = confidence(better, anything)
        if sure >= _SURE:
            return Verdict(better, sure)
        return Verdict(better, sure, self._opposites.weigh([word.word for word in better], sure, grammar, sound))


class GrammarUtterance:
    """One turn of speaking; see `Utterance`.

    The model hears best with the mean of the whole utterance taken off (10 of 100 sentences against streaming), so
    the sound is kept and decoded when the speaker pauses: what came after the last pause was silence by then, and
    `finish` has nothing left to do.
    """

    def __init__(self, owner: GrammarRecognizer, decoder: GrammarDecoder) -> None:
        self._owner = owner
        self._decoder: GrammarDecoder | None = decoder
        self._sound: list[Pcm] = []
        self._pauses = Pauses()
        self._decoded = np.zeros(0, np.int16)
        self._words: list[Segment] = []
        self._verdict: Verdict | None = None
        self._offset_s = 0.0

    def feed(self, pcm: Pcm) -> None:
        """More sound, int16 at 16 kHz."""
        if self._decoder is not None and len(pcm):
            self._sound.append(pcm.copy())
            self._pauses.feed(pcm)

    def partial(self) -> Partial:
        """What was said up to the last pause, and while it lasts whether that is a whole command."""
        if self._decoder is None:
            return Partial()
        if self._pauses.resting and self._pauses.spoke and not may_be_tail(np.concatenate(self._sound)):
            self._decode(self._decoder)
        words = [segment.word for segment in self._words]
        text = " ".join(words)
        if self._pauses.spoke:
            return Partial(text)
        ending = self._decoder.grammar.ending(words)
        if ending.whole:
            self._judged(self._decoder)  # now, while it is waited for more
            words = [segment.word for segment in self._words]
            text, ending = " ".join(words), self._decoder.grammar.ending(words)
        return Partial(text, complete=ending.whole and not ending.longer, acceptable=ending.whole)

    def finish(self) -> Transcript:
        """What was said."""
        if self._decoder is None:
            return Transcript()
        if self._pauses.spoke:
            self._decode(self._decoder)
        verdict = self._judged(self._decoder)
        words = tuple(WordTime(s.word, self._seconds(s.start), self._seconds(s.end + 1)) for s in self._words)
        transcript = Transcript(" ".join(w.word for w in words), verdict.confidence, verdict.alternatives, words)
        self.cancel()
        return transcript

    def _seconds(self, frame: int) -> float:
        return round(self._offset_s + frame * _FRAME_S, 3)

    def cancel(self) -> None:
        """Forget the sound and give the decoder back."""
        decoder, self._decoder = self._decoder, None
        for pcm in self._sound:
            pcm[:] = 0
        self._sound.clear()
        self._decoded[:] = 0
        if decoder is not None:
            self._owner.give_back(decoder)

    def _decode(self, decoder: GrammarDecoder) -> None:
        self._pauses.spoke = False
        sound = np.concatenate(self._sound)
        tail = tail_length(sound)
        self._offset_s = tail / SAMPLE_RATE
        self._decoded = with_noise(sound[tail:])
        self._words = decoder.decode(self._decoded)
        self._verdict = None

    def _judged(self, decoder: GrammarDecoder) -> Verdict:
        if self._verdict is None:
            self._verdict = self._owner.judge(self._words, self._decoded, decoder.grammar)
            self._words = self._verdict.words
        return self._verdict
