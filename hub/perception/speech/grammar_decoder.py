"""A home's sentences in PocketSphinx: the words of whole utterances, each with its score."""

import math
from pathlib import Path
from typing import Final

from hub.perception.speech.grammar import SpeechGrammar
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
        end, again = grammar.states, grammar.states + 1
        arcs: list[Arc] = [
            (source, target, _probability(cost), f"{_MARK}{grammar.words[word]}")
            for source, target, word, cost in grammar.arcs
        ]
        arcs += [(state, end, _probability(cost)) for state, cost in grammar.finals]
        if grammar.joiner:
            # Not back to the start: PocketSphinx models the first sound of all words that leave a state after one of
            # the sounds that lead there, and after "and" every command would begin as after a D, the first one too.
            arcs += [(again, *arc[1:]) for arc in arcs if arc[0] == 0 and len(arc) == 4]
            arcs += [(state, again, _JOINED, f"{_MARK}{grammar.joiner}") for state, _ in grammar.finals]
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
                (f"{_MARK}{word}" if number == 0 else f"{_MARK}{word}({number + 1})", phones)
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


def _plain(word: str) -> str:
    """Our word: without its mark and its variant's number."""
    return word.removeprefix(_MARK).partition("(")[0]


def _probability(cost: int) -> float:
    return math.exp(max(-cost * _WEIGHT / 1000, -690.0))
