from itertools import product

from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.left_context import JOINED, ContextGrammar, by_left_context
from tests.perception.speech.small_grammars import of_sentences

SOUNDS = {
    "turn": ("T ER N",),
    "on": ("AA N", "AO N"),
    "off": ("AO F", "AA F"),
    "the": ("DH AH", "DH IY"),
    "lamp": ("L AE M P",),
    "and": ("AE N D",),
}
SENTENCES = [("turn", "on", "the", "lamp"), ("turn", "the", "lamp", "off"), ("lamp",)]


def grammar(joiner: str = "") -> SpeechGrammar:
    return SpeechGrammar.of(of_sentences([(words, 0) for words in SENTENCES]), SOUNDS, joiner=joiner)


def sentences(split: ContextGrammar, longest: int) -> set[tuple[str, ...]]:
    """All that the split grammar says in at most `longest` words."""
    found: set[tuple[str, ...]] = set()
    ends = {state for state, _ in split.finals}
    waiting: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while waiting:
        state, said = waiting.pop()
        if state in ends:
            found.add(said)
        if len(said) < longest:
            waiting += [(step.target, (*said, step.word)) for step in split.steps if step.source == state]
    return found


def test_it_says_the_same_sentences() -> None:
    assert sentences(by_left_context(grammar()), 6) == set(SENTENCES)


def test_every_state_is_reached_by_one_sound() -> None:
    reached: dict[int, set[str]] = {}
    for step in by_left_context(grammar("and")).steps:
        reached.setdefault(step.target, set()).add(SOUNDS[step.word][step.way].split()[-1])
    assert {len(sounds) for sounds in reached.values()} == {1}


def test_after_the_joiner_it_begins_anew_and_the_first_command_not_as_after_it() -> None:
    split = by_left_context(grammar("and"))
    joins = [step for step in split.steps if step.word == "and"]
    assert joins and {step.cost for step in joins} == {JOINED}
    assert 0 not in {step.target for step in joins}
    both = {(*one, "and", *other) for one, other in product(SENTENCES, repeat=2)}
    assert {said for said in sentences(split, 9) if said.count("and") == 1} == both
