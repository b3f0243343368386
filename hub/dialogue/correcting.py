"""Corrections: "no, the fan", "not the lamp, the fan", "no, the other one": what was said last, of another thing."""

from collections.abc import Callable
from typing import Any, Final

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.matcher import aimed
from hub.dialogue.meanings import Meaning
from hub.dialogue.references import Place, Reference, Selector
from hub.dialogue.targets import Surroundings
from hub.dialogue.walk import Found

CORRECTION: Final = "correction"
OTHER: Final = "other"
_WRONG: Final = "wrong"
_MOST_OPTIONS: Final = 12


def corrections(
    grammar: HomeGrammar,
    own: list[tuple[str, Found]],
    last: Meaning,
    again: Callable[[Any], Meaning | None],
    around: Surroundings,
) -> tuple[Meaning, ...]:
    """What was meant in place of `last`: one, several when it has to be asked which, none when `own` corrects nothing.

    `again` gives `last` with another target.
    """
    for intent, way in own:
        if intent == OTHER:
            return _others(grammar, last, around)
        if intent == CORRECTION:
            for capture in way.captures:
                meant = again(capture.value) if capture.slot != _WRONG else None
                if meant is not None:
                    return (meant,)
    return ()


def _others(grammar: HomeGrammar, last: Meaning, around: Surroundings) -> tuple[Meaning, ...]:
    """`last` with the other things of its kind in the same room."""
    known = grammar.home.entities
    done = [known[entity] for entity in last.target or () if entity in known]
    if len(done) != 1 or not done[0].area:
        return ()
    kind = Reference(selectors=(Selector(kind=done[0].kind),), place=Place(areas=(done[0].area,)))
    found = grammar.resolver.resolve((kind,), last.wanted, around).entities
    others = tuple(aimed(last, (entity,)) for entity in found if entity != done[0].id)
    return others if len(others) <= _MOST_OPTIONS else ()
