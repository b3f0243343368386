"""What goes into Whisper and what is made of what comes out: hotwords, confidence, the grammar's own spelling."""

import math
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Final

from hub.perception.speech.pronounce import spoken_parts

MOST_PIECES: Final = 220
"""Of the hotwords together. Whisper takes half its context, 223, as what was said before."""
_REFUSED: Final = -1.0
"""The average log probability of a piece below which Whisper's authors throw a text away (openai/whisper,
`transcribe.py`), where it surely is speech."""
_DOUBT: Final = 0.5
"""How much more they would have to be sure of where it surely is none. The hub acts on what it hears, and Whisper puts
polite phrases into noise."""
_LOOP: Final = 2.4
"""A text that can be compressed as well as this says the same over and over; their limit too."""
_STEEPNESS: Final = 5.0
_MARKS: Final = " \t.,;:!?\"'()[]{}<>-\u2013\u2014\u2026"
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u00b4`", "'"))


def confidence(avg_logprob: float, no_speech_prob: float, compression_ratio: float) -> float:
    """0 to 1, from what Whisper says of a text; 0.5 is where its authors refuse it."""
    if compression_ratio > _LOOP or not math.isfinite(avg_logprob):
        return 0.0
    score = avg_logprob - _REFUSED - _DOUBT * no_speech_prob
    return round(1.0 / (1.0 + math.exp(-_STEEPNESS * score)), 4)


def hotwords(words: Iterable[str], pieces: Callable[[str], int], most: int = MOST_PIECES) -> tuple[str, ...]:
    """The words that Whisper would hardly write by itself: those that its alphabet of pieces (`pieces` says of how many
    a word is made) does not have whole, the oddest first, as many as fit into `most` pieces with commas between them.
    """
    odd = [(count, word) for word in set(words) if word.isalpha() and (count := pieces(word)) > 1]
    chosen: list[str] = []
    for count, word in sorted(odd, key=lambda pair: (-pair[0], pair[1])):
        if count + 1 <= most:
            chosen.append(word)
            most -= count + 1
    return tuple(chosen)


def is_echo(text: str, prompt: Sequence[str]) -> bool:
    """Whether Whisper only read out a piece of its hotwords, as it does with sound that holds no speech."""
    words = _plain(text)
    length = len(words)
    runs = (tuple(prompt[n : n + length]) for n in range(len(prompt) - length + 1))
    return length > 1 and tuple(words) in runs


def grammar_words(text: str, known: Container[str]) -> list[str]:
    """The words of `text` as the grammar, which knows `known`, spells them: small, without punctuation, "p.m." as "pm",
    and "50%" as fifty percent.
    """
    found: list[str] = []
    for word in _plain(text):
        spellings = ([word], [word.replace(".", "")], spoken_parts(word))
        found += next((way for way in spellings if way and all(part in known for part in way)), [word])
    return found


def _plain(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    return [word for token in folded.split() if (word := token.strip(_MARKS))]
