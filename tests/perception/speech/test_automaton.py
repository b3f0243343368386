"""The automaton holds against plain sets of sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import UsageError
from hub.perception.speech.automaton import minimal
from tests.perception.speech.small_grammars import Sentence, of_sentences

words = st.lists(st.sampled_from(["turn", "on", "off", "the", "light"]), min_size=1, max_size=6).map(tuple)


@given(st.lists(st.tuples(words, st.integers(0, 5000)), max_size=12))
def test_language_and_least_costs_are_kept(sentences: list[tuple[Sentence, int]]) -> None:
    automaton = of_sentences(sentences)
    wanted: dict[Sentence, int] = {}
    for sentence, cost in sentences:
        wanted[sentence] = min(cost, wanted.get(sentence, cost))
    assert sorted(automaton.sentences(10_000)) == sorted(" ".join(s) for s in wanted)
    assert all(automaton.cost(s) == cost for s, cost in wanted.items())
    assert automaton.least == min(wanted.values(), default=0)


@given(st.lists(words, min_size=1, max_size=12))
def test_deterministic_and_minimal(sentences: list[Sentence]) -> None:
    automaton = of_sentences([(s, 0) for s in sentences])
    futures = set()
    for state, arcs in enumerate(automaton.arcs):
        labels = [word for word, _, _ in arcs]
        assert len(set(labels)) == len(labels)
        future = frozenset(automaton.sentences(10_000, state))
        assert future not in futures, "two states with the same future"
        futures.add(future)


def test_common_ends_are_shared() -> None:
    sentences = [((verb, "the", name, "light"), 0) for verb in ("turn", "switch") for name in "abcdefgh"]
    assert len(of_sentences(sentences).arcs) == 5


def test_nothing_to_say() -> None:
    automaton = of_sentences([])
    assert automaton.arcs == () and not automaton.accepts(["turn"]) and automaton.cost([]) is None


def test_dead_ends_are_dropped() -> None:
    automaton = minimal(0, {0: [("a", 1, 0), ("b", 2, 0)], 1: [("c", 3, 0)], 2: [], 3: []}.__getitem__, {2: 0}.get)
    assert automaton.sentences() == ["b"]


def test_a_loop_is_refused() -> None:
    with pytest.raises(UsageError, match="longer than 50 words"):
        minimal(0, lambda s: [("on", s + 1, 0)], lambda s: 0, longest=50)
