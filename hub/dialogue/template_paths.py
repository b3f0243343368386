"""Sentence templates as a network of words, slots left closed.

hassil joins pieces of text as they stand: `light[s]` is one word or another, `{area}licht` a slot inside a word. So the
network is first laid out over pieces, blanks and slots, and then read word by word.
"""

from collections.abc import Callable, Iterator, Mapping
from math import log

from hassil import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.util import PUNCTUATION_STR

from hub.core.errors import ManifestError
from hub.perception.speech.automaton import Arc

SLOT = "\0"
"""Stands around a slot's key in a label: prefix, key, suffix."""

BLANK, NOTHING = " ", ""
_DEEPEST = 40
_MARKS = str.maketrans(dict.fromkeys(PUNCTUATION_STR, ""))


def cost_of(probability: float) -> int:
    """-1000 ln p, coarse, so that futures that are about as likely are one."""
    return round(-log(probability) / 0.25) * 250


def plain_words(text: str) -> str:
    """Text in small letters and without the punctuation that the matcher ignores; blanks at its ends are kept."""
    return text.casefold().translate(_MARKS)


class TemplatePaths:
    """A network of text pieces from state 0 to `end`, filled with `add`, read word by word with `arcs` and `final`.

    `slot` gives the key of a list reference, or None when nobody can say what it holds (a wildcard).
    """

    def __init__(self) -> None:
        self._edges: list[list[tuple[str, int, int]]] = [[], []]
        self.end = 1
        self._words: dict[int, tuple[list[Arc[int]], int | None]] = {}

    def add(
        self,
        expression: Expression,
        rules: Mapping[str, Sentence],
        slot: Callable[[ListReference], str | None],
        cost: int = 0,
    ) -> None:
        """One more template. Raises `ManifestError` when it names an expansion that does not exist or holds itself."""
        for whole in _alternatives(expression):
            start = self._state()
            self._edges[0].append((BLANK, start, cost))
            last = _Layout(self, rules, slot).lay(whole, start, 0)
            if last is not None:
                self._edges[last].append((BLANK, self.end, 0))

    def _state(self) -> int:
        self._edges.append([])
        return len(self._edges) - 1

    def arcs(self, state: int) -> list[Arc[int]]:
        """The words that may be said next, and where each leads. A slot's label is prefix, key and suffix."""
        return self._read(state)[0]

    def final(self, state: int) -> int | None:
        """The cost of ending here, None when a sentence cannot end here."""
        return self._read(state)[1]

    def _read(self, state: int) -> tuple[list[Arc[int]], int | None]:
        found = self._words.get(state)
        if found is None:
            found = self._words[state] = self._read_word(state)
        return found

    def _read_word(self, start: int) -> tuple[list[Arc[int]], int | None]:
        words: dict[tuple[str, int], int] = {}
        ending: int | None = None
        seen: dict[tuple[int, str], int] = {}
        stack = [(start, "", 0)]
        while stack:
            state, word, cost = stack.pop()
            if seen.get((state, word), cost + 1) <= cost:
                continue
            seen[state, word] = cost
            if state == self.end and not word:
                ending = cost if ending is None else min(cost, ending)
            for piece, target, more in self._edges[state]:
                if piece == BLANK and word:
                    key = (word, target)
                    words[key] = min(cost + more, words.get(key, cost + more))
                else:
                    stack.append((target, word + piece.strip(), cost + more))
        return [(word, target, cost) for (word, target), cost in words.items()], ending


class _Layout:
    """Lays one template's expression into the network."""

    def __init__(
        self, paths: TemplatePaths, rules: Mapping[str, Sentence], slot: Callable[[ListReference], str | None]
    ) -> None:
        self._paths = paths
        self._rules = rules
        self._slot = slot

    def lay(self, expression: Expression, state: int, depth: int) -> int | None:
        """The state after `expression`, said from `state` on; None when it cannot be said."""
        if depth > _DEEPEST:
            raise ManifestError("an expansion contains itself", remedy="break the circle of <names>")
        if isinstance(expression, TextChunk):
            return self._text(expression.original_text, state)
        if isinstance(expression, Alternative):
            return self._join([self.lay(item, state, depth + 1) for item in expression.items])
        if isinstance(expression, Permutation):
            return self._permutation(expression.items, state, depth)
        if isinstance(expression, Group):
            after: int | None = state
            for item in expression.items:
                after = self.lay(item, after, depth + 1) if after is not None else None
            return after
        if isinstance(expression, RuleReference):
            rule = self._rules.get(expression.rule_name)
            if rule is None:
                raise ManifestError(
                    f"there is no expansion <{expression.rule_name}>", remedy="add it under expansions, or correct it"
                )
            return self.lay(rule.expression, state, depth + 1)
        if isinstance(expression, ListReference):
            key = self._slot(expression)
            return None if key is None else self._edge(state, f"{SLOT}{key}{SLOT}")
        raise ManifestError(f"a template holds {type(expression).__name__}, which cannot be spoken")

    def _edge(self, state: int, piece: str) -> int:
        target = self._paths._state()
        self._paths._edges[state].append((piece, target, 0))
        return target

    def _join(self, ends: list[int | None]) -> int | None:
        alive = [end for end in ends if end is not None]
        if not alive:
            return None
        target = self._paths._state()
        cost = cost_of(1 / len(alive)) if len(alive) > 1 else 0
        for end in dict.fromkeys(alive):
            self._paths._edges[end].append((NOTHING, target, cost))
        return target

    def _text(self, text: str, state: int) -> int:
        for piece in _pieces(plain_words(text)):
            state = self._edge(state, piece)
        return state

    def _permutation(self, items: list[Expression], state: int, depth: int) -> int | None:
        """Every order of the items: a state for each set of items already said, not a path for each order."""
        states: dict[int, int | None] = {0: state}
        everything = (1 << len(items)) - 1
        for said in range(1, everything + 1):
            ends = []
            for n, item in enumerate(items):
                before = states[said & ~(1 << n)] if said & (1 << n) else None
                ends.append(None if before is None else self.lay(item, before, depth + 1))
            states[said] = self._join(ends)
        return states[everything]


def _alternatives(expression: Expression) -> list[Expression]:
    """The sentences that a template lists, "(undo|take that back)", as templates of their own: none is dearer."""
    while isinstance(expression, Group) and not isinstance(expression, Alternative | Permutation):
        if len(expression.items) != 1:
            return [expression]
        expression = expression.items[0]
    return list(expression.items) if isinstance(expression, Alternative) else [expression]


def _pieces(text: str) -> Iterator[str]:
    if text[:1].isspace():
        yield BLANK
    for n, word in enumerate(text.split()):
        if n:
            yield BLANK
        yield word
    if text.strip() and text[-1:].isspace():
        yield BLANK
