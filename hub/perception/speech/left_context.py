"""A grammar whose states know by which sound they were reached.

PocketSphinx models the first sound of the words that leave a state after one of the sounds that lead there, not after
each (seen in its results: they change with sentences that have no word in common with what was said). Where every
state is reached by one sound, its search is as good as scoring each sentence by itself. It doubles a home's grammar and
costs half as much again to search (0.17 instead of 0.12 s of processor a second of sound): for what is in doubt.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from hub.perception.speech.grammar import SpeechGrammar

JOINED: Final = -1
"""The cost of a step over the joiner, which is not the grammar's to say."""


class Step(Struct, frozen=True):
    """From a state to a state over a word in its `way`-th pronunciation, at a cost in thousandths of a nat."""

    source: int
    target: int
    word: str
    way: int
    cost: int


class ContextGrammar(Struct):
    """States from 0, the start; steps between them, and what it costs to end where one can."""

    states: int = 0
    steps: list[Step] = field(default_factory=list)
    finals: list[tuple[int, int]] = field(default_factory=list)


def by_left_context(grammar: SpeechGrammar) -> ContextGrammar:
    """`grammar` with a state for every sound that leads to it; after its joiner it begins anew."""
    leaving: dict[int, list[tuple[int, str, int]]] = {}
    for start, target, number, cost in grammar.arcs:
        leaving.setdefault(start, []).append((target, grammar.words[number], cost))
    ends = dict(grammar.finals)
    made = ContextGrammar()
    numbers = {(0, ""): 0}
    waiting = [(0, "")]
    while waiting:
        state, sound = waiting.pop()
        source = numbers[state, sound]
        onward = leaving.get(state, [])
        if state in ends:
            made.finals.append((source, ends[state]))
            if grammar.joiner:
                onward = [*onward, (0, grammar.joiner, JOINED)]
        for target, word, cost in onward:
            for way, last in _endings(grammar, word):
                reached = (target, last)
                if reached not in numbers:
                    numbers[reached] = len(numbers)
                    waiting.append(reached)
                made.steps.append(Step(source, numbers[reached], word, way, cost))
    made.states = len(numbers)
    return made


def _endings(grammar: SpeechGrammar, word: str) -> Iterator[tuple[int, str]]:
    """The last sound of each pronunciation."""
    for way, phones in enumerate(grammar.pronunciations[word]):
        yield way, phones.rpartition(" ")[2]
