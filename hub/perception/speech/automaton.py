"""Weighted word automata, made deterministic and minimal.

The sentences of a home are finite, so their automaton has no cycle, and one depth-first pass does it all: subsets of
states (determinisation in the tropical semiring, Mohri 1997), weights pushed towards the start, and states with the
same future found by their signature (minimisation of acyclic automata, Revuz 1992). Linear in the arcs of the result.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from hub.core.errors import UsageError

S = TypeVar("S", bound=Hashable)
Arc = tuple[str, S, int]
"""A word, the state that it leads to, and its cost: -1000 ln p, so 0 is "as likely as anything"."""
_Signature = tuple[int | None, tuple[tuple[str, int, int], ...]]
"""A state's future: the cost of ending in it, and its arcs."""

LONGEST_SENTENCE = 200
"""Words; what is longer than that is a loop in somebody's template."""


class Automaton(Struct, frozen=True):
    """A minimal acyclic automaton. State 0 is the start; `arcs[s]` are its (word, target, cost), words ascending.

    `finals` maps each accepting state to the cost of ending there, `least` is what every sentence costs besides. No
    states at all: the empty language.
    """

    arcs: tuple[tuple[tuple[str, int, int], ...], ...]
    finals: dict[int, int]
    least: int = 0

    def accepts(self, words: Iterable[str]) -> bool:
        """Whether the sequence of words is one of the sentences."""
        state = 0
        for word in words:
            found = [target for label, target, _ in (self.arcs[state] if self.arcs else ()) if label == word]
            if not found:
                return False
            state = found[0]
        return state in self.finals

    def cost(self, words: Iterable[str]) -> int | None:
        """The least cost of saying exactly these words, None when it is no sentence."""
        state, total = 0, self.least
        for word in words:
            found = [(t, c) for label, t, c in (self.arcs[state] if self.arcs else ()) if label == word]
            if not found:
                return None
            state, total = found[0][0], total + found[0][1]
        return total + self.finals[state] if state in self.finals else None

    def sentences(self, limit: int = 1000, start: int = 0) -> list[str]:
        """At most `limit` of the sentences that remain from state `start`, for people and tests to look at."""
        found: list[str] = []
        stack: list[tuple[int, tuple[str, ...]]] = [(start, ())] if self.arcs else []
        while stack and len(found) < limit:
            state, said = stack.pop()
            if state in self.finals:
                found.append(" ".join(said))
            stack.extend((target, (*said, word)) for word, target, _ in reversed(self.arcs[state]))
        return found


def minimal(
    start: S,
    arcs: Callable[[S], Iterable[Arc[S]]],
    final: Callable[[S], int | None],
    *,
    longest: int = LONGEST_SENTENCE,
) -> Automaton:
    """The minimal deterministic automaton of a non-deterministic one without epsilon, which is asked lazily.

    `arcs(state)` gives the arcs of a state, `final(state)` the cost of ending in it, or None. Where a sentence can be
    said in several ways its least cost is kept. Raises `UsageError` when a sentence is longer than `longest` words.
    """
    making = _Making(arcs, final, longest)
    root = making.visit(frozenset([(start, 0)]), 0)
    return _numbered(root, list(making.registry)) if root is not None else Automaton((), {})


class _Making(Generic[S]):
    """One pass. A subset is a set of states, each with what is still owed on the way to it."""

    def __init__(self, arcs: Callable[[S], Iterable[Arc[S]]], final: Callable[[S], int | None], longest: int) -> None:
        self._arcs, self._final, self._longest = arcs, final, longest
        self._memo: dict[frozenset[tuple[S, int]], tuple[int, int] | None] = {}
        self.registry: dict[_Signature, int] = {}
        """The states of the result, by their future."""

    def visit(self, subset: frozenset[tuple[S, int]], depth: int) -> tuple[int, int] | None:
        """The state that the subset becomes, and the least cost from there on; None where nothing can be said."""
        if subset in self._memo:
            return self._memo[subset]
        if depth > self._longest:
            raise UsageError(
                f"a sentence of the grammar is longer than {self._longest} words",
                remedy="look for an expansion that contains itself",
            )
        merged, ending = self._merge(subset)
        out: list[tuple[str, int, int]] = []
        for word in sorted(merged):
            targets = merged[word]
            least = min(targets.values())
            child = self.visit(frozenset((state, cost - least) for state, cost in targets.items()), depth + 1)
            if child is not None:
                out.append((word, child[0], least + child[1]))
        self._memo[subset] = found = self._registered(out, ending)
        return found

    def _merge(self, subset: frozenset[tuple[S, int]]) -> tuple[dict[str, dict[S, int]], int | None]:
        """Where each word leads from the subset at what cost, and the cost of ending in it."""
        merged: dict[str, dict[S, int]] = {}
        ending: int | None = None
        for state, owed in subset:
            end = self._final(state)
            if end is not None and (ending is None or end + owed < ending):
                ending = end + owed
            for word, target, cost in self._arcs(state):
                targets = merged.setdefault(word, {})
                if target not in targets or cost + owed < targets[target]:
                    targets[target] = cost + owed
        return merged, ending

    def _registered(self, out: list[tuple[str, int, int]], ending: int | None) -> tuple[int, int] | None:
        """The one state with this future, its least cost pushed towards the start."""
        costs = [cost for _, _, cost in out] + ([] if ending is None else [ending])
        if not costs:
            return None
        best = min(costs)
        signature = (
            None if ending is None else ending - best,
            tuple((word, target, cost - best) for word, target, cost in out),
        )
        return self.registry.setdefault(signature, len(self.registry)), best


def _numbered(found: tuple[int, int], states: list[_Signature]) -> Automaton:
    """The states reachable from the one found, numbered in the order of a breadth-first walk."""
    root, least = found
    numbers = {root: 0}
    order = [root]
    for state in order:
        for _, target, _ in states[state][1]:
            if target not in numbers:
                numbers[target] = len(order)
                order.append(target)
    arcs = tuple(tuple((word, numbers[t], cost) for word, t, cost in states[state][1]) for state in order)
    finals = {n: end for n, state in enumerate(order) if (end := states[state][0]) is not None}
    return Automaton(arcs, finals, least)
