"""The lists that a lattice is read with: names in a trie by word, numbers, and phrases made of other lists."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from hassil.numbers import get_rbnf_engine

from hub.dialogue.automaton import State, vocabulary
from hub.dialogue.lattice import Lattice, Span
from hub.dialogue.walk import Capture, cheapest, exact
from hub.dialogue.words import words_of

PHRASE_LIMIT: Final = 0.9
"""How far one phrase may be bent."""
_MAX_NUMBER: Final = 1000
_DIGITS = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?$")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})$")


class TrieNode:
    """A word on the way through the phrases of a list, and the values of the phrase that ends here."""

    __slots__ = ("next", "values")

    def __init__(self) -> None:
        self.next: dict[str, TrieNode] = {}
        self.values: list[Any] = []


class WordTrie:
    """A list of fixed phrases. Reading it costs the phrase's length, whatever the list's."""

    __slots__ = ("join", "root")

    def __init__(self, join: Callable[[list[Any]], list[Any]] = lambda values: values) -> None:
        self.root = TrieNode()
        self.join = join

    def add(self, words: Iterable[str], value: Any) -> None:
        """Let `words` stand for `value`, beside whatever else they stand for."""
        node = self.root
        for word in words:
            follow = node.next.get(word)
            if follow is None:
                follow = node.next[word] = TrieNode()
            node = follow
        if node is not self.root and value not in node.values:
            node.values.append(value)

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """The values of the phrases that begin at `at`."""
        if lattice.mender is not None:
            return self._bent(lattice, at)
        words, node = lattice.words, self.root
        found: list[Span] = []
        for place in range(at, len(words)):
            follow = node.next.get(words[place])
            if follow is None:
                break
            node = follow
            if node.values:
                found.extend(Span(place + 1, value) for value in self.join(node.values))
        return found

    def _bent(self, lattice: Lattice, at: int) -> list[Span]:
        best: dict[tuple[int, int], tuple[float, TrieNode]] = {}
        stack = [(0.0, self.root, at)]
        total = len(lattice.words)
        while stack:
            cost, node, place = stack.pop()
            if node.values and best.get((place, id(node)), (PHRASE_LIMIT + 1,))[0] > cost:
                best[place, id(node)] = (cost, node)
            if place >= total:
                continue
            for reading in lattice.readings(place):
                follow = node.next.get(reading.word)
                if follow is not None and cost + reading.cost <= PHRASE_LIMIT:
                    stack.append((cost + reading.cost, follow, place + reading.taken))
        return [Span(end, value, cost) for (end, _), (cost, node) in best.items() for value in self.join(node.values)]

    def vocabulary(self) -> set[str]:
        """Every word of every phrase."""
        words: set[str] = set()
        stack = [self.root]
        while stack:
            node = stack.pop()
            words.update(node.next)
            stack.extend(node.next.values())
        return words


@lru_cache(maxsize=8)
def number_words(language: str, spellings: tuple[tuple[str, str], ...]) -> WordTrie:
    """Numbers in words, 0 to 1000, by the Unicode rules for `language` (RBNF), with further `spellings`."""
    trie = WordTrie()
    engine = get_rbnf_engine(language)
    for number in range(_MAX_NUMBER + 1):
        forms = engine.format_number(number).text_by_ruleset.items()
        texts = {text for rules, text in forms if "ordinal" not in rules and "year" not in rules}
        for old, new in spellings:
            texts |= {text.replace(old, new) for text in texts if old in text}
        for text in texts:
            trie.add(words_of(text), number)
    return trie


class Numbers:
    """Numbers from `low` to `high`, in digits or words; whole ones unless `decimals`."""

    def __init__(self, words: WordTrie, low: int, high: int, *, decimals: bool = False) -> None:
        self.words, self.low, self.high, self.decimals = words, low, high, decimals

    def vocabulary(self) -> set[str]:
        """Every word of a number."""
        return self.words.vocabulary()

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """The number at `at`, read as long as possible and shorter."""
        word = lattice.words[at]
        if word[0].isdigit():
            if not _DIGITS.match(word):
                return []
            value = float(word.replace(",", "."))
            if not value.is_integer() and not self.decimals:
                return []
            number: float = int(value) if value.is_integer() else value
            return [Span(at + 1, number)] if self.low <= number <= self.high else []
        return [s for s in self.words.spans(lattice, at) if self.low <= s.value <= self.high]


class ClockDigits:
    """A time in digits, "7:30" or "19.30", as minutes of the day."""

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """The time at `at`."""
        match = _CLOCK.match(lattice.words[at])
        if match is None or int(match[1]) > 24 or int(match[2]) > 59:
            return []
        return [Span(at + 1, int(match[1]) * 60 + int(match[2]))]


class Anything:
    """Any run of words: stands in for a name, to find out that only the name was not known."""

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """One to six words from `at`."""
        total = len(lattice.words)
        return [Span(end, " ".join(lattice.words[at:end])) for end in range(at + 1, min(at + 6, total) + 1)]


Making = Callable[[tuple[Capture, ...], Mapping[str, Any]], Any]


class Phrases:
    """A list whose values are said in phrases of other lists; `make` turns what was said into the value, or None."""

    def __init__(self, start: State, sets: list[dict[str, Any]], make: Making) -> None:
        self._start, self._sets, self._make = start, sets, make

    def vocabulary(self) -> set[str]:
        """Every word that stands in the phrases themselves."""
        return vocabulary(self._start)

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """The values that begin at `at`."""
        if lattice.mender is None:
            ways = exact(self._start, lattice, at, whole=False)
        else:
            ways = cheapest(self._start, lattice, at, whole=False, limit=PHRASE_LIMIT)
        found: list[Span] = []
        for way in ways:
            for final in way.final:
                value = self._make(way.captures, self._sets[final])
                if value is not None:
                    found.append(Span(way.end, value, way.cost))
        return found
