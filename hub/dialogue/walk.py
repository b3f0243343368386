"""Walks of a word automaton over a lattice: the exact one, and the cheapest ones when words had to be bent."""

import heapq
from itertools import count
from typing import Any, Final, NamedTuple

from hub.dialogue.automaton import State
from hub.dialogue.lattice import Lattice, Mender

MAX_STEPS: Final = 20_000
"""Steps of one walk; a text that needs more is not understood. Speech needs a few hundred."""
MAX_FOUND: Final = 48
_VISITS: Final = 6
LIGHT_COST: Final = 0.12
"""Putting in an article or another word that carries no meaning."""


class Capture(NamedTuple):
    """A slot's value and the words that it was said in."""

    slot: str
    value: Any
    start: int
    end: int


class Found(NamedTuple):
    """One way through: the sentences that end here, the slots in order, and the cost of bent words."""

    final: tuple[int, ...]
    end: int
    captures: tuple[Capture, ...]
    cost: float = 0.0


_Chain = tuple[Any, Capture] | None


def _unchain(chain: _Chain) -> tuple[Capture, ...]:
    found: list[Capture] = []
    while chain is not None:
        chain, capture = chain
        found.append(capture)
    return tuple(reversed(found))


def exact(start: State, lattice: Lattice, at: int, *, whole: bool) -> list[Found]:
    """Every way to read the words from `at`: to the end of the text when `whole`, else to wherever a sentence ends."""
    words, total = lattice.words, len(lattice.words)
    found: list[Found] = []
    stack: list[tuple[State, int, _Chain]] = [(start, at, None)]
    steps = 0
    while stack and steps < MAX_STEPS and len(found) < MAX_FOUND:
        steps += 1
        state, place, chain = stack.pop()
        if state.final and place > at and (place == total or not whole):
            found.append(Found(state.final, place, _unchain(chain)))
        if place >= total:
            continue
        for name, slot, after in state.lists:
            for span in lattice.spans(name, place):
                stack.append((after, span.end, (chain, Capture(slot, span.value, place, span.end))))
        follow = state.words.get(words[place])
        if follow is not None:
            stack.append((follow, place + 1, chain))
    return found


def cheapest(start: State, lattice: Lattice, at: int, *, whole: bool, limit: float) -> list[Found]:
    """Ways to read the words from `at` that cost at most `limit`, cheapest first.

    Best-first search: a word may be read as another, dropped, or a light word put in, each at the mender's price.
    """
    if lattice.mender is None:
        return exact(start, lattice, at, whole=whole)
    return _Search(lattice, lattice.mender, at, whole, limit).run(start)


class _Search:
    """One best-first search. `dropped`: the word before was left out, so a phrase does not end here."""

    def __init__(self, lattice: Lattice, mender: Mender, at: int, whole: bool, limit: float) -> None:
        self._lattice, self._mender, self._at, self._whole, self._limit = lattice, mender, at, whole, limit
        self._heap: list[tuple[float, int, State, int, _Chain, bool]] = []
        self._ticket = count()

    def run(self, start: State) -> list[Found]:
        """What was found, cheapest first."""
        total = len(self._lattice.words)
        visits: dict[tuple[int, int], int] = {}
        found: list[Found] = []
        self._push(0.0, start, self._at, None, False)
        for _ in range(MAX_STEPS):
            if not self._heap or len(found) >= MAX_FOUND:
                break
            cost, _, state, place, chain, dropped = heapq.heappop(self._heap)
            seen = visits.get((id(state), place), 0)
            if seen >= _VISITS:
                continue
            visits[id(state), place] = seen + 1
            ends = place == total if self._whole else not dropped
            if state.final and place > self._at and ends:
                found.append(Found(state.final, place, _unchain(chain), cost))
            self._follow(cost, state, place, chain, dropped)
        return found

    def _push(self, cost: float, state: State, place: int, chain: _Chain, dropped: bool) -> None:
        if cost <= self._limit:
            heapq.heappush(self._heap, (cost, next(self._ticket), state, place, chain, dropped))

    def _follow(self, cost: float, state: State, place: int, chain: _Chain, dropped: bool) -> None:
        lattice, mender = self._lattice, self._mender
        for word in mender.light & state.words.keys():
            self._push(cost + LIGHT_COST, state.words[word], place, chain, dropped)
        if place >= len(lattice.words):
            return
        for reading in lattice.readings(place):
            follow = state.words.get(reading.word)
            if follow is not None:
                self._push(cost + reading.cost, follow, place + reading.taken, chain, False)
        for name, slot, after in state.lists:
            for span in lattice.spans(name, place):
                link = (chain, Capture(slot, span.value, place, span.end))
                self._push(cost + span.cost, after, span.end, link, False)
        if place > self._at or self._whole:
            self._push(cost + mender.drop_cost(lattice.words[place]), state, place + 1, chain, True)
