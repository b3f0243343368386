"""A home's sentences in PocketSphinx: the words of whole utterances, each with its score."""

import math
from pathlib import Path
from typing import Final

from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.left_context import JOINED, by_left_context
from hub.perception.speech.recognizer import Pcm
from hub.perception.speech.sphinx import Arc, Segment, Sphinx

_WEIGHT: Final = 4.0
"""How much a nat of the grammar's costs counts against one of sound: neighbouring frames of sound say the same."""
_JOINED: Final = 1e-30
"""How likely a second command follows. The decoder divides logarithms by 1,024: this weighs as much as a fifth of a
second of sound that fits badly."""
_BEAMS: Final = {"beam": 1e-48, "pbeam": 1e-48, "wbeam": 1e-40, "maxhmmpf": 3500}
"""Narrower loses commands, wider (1e-60) costs a fifth more and wins none."""
_MARK: Final = "w"
"""What our words begin with there, so that they are no words of PocketSphinx's own."""


class GrammarDecoder:
    """Keeps the words that it has learnt when the grammar changes."""

    def __init__(self, model: Path) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._sphinx = Sphinx(model, **_BEAMS)
        self._grammar: SpeechGrammar | None = None
        self._known: dict[tuple[str, int], str] = {}

    def use(self, grammar: SpeechGrammar) -> None:
        """Search for the sentences of `grammar` from the next utterance on. Raises `ModelError` when it cannot."""
        if grammar is self._grammar:
            return
        self._learn(grammar)
        split = by_left_context(grammar)
        end = split.states
        arcs: list[Arc] = [
            (step.source, step.target, _probability(step.cost), _name(step.word, step.way)) for step in split.steps
        ]
        arcs += [(state, end, _probability(cost)) for state, cost in split.finals]
        self._sphinx.search(0, end, arcs)
        self._grammar = grammar

    def _learn(self, grammar: SpeechGrammar) -> None:
        pronounced = {
            (word, number): phones
            for word in grammar.words
            for number, phones in enumerate(grammar.pronunciations[word])
        }
        self._sphinx.learn(
            [
                (_name(word, number), phones)
                for (word, number), phones in pronounced.items()
                if self._known.get((word, number)) != phones
            ]
        )
        self._known.update(pronounced)

    def decode(self, pcm: Pcm) -> list[Segment]:
        """The words of a whole utterance."""
        return [
            Segment(_plain(s.word), s.start, s.end, s.score, s.prior)
            for s in self._sphinx.decode(pcm)
            if s.word.startswith(_MARK)
        ]

    @property
    def grammar(self) -> SpeechGrammar:
        """The one in use; there is none before `use`."""
        assert self._grammar is not None
        return self._grammar


def _name(word: str, way: int) -> str:
    """How PocketSphinx knows a word in one of its pronunciations."""
    return f"{_MARK}{word}" if way == 0 else f"{_MARK}{word}({way + 1})"


def _plain(word: str) -> str:
    """Our word: without its mark and its variant's number."""
    return word.removeprefix(_MARK).partition("(")[0]


def _probability(cost: int) -> float:
    if cost == JOINED:
        return _JOINED
    return math.exp(max(-cost * _WEIGHT / 1000, -690.0))
