"""One utterance, with all that may stand at each of its words: a word, a slip for another, a value of a list."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

INFINITE: Final = 1e9


class Span(NamedTuple):
    """A value of a list, said in the words up to `end`; `cost` is how far the words had to be bent for it."""

    end: int
    value: Any
    cost: float = 0.0


class Reading(NamedTuple):
    """A word that may have been meant at a place, taking `taken` words of the text."""

    taken: int
    word: str
    cost: float


class Mender(Protocol):
    """What knows of slips: which words may have been meant, and what may be left out or put in."""

    light: frozenset[str]

    def readings(self, words: Sequence[str], at: int) -> list[Reading]:
        """Words that may have been meant by what stands at `at`, the word itself included."""
        ...

    def drop_cost(self, word: str) -> float:
        """What it costs to leave a word of the text unexplained."""
        ...


class WordSource(Protocol):
    """A list: which of its values can be read at a place of the lattice."""

    def spans(self, lattice: "Lattice", at: int) -> list[Span]:
        """Every value that begins at word `at`."""
        ...


class Lattice:
    """The words of one text, and the lists' values in them, found when first asked for. With a mender, slips too."""

    __slots__ = ("_readings", "_spans", "mender", "sources", "words")

    def __init__(self, words: Sequence[str], sources: Mapping[str, WordSource], mender: Mender | None = None) -> None:
        self.words = tuple(words)
        self.sources = sources
        self.mender = mender
        self._spans: dict[tuple[str, int], list[Span]] = {}
        self._readings: dict[int, list[Reading]] = {}

    def spans(self, name: str, at: int) -> list[Span]:
        """The values of list `name` that begin at word `at`."""
        key = (name, at)
        found = self._spans.get(key)
        if found is None:
            self._spans[key] = found = []  # a list that leads to itself finds nothing
            source = self.sources.get(name)
            if source is not None:
                self._spans[key] = found = source.spans(self, at)
        return found

    def readings(self, at: int) -> list[Reading]:
        """The words that may have been meant at `at`; without a mender what stands there."""
        found = self._readings.get(at)
        if found is None:
            word = self.words[at]
            found = [Reading(1, word, 0.0)] if self.mender is None else self.mender.readings(self.words, at)
            self._readings[at] = found
        return found
