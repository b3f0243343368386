"""PocketSphinx over the home's own grammar: hears what this home can do, and says how sure it is.

A grammar recogniser always finds some sentence. Whether it was said is told by the words' acoustic scores: see
`confidence`.
"""

import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from hub.core.errors import ModelError, UnavailableError
from hub.perception.speech.confidence import WordScore, confidence
from hub.perception.speech.grammar import Ending, SpeechGrammar
from hub.perception.speech.level import tail_length, with_noise
from hub.perception.speech.pauses import Pauses
from hub.perception.speech.recognizer import SAMPLE_RATE, Partial, Pcm, Transcript, WordTime

_MOST_OPEN: Final = 4
_FRAME_S: Final = 0.01
_WEIGHT: Final = 4.0
"""How much a nat of the grammar's costs counts against one of sound: neighbouring frames of sound say the same."""
_SEARCH: Final = "home"
_JOINED: Final = 1e-30
"""How likely a second command follows. The decoder divides logarithms by 1,024: this weighs as much as a fifth of a
second of sound that fits badly."""
_BEAMS: Final = {"beam": 1e-48, "pbeam": 1e-48, "wbeam": 1e-40, "maxhmmpf": 3500}
"""Narrower loses commands, wider (1e-60) costs a fifth more and wins none."""

_SCORES: Final = {"compallsen": True}
"""Every sound of the model is scored, also those that no sentence has: in a small grammar nothing else tells that it
was foreign speech."""


