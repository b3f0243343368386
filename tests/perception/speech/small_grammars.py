"""Grammars of a few sentences."""

from hub.perception.speech.automaton import Arc, Automaton, minimal
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.pronounce import pronunciations

Sentence = tuple[str, ...]


def of_sentences(sentences: list[tuple[Sentence, int]]) -> Automaton:
    """A bundle of chains, one a sentence: as non-deterministic as can be."""

    def arcs(state: tuple[int, int]) -> list[Arc[tuple[int, int]]]:
        n, at = state
        if n < 0:
            return [(words[0], (k, 1), cost) for k, (words, cost) in enumerate(sentences) if words]
        words = sentences[n][0]
        return [(words[at], (n, at + 1), 0)] if at < len(words) else []

    def final(state: tuple[int, int]) -> int | None:
        n, at = state
        return 0 if n >= 0 and at == len(sentences[n][0]) else None

    return minimal((-1, 0), arcs, final)


SENTENCES = (
    "hey jarvis turn on the kitchen light",
    "hey jarvis turn off the kitchen light",
    "hey jarvis lock the door",
)


def grammar(*sentences: str) -> SpeechGrammar:
    paths = [tuple(s.split()) for s in sentences]

    def arcs(state: tuple[str, ...]) -> list[Arc[tuple[str, ...]]]:
        return [
            (p[len(state)], p[: len(state) + 1], 0) for p in paths if len(p) > len(state) and p[: len(state)] == state
        ]

    automaton = minimal((), arcs, lambda state: 0 if state in paths else None)
    return SpeechGrammar.of(automaton, pronunciations({w for p in paths for w in p}))
