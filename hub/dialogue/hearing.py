"""Several guesses of what was said: the one that is likely and makes sense in this home."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from hub.core.events import Hypothesis
from hub.dialogue.conversation import Act, Missed, Question, Reading
from hub.dialogue.meanings import Misunderstood
from hub.dialogue.words import words_of

_GUESSES: Final = 5
_AS_LIKELY: Final = 0.6
"""A guess this much less likely than the first is not taken in its place, however well it reads."""
_TOO_CLOSE: Final = 0.85


class Heard(Struct, frozen=True):
    """The guess that was taken."""

    text: str
    confidence: float
    reading: Reading


def best_reading(
    guesses: Sequence[Hypothesis], read: Callable[[str], Reading], opposites: Iterable[Iterable[str]]
) -> Heard:
    """The best of `guesses` (the likeliest first), by confidence times how well it reads.

    Two guesses about as likely that are the opposite of each other ("on", "off") are asked about, never chosen from.
    """
    first = guesses[0]
    heard: list[Heard] = []
    for guess in guesses[:_GUESSES]:
        if guess is first or guess.confidence >= first.confidence * _AS_LIKELY:
            heard.append(Heard(guess.text, guess.confidence, read(guess.text)))
        if guess is first and heard[0].reading.quality >= 1.0 and len(guesses) == 1:
            return heard[0]
    best = max(heard, key=lambda h: h.confidence * h.reading.quality)
    groups = [frozenset(group) for group in opposites]
    for other in heard:
        close = other is not best and other.confidence >= best.confidence * _TOO_CLOSE
        if close and other.reading.quality > 0 and _opposed(best.text, other.text, groups):
            return Heard(best.text, best.confidence, _asking(best.reading))
    return best


def _asking(reading: Reading) -> Reading:
    """The same, but asked about first."""
    acts = [step for step in reading.steps if isinstance(step, Act)]
    if not acts:
        return reading
    if len(reading.steps) > 1:
        return Reading((Missed(Misunderstood(reason="not_sure")),), 0.0)
    return Reading((Question(key="did_you_mean", options=(acts[0].meaning,)),), reading.quality)


def _opposed(one: str, other: str, groups: Sequence[frozenset[str]]) -> bool:
    mine, theirs = set(words_of(one)), set(words_of(other))
    return any(group & (mine - theirs) and group & (theirs - mine) for group in groups)