class GrammarRecognizer:
    """A `Recognizer`. Each open utterance has a decoder of its own; they are kept and used again."""

    def __init__(self, model: Path) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._model = model
        self._grammar: SpeechGrammar | None = None
        self._idle: list[_Decoder] = [_Decoder(model)]
        self._open = 0

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Hear these sentences. Open utterances keep their own. Raises `ModelError` when it cannot be used."""
        if self._idle:
            self._idle[0].use(grammar)
        self._grammar = grammar

    def begin(self, before: Pcm | None = None) -> "GrammarUtterance":
        """A new utterance; `before` is not needed. Raises `UnavailableError` without grammar, or with too many."""
        if self._grammar is None or not self._grammar.arcs:
            raise UnavailableError("there is no grammar yet", remedy="wait until the home has been read")
        if self._open >= _MOST_OPEN:
            raise UnavailableError(f"{_MOST_OPEN} people speak at once", remedy="wait for one of them to finish")
        decoder = self._idle.pop() if self._idle else _Decoder(self._model)
        decoder.use(self._grammar)
        self._open += 1
        return GrammarUtterance(self, decoder)

    def give_back(self, decoder: "_Decoder") -> None:
        """The utterance that had `decoder` has ended."""
        self._open -= 1
        self._idle.append(decoder)


class GrammarUtterance:
    """One turn of speaking; see `Utterance`.

    The model hears best with the mean of the whole utterance taken off (10 of 100 sentences against streaming), so
    the sound is kept and decoded when the speaker pauses: what came after the last pause was silence by then, and
    `finish` has nothing left to do.
    """

    def __init__(self, owner: GrammarRecognizer, decoder: "_Decoder") -> None:
        self._owner = owner
        self._decoder: _Decoder | None = decoder
        self._sound: list[Pcm] = []
        self._pauses = Pauses()
        self._scores: list[WordScore] = []
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
        if self._pauses.resting and self._pauses.spoke:
            self._decode(self._decoder)
        words = [score.word for score in self._scores]
        text = " ".join(words)
        if self._pauses.spoke:
            return Partial(text)
        ending = self._decoder.ending(words)
        return Partial(text, complete=ending.whole and not ending.longer, acceptable=ending.whole)

    def finish(self) -> Transcript:
        """What was said."""
        if self._decoder is None:
            return Transcript()
        if self._pauses.spoke:
            self._decode(self._decoder)
        scores = self._scores
        self.cancel()
        words = tuple(
            WordTime(score.word, self._seconds(score.start), self._seconds(score.end + 1)) for score in scores
        )
        return Transcript(" ".join(w.word for w in words), confidence(scores), words=words)

    def _seconds(self, frame: int) -> float:
        return round(self._offset_s + frame * _FRAME_S, 3)

    def cancel(self) -> None:
        """Forget the sound and give the decoder back."""
        decoder, self._decoder = self._decoder, None
        for pcm in self._sound:
            pcm[:] = 0
        self._sound.clear()
        if decoder is not None:
            self._owner.give_back(decoder)

    def _decode(self, decoder: "_Decoder") -> None:
        self._pauses.spoke = False
        sound = np.concatenate(self._sound)
        tail = tail_length(sound)
        self._offset_s = tail / SAMPLE_RATE
        self._scores = decoder.decode(with_noise(sound[tail:]))


class _Decoder:
    """A PocketSphinx decoder and the grammar that it has."""

    def __init__(self, model: Path) -> None:
        from pocketsphinx import Decoder

        try:
            self._sphinx = Decoder(
                hmm=str(model), dict=None, lm=None, loglevel="FATAL", lw=1.0, bestpath=False, **_BEAMS, **_SCORES
            )
        except (RuntimeError, ValueError) as error:
            remedy = "run `hearth models verify pocketsphinx-en-us`"
            raise ModelError(f"PocketSphinx cannot use it: {error}", place=str(model), remedy=remedy) from error
        self._grammar: SpeechGrammar | None = None
        self._known: dict[tuple[str, int], str] = {}

    def use(self, grammar: SpeechGrammar) -> None:
        """Search for the sentences of `grammar` from the next utterance on."""
        if grammar is self._grammar:
            return
        self._learn(grammar)
        end = grammar.states
        arcs: list[tuple[Any, ...]] = [
            (source, target, _probability(cost), f"w{grammar.words[word]}")
            for source, target, word, cost in grammar.arcs
        ]
        arcs += [(state, end, _probability(cost)) for state, cost in grammar.finals]
        if grammar.joiner:
            arcs += [(state, 0, _JOINED, f"w{grammar.joiner}") for state, _ in grammar.finals]
        try:
            self._sphinx.add_fsg(_SEARCH, self._sphinx.create_fsg(_SEARCH, 0, end, arcs))
            self._sphinx.activate_search(_SEARCH)
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"the grammar cannot be used: {error}", remedy="report it with your hearth.toml"
            ) from error
        self._grammar = grammar

    def _learn(self, grammar: SpeechGrammar) -> None:
        fresh = [
            (f"w{word}" if number == 0 else f"w{word}({number + 1})", phones)
            for word in grammar.words
            for number, phones in enumerate(grammar.pronunciations[word])
            if self._known.get((word, number)) != phones
        ]
        for place, (name, phones) in enumerate(fresh):
            if self._sphinx.lookup_word(name) is None:
                try:
                    self._sphinx.add_word(name, phones, place == len(fresh) - 1)
                except RuntimeError as error:
                    raise ModelError(f"{name[1:]!r} has sounds that the model lacks: {phones}") from error
        self._known.update(
            {(w, n): phones for w in grammar.words for n, phones in enumerate(grammar.pronunciations[w])}
        )

    def decode(self, pcm: Pcm) -> list[WordScore]:
        """The words of a whole utterance, each with its score."""
        self._sphinx.start_utt()
        try:
            self._sphinx.process_raw(pcm.tobytes(), False, True)
        finally:
            self._sphinx.end_utt()
        return [
            WordScore(word=_plain(s.word), start=s.start_frame, end=s.end_frame, score=_log(s.ascore))
            for s in self._sphinx.seg() or ()
            if s.word.startswith("w")
        ]

    def ending(self, words: list[str]) -> Ending:
        assert self._grammar is not None
        return self._grammar.ending(words)


def _plain(word: str) -> str:
    """Our word: without the mark that keeps it apart from PocketSphinx's own, and without its variant's number."""
    return word[1:].partition("(")[0]


def _probability(cost: int) -> float:
    return math.exp(max(-cost * _WEIGHT / 1000, -690.0))


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else -50.0
