"""Leaving out: "turn off all lights except the lamp" is a sentence without its exception, less what that names."""

from collections.abc import Iterator
from typing import Final

import msgspec

from hub.dialogue.matcher import Matcher, aimed
from hub.dialogue.meanings import Outcome, Understood
from hub.dialogue.references import Place, Reference
from hub.dialogue.targets import WHICH, Resolved, Surroundings
from hub.dialogue.words import words_of
from hub.sdk.locale import TargetFilter

_AFTER: Final = 2  # words of the sentence that may follow its exception: "mach alle Lichter außer der Stehlampe aus"


def excepting(matcher: Matcher, words: list[str], around: Surroundings) -> Outcome | None:
    """What `words` mean with an exception; None when none is said, it names nothing, or nothing else would be left."""
    fillers = matcher.grammar.language.slips.filler
    for spoken in (words, [word for word in words if word not in fillers]):
        outcome = _split(matcher, spoken, around)
        if outcome is not None:
            return outcome
    return None


def _split(matcher: Matcher, words: list[str], around: Surroundings) -> Outcome | None:
    for said, instead in matcher.grammar.language.exceptions.items():
        joint = words_of(said)
        for at in range(1, len(words) - len(joint)):
            if words[at : at + len(joint)] == joint:
                left = [*words[:at], *words_of(instead)]
                outcome = _without(matcher, left, words[at + len(joint) :], around)
                if outcome is not None:
                    return outcome
    return None


def _without(matcher: Matcher, left: list[str], right: list[str], around: Surroundings) -> Outcome | None:
    for after in range(min(_AFTER, len(right) - 1) + 1):
        cut = len(right) - after
        out = _named(matcher, right[:cut], around)
        outcome = matcher.literally(left + right[cut:], around) if out else None
        if not isinstance(outcome, Understood) or outcome.meaning.target is None:
            continue
        rest = tuple(entity for entity in outcome.meaning.target.entities if entity not in out)
        if rest:
            return Understood(aimed(outcome.meaning, rest), sure=outcome.sure)
    return None


def _named(matcher: Matcher, words: list[str], around: Surroundings) -> frozenset[str]:
    """All that the exception may mean, as the closest reading of it has it: rather one thing too few is done."""
    grammar = matcher.grammar
    lattice = grammar.lattice(words)
    readings: list[Resolved] = []
    for span in lattice.spans("target", 0):
        if span.end == len(words):
            readings.extend(_readings(matcher, span.value, around))
    if readings:
        best = min(readings, key=lambda reading: reading.rank)
        return frozenset(best.entities or best.candidates)
    places = [span.value for span in lattice.spans("place", 0) if span.end == len(words)]
    return frozenset(entity for place in places for entity in _inside(matcher, place, around))


def _readings(matcher: Matcher, phrase: tuple[Reference, ...], around: Surroundings) -> Iterator[Resolved]:
    """What a phrase means: one reading, none when a part of it means nothing here."""
    found: set[str] = set()
    rank = 0
    for reference in phrase:
        if reference.bare and reference.place is not None:
            found.update(_inside(matcher, reference.place, around))
            continue
        many = any(
            selector.many for selector in reference.selectors
        )  # "except the lights": not only those of this room
        noun = msgspec.structs.replace(reference, every=reference.every or many)
        one = matcher.grammar.resolver.resolve((noun,), TargetFilter(), around)
        if one.reason not in ("", WHICH):
            return
        found.update(one.entities or one.candidates)
        rank = max(rank, one.rank)
    yield Resolved(entities=tuple(found), rank=rank)


def _inside(matcher: Matcher, place: Place, around: Surroundings) -> Iterator[str]:
    areas = matcher.grammar.resolver.areas_of(place, around) or ()
    return (entity.id for entity in matcher.grammar.home.entities.values() if entity.area in areas)
