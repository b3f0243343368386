"""The words that a home must not confuse: was it "on", or is "off" about as likely in the same sentence?

The search over all sentences is approximate where words meet, and on and off differ in one consonant. So a sentence in
doubt is scored again exactly, and beside it the same sentence with the opposite word.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hub.core.events import Hypothesis
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.recognizer import Pcm
from hub.perception.speech.sphinx import Arc, Sphinx

_MOST: Final = 3
_DECIDED: Final = 0.1
"""Difference of scores at which the opposite is hardly possible. In recordings it was under 0.005 where the search was
wrong, and over 0.025 where it was right."""
_BEAMS: Final = {"beam": 1e-120, "pbeam": 1e-120, "wbeam": 1e-100}


def turned_round(words: Sequence[str], grammar: SpeechGrammar) -> list[list[str]]:
    """The sentences of `grammar` that differ from `words` in one word that is an opposite; at most three."""
    found: list[list[str]] = []
    for place, word in enumerate(words):
        for group in grammar.opposites:
            for other in group if word in group else ():
                turned = [*words[:place], other, *words[place + 1 :]]
                if other != word and turned not in found and grammar.ending(turned).whole:
                    found.append(turned)
    return found[:_MOST]


class Opposites:
    """Not for two threads at once."""

    def __init__(self, model: Path) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._sphinx = Sphinx(model, **_BEAMS)

    def weigh(
        self, words: Sequence[str], confidence: float, grammar: SpeechGrammar, sound: Pcm
    ) -> tuple[Hypothesis, ...]:
        """The sentences that say the opposite of `words`, with a confidence near its own where they fit as well."""
        others = turned_round(words, grammar)
        if not others:
            return ()
        said = self._score(words, grammar, sound)
        weighed = [
            Hypothesis(" ".join(o), confidence * _likelihood(said - self._score(o, grammar, sound))) for o in others
        ]
        return tuple(sorted(weighed, key=lambda guess: -guess.confidence))

    def _score(self, words: Sequence[str], grammar: SpeechGrammar, sound: Pcm) -> float:
        """Of exactly these words, silence between them as it fits."""
        for word in dict.fromkeys(words):
            ways = grammar.pronunciations[word]
            names = [word if n == 0 else f"{word}({n + 1})" for n in range(len(ways))]
            self._sphinx.learn(list(zip(names, ways, strict=True)))
        arcs: list[Arc] = [(n, n + 1, 1.0, word) for n, word in enumerate(words)]
        self._sphinx.search(0, len(words), arcs)
        found = self._sphinx.decode(sound)
        return sum(segment.score for segment in found) if found else -math.inf


def _likelihood(behind: float) -> float:
    """Of the opposite, against what was heard, which fits better by `behind`."""
    return math.exp(-max(0.0, behind) / _DECIDED) if behind < math.inf else 0.0
