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
    """Keeps the words that it has learnt when the grammar changes.

    An `exact` one knows every state's left context: it takes a second longer to take in a home's grammar, half as long
    again to decode, and finds the best sentence where the quick one may not.
    """

    def __init__(self, model: Path, *, exact: bool = False) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._exact = exact
        self._sphinx = Sphinx(model, **_BEAMS)
        self._grammar: SpeechGrammar | None = None
        self._known: dict[tuple[str, int], str] = {}

    def use(self, grammar: SpeechGrammar) -> None:
        """Search for the sentences of `grammar` from the next utterance on. Raises `ModelError` when it cannot."""
        if grammar is self._grammar:
            return
        self._learn(grammar)
        end, arcs = _exact_arcs(grammar) if self._exact else _quick_arcs(grammar)
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


def _exact_arcs(grammar: SpeechGrammar) -> tuple[int, list[Arc]]:
    """The end state, and the arcs of the grammar's states split by the sound that leads to them."""
    split = by_left_context(grammar)
    arcs: list[Arc] = [
        (step.source, step.target, _probability(step.cost), _name(step.word, step.way)) for step in split.steps
    ]
    return split.states, arcs + [(state, split.states, _probability(cost)) for state, cost in split.finals]


def _quick_arcs(grammar: SpeechGrammar) -> tuple[int, list[Arc]]:
    """The end state, and the arcs as the grammar has them; PocketSphinx adds the words' other pronunciations."""
    end, again = grammar.states, grammar.states + 1
    arcs: list[Arc] = [
        (source, target, _probability(cost), _name(grammar.words[word], 0))
        for source, target, word, cost in grammar.arcs
    ]
    arcs += [(state, end, _probability(cost)) for state, cost in grammar.finals]
    if grammar.joiner:
        # Not back to the start: PocketSphinx models the first sound of all words that leave a state after one of
        # the sounds that lead there, and after "and" every command would begin as after a D, the first one too.
        arcs += [(again, *arc[1:]) for arc in arcs if arc[0] == 0 and len(arc) == 4]
        arcs += [(state, again, _JOINED, _name(grammar.joiner, 0)) for state, _ in grammar.finals]
    return end, arcs


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
