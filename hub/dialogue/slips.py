"""Slips of recognisers and people: which words may have been meant by what was heard, and at what price.

The distance of words is scored by gazetteer-matcher's compiled scorer, over the words of this home's grammar. Its own
`GazetteerMatcher` knows the intents of another project and English only, and takes time with every name of the home;
here the automaton of our sentences is searched instead, and only words, not names, are compared.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gazetteer_matcher.fuzzy import ChoiceBatch

from hub.dialogue.language import Slips
from hub.dialogue.lattice import INFINITE, Reading

SURE: Final = 0.65
"""Up to this cost a mended sentence is acted on; above it the hub asks first."""
LIMIT: Final = 1.0
"""Above this cost nothing was understood."""
DROPPED: Final = 0.75
"""From this cost on a word that nobody knows was left out: then a name is missing rather than a letter."""
MARGIN: Final = 0.25
"""A reading must be this much cheaper than one that means something else."""

_HEARD, _ENDING, _JOINED = 0.25, 0.15, 0.15
_BENT, _BENT_KNOWN = 0.1, 0.35
_CLOSE, _CLOSE_KNOWN = 0.66, 0.8
_SHORTEST, _SHORTEST_KNOWN = 3, 5
_DROP_FILLER, _DROP_LIGHT, _DROP_UNKNOWN, _DROP_KNOWN = 0.06, 0.1, DROPPED, 0.85
_CANDIDATES: Final = 5


class WordMender:
    """Mends words towards the vocabulary of one grammar."""

    def __init__(self, slips: Slips, vocabulary: Iterable[str]) -> None:
        self.light = frozenset(slips.light)
        self._known = frozenset(vocabulary)
        self._heard = slips.heard
        self._filler = frozenset(slips.filler)
        self._endings = slips.endings
        self._opposites = frozenset(word for group in slips.opposites for word in group)
        self._kept = self._opposites | frozenset(slips.keep)
        words = (w for w in self._known if len(w) >= _SHORTEST and w not in self._kept and not w[0].isdigit())
        self._batch = ChoiceBatch(sorted(words))
        self._memo: dict[str, tuple[Reading, ...]] = {}

    def readings(self, words: Sequence[str], at: int) -> list[Reading]:
        """Words that may have been meant at `at`, the word itself first; two words may have been one."""
        word = words[at]
        found = [Reading(1, word, 0.0), *self._mended(word)]
        if at + 1 < len(words):
            joined = word + words[at + 1]
            if joined in self._known and joined not in self._kept:
                found.append(Reading(2, joined, _JOINED))
        return found

    def forget(self) -> None:
        """Mend every word anew from here on; for measuring."""
        self._memo.clear()

    def drop_cost(self, word: str) -> float:
        """What it costs to leave `word` unexplained; what decides the meaning is never left out."""
        if word in self._filler:
            return _DROP_FILLER
        if word in self._kept or word[0].isdigit():
            return INFINITE
        if word in self.light:
            return _DROP_LIGHT
        return _DROP_KNOWN if word in self._known else _DROP_UNKNOWN

    def split(self, words: Sequence[str]) -> list[str]:
        """`words` with unknown ones that are two known ones run together cut in two: "livingroom"."""
        found: list[str] = []
        for word in words:
            cut = self._cut(word) if word not in self._known and 6 <= len(word) <= 24 else 0
            found.extend((word[:cut], word[cut:]) if cut else (word,))
        return found

    def _cut(self, word: str) -> int:
        places = [i for i in range(3, len(word) - 2) if word[:i] in self._known and word[i:] in self._known]
        return places[0] if len(places) == 1 else 0

    def _mended(self, word: str) -> tuple[Reading, ...]:
        found = self._memo.get(word)
        if found is None:
            if len(self._memo) > 4096:
                self._memo.clear()  # a stream of garbage must not grow it
            found = self._memo[word] = tuple(self._mend(word))
        return found

    def _mend(self, word: str) -> list[Reading]:
        best: dict[str, float] = {}

        def offer(meant: str, cost: float) -> None:
            if meant != word and cost < best.get(meant, INFINITE):
                best[meant] = cost

        for meant in self._heard.get(word, ()):
            if meant in self._known:
                offer(meant, _HEARD)
        if word in self._opposites or word[0].isdigit():
            return [Reading(1, meant, cost) for meant, cost in best.items()]
        for ending in self._endings:
            for meant in (word + ending, word.removesuffix(ending)):
                if meant in self._known and meant not in self._kept and len(meant) > 2:
                    offer(meant, _ENDING)
        known = word in self._known
        if (_SHORTEST_KNOWN if known else _SHORTEST) <= len(word) <= 40:
            floor, base = (_CLOSE_KNOWN, _BENT_KNOWN) if known else (_CLOSE, _BENT)
            for match in self._batch.extract(word, cutoff=floor, limit=_CANDIDATES):
                offer(match.choice, base + 1.0 - match.score)
        return [Reading(1, meant, cost) for meant, cost in best.items()]
