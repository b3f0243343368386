"""The wake word in the sentence: people do not pause after it, so the recogniser hears it too.

Where exactly a wake word ends is not known to a tenth of a second. So the recogniser is given the sound from before
it, the grammar lets every sentence begin with it, and it is taken off the text.
"""

from collections.abc import Iterable, Mapping

import msgspec

from hub.perception.speech.grammar import SpeechGrammar


def with_wake_words(
    grammar: SpeechGrammar, phrases: Iterable[str], pronunciations: Mapping[str, tuple[str, ...]]
) -> SpeechGrammar:
    """The grammar whose sentences may begin with one of `phrases`, or with its last words ("jarvis" of "hey jarvis").

    The phrase alone is a sentence too: without that its echo would have to be heard as some command.
    `pronunciations` covers the phrases' words; a phrase with a word that has none is left out.
    """
    spoken = [words for p in phrases if (words := p.split()) and all(pronunciations.get(w) for w in words)]
    if not spoken or not grammar.arcs:
        return grammar
    words = list(grammar.words)
    sounds = dict(grammar.pronunciations)
    for word in (w for phrase in spoken for w in phrase):
        if word not in sounds:
            words.append(word)
            sounds[word] = pronunciations[word]
    index = {word: n for n, word in enumerate(words)}
    after = grammar.states  # a copy of the start, where a sentence goes on after the wake word
    fresh = after + 1
    arcs = list(grammar.arcs)
    arcs += [(after, target, word, cost) for source, target, word, cost in grammar.arcs if source == 0]
    for phrase in spoken:
        states = [*range(fresh, fresh + len(phrase) - 1), after]
        fresh += len(phrase) - 1
        for n, word in enumerate(phrase):
            arcs.append((0, states[n], index[word], 0))
            if n:
                arcs.append((states[n - 1], states[n], index[word], 0))
    return msgspec.structs.replace(
        grammar,
        words=tuple(words),
        arcs=tuple(dict.fromkeys(arcs)),
        finals=(*grammar.finals, (after, 0)),
        pronunciations=sounds,
    )


def without_wake_words(text: str, phrases: Iterable[str]) -> str:
    """The text without a wake phrase, or the end of one, at its beginning."""
    words = text.split()
    plain = [w.strip(",.!?").lower() for w in words]
    longest = 0
    for phrase in phrases:
        parts = phrase.lower().split()
        for begin in range(len(parts)):
            tail = parts[begin:]
            if plain[: len(tail)] == tail:
                longest = max(longest, len(tail))
    return " ".join(words[longest:])
