"""Hassil templates compiled to one word automaton, so that all sentences are matched in a single walk.

hassil's own matcher tries template after template and is measured beside this one (`hearth bench intent`). The
templates, their parser and their expressions are hassil's; what is compiled here accepts the same sentences. Lists
stay edges that the text's lattice answers, so the automaton depends on the sentences only, not on the home.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any, Final

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)

from hub.core.errors import ManifestError
from hub.dialogue.words import words_of

MAX_STEPS: Final = 200_000
"""Work allowed for compiling one automaton; a template beyond it is refused, not waited for."""
_MAX_PERMUTED: Final = 4
_MAX_DEPTH: Final = 60


class State:
    """Where a sentence can be. `final` names the sentences (by index) that end here."""

    __slots__ = ("final", "lists", "words")

    def __init__(self) -> None:
        self.words: dict[str, State] = {}
        self.lists: tuple[tuple[str, str, State], ...] = ()
        self.final: tuple[int, ...] = ()


class _Node:
    """A piece of a template: text, a list, or a fork (edges with kind "")."""

    __slots__ = ("edges", "final")

    def __init__(self, edges: Iterable[tuple[str, str, "_Node"]] = (), final: int = -1) -> None:
        self.edges = list(edges)
        self.final = final


_Item = tuple[_Node, str]


class Compiler:
    """Compiles sentences against their expansion rules. One compiler makes one automaton."""

    def __init__(self, rules: Mapping[str, Sentence], max_steps: int = MAX_STEPS) -> None:
        self._rules, self._max_steps = rules, max_steps
        self._states: dict[frozenset[_Item], State] = {}
        self._tails: dict[tuple[int, str], _Node] = {}
        self._queue: list[tuple[frozenset[_Item], State]] = []
        self._steps = 0

    def compile(self, sentences: Sequence[Expression]) -> State:
        """The start state of the automaton of all `sentences`.

        Raises `ManifestError` for an unknown rule, a rule that contains itself, or templates too large to expand.
        """
        starts = [(self._link(e, _Node(final=i), 0), "") for i, e in enumerate(sentences)]
        start = self._state(frozenset(starts))
        while self._queue:
            self._expand(*self._queue.pop())
        return start

    def _link(self, expression: Expression, after: _Node, depth: int) -> _Node:
        self._spend()
        if depth > _MAX_DEPTH:
            raise ManifestError("sentences nest too deeply", remedy="does an expansion contain itself?")
        if isinstance(expression, TextChunk):
            return _Node([("text", expression.text, after)])
        if isinstance(expression, ListReference):
            return _Node([("list", f"{expression.list_name}\0{expression.slot_name}", after)])
        if isinstance(expression, RuleReference):
            rule = self._rules.get(expression.rule_name)
            if rule is None:
                raise ManifestError(
                    f"unknown expansion <{expression.rule_name}>", remedy="define it in the locale file"
                )
            return self._link(rule.expression, after, depth + 1)
        if isinstance(expression, Permutation):
            if len(expression.items) > _MAX_PERMUTED:
                raise ManifestError("too many parts in any order", remedy=f"at most {_MAX_PERMUTED}")
            orders = permutations(expression.items)
            return _Node([("", "", self._chain(order, after, depth)) for order in orders])
        if isinstance(expression, Alternative):
            return _Node([("", "", self._link(item, after, depth + 1)) for item in expression.items])
        if isinstance(expression, Group):
            return self._chain(expression.items, after, depth)
        raise ManifestError(f"{type(expression).__name__} is not supported in sentences")

    def _chain(self, items: Sequence[Expression], after: _Node, depth: int) -> _Node:
        for item in reversed(items):
            after = self._link(item, after, depth + 1)
        return after

    def _spend(self) -> None:
        self._steps += 1
        if self._steps > self._max_steps:
            raise ManifestError("the sentences expand to too much", remedy="use fewer optional parts")

    def _state(self, items: frozenset[_Item]) -> State:
        state = self._states.get(items)
        if state is None:
            state = self._states[items] = State()
            self._queue.append((items, state))
        return state

    def _expand(self, items: frozenset[_Item], state: State) -> None:
        words: dict[str, set[_Item]] = {}
        lists: dict[tuple[str, str], set[_Item]] = {}
        finals: set[int] = set()
        seen: set[_Item] = set()
        stack = list(items)
        while stack:
            item = stack.pop()
            if item in seen:
                continue
            seen.add(item)
            self._spend()
            node, partial = item
            if node.final >= 0:
                self._finish(node, partial, words, finals)
            for kind, payload, after in node.edges:
                if kind == "":
                    stack.append((after, partial))
                elif kind == "text":
                    stack.extend(self._read(partial + payload, after, words))
                elif words_of(partial):
                    self._word(partial, _Node([(kind, payload, after)]), words)
                else:
                    name, _, slot = payload.partition("\0")
                    lists.setdefault((name, slot), set()).add((after, ""))
        state.words = {word: self._state(frozenset(targets)) for word, targets in words.items()}
        state.lists = tuple((name, slot, self._state(frozenset(t))) for (name, slot), t in lists.items())
        state.final = tuple(sorted(finals))

    def _finish(self, node: _Node, partial: str, words: dict[str, set[_Item]], finals: set[int]) -> None:
        if words_of(partial):
            self._word(partial, node, words)
        else:
            finals.add(node.final)

    def _read(self, text: str, after: _Node, words: dict[str, set[_Item]]) -> list[_Item]:
        """Consume `text`: its last word may go on in `after`, the ones before it are whole."""
        while True:
            head, rest = _first_word(text)
            if not head:
                return [(after, rest)]
            if words_of(head):
                self._word(head, self._tail(after, rest), words)
                return []
            text = rest  # punctuation alone is nothing to say

    def _tail(self, after: _Node, rest: str) -> _Node:
        if not rest:
            return after
        key = (id(after), rest)
        if key not in self._tails:
            self._tails[key] = _Node([("text", rest, after)])
        return self._tails[key]

    def _word(self, text: str, after: _Node, words: dict[str, set[_Item]]) -> None:
        found = words_of(text)
        rest = " ".join(found[1:])
        words.setdefault(found[0], set()).add((self._tail(after, rest + " " if rest else ""), ""))


def _first_word(text: str) -> tuple[str, str]:
    """The first word of `text` that a space follows, and what comes after; an empty word when there is none."""
    stripped = text.lstrip()
    for i, c in enumerate(stripped):
        if c.isspace():
            return stripped[:i], stripped[i:]
    return "", stripped


def vocabulary(start: State) -> set[str]:
    """Every word that the automaton's sentences spell out."""
    words: set[str] = set()
    seen: set[int] = set()
    stack: list[Any] = [start]
    while stack:
        state = stack.pop()
        if id(state) in seen:
            continue
        seen.add(id(state))
        words.update(state.words)
        stack.extend(state.words.values())
        stack.extend(after for _, _, after in state.lists)
    return words
