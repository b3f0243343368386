"""Telling the hub where things are: "that is the lamp", "what is that", "forget where the lamp is"."""

from typing import Any, Final

import msgspec

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.meanings import Meaning, Misunderstood, Outcome, Understood, Which
from hub.dialogue.pointing import Pointed, Pointer, nearest
from hub.dialogue.rays import Ray
from hub.dialogue.references import Named, Reference
from hub.dialogue.sentences import OWN
from hub.dialogue.targets import WHICH, Surroundings
from hub.dialogue.walk import Found
from hub.sdk.intents import Target
from hub.sdk.locale import TargetFilter

NAME: Final = "name_it"
PLACE: Final = "place_it"
FORGET: Final = "forget_place"
_MOST_OPTIONS: Final = 12


def place_words(grammar: HomeGrammar, own: list[tuple[str, Found]], said: str, around: Surroundings) -> Outcome | None:
    """What the dialogue's `own` sentences mean that are about where things are; None when none of them is."""
    failed: Outcome | None = None
    for intent, way in own:
        if intent == NAME:
            return _name(grammar, said, around)
        if intent not in (PLACE, FORGET):
            continue
        slots = _ray_slots(around.pointed) if intent == PLACE else {}
        meaning = Meaning(skill=OWN, intent=intent, slots=slots, said=said, causes=_causes(around, intent == PLACE))
        outcome = _about(grammar, meaning, way, around)
        if not isinstance(outcome, Misunderstood):
            return outcome
        failed = failed or outcome
    return failed


def _name(grammar: HomeGrammar, said: str, around: Surroundings) -> Outcome:
    """ "what is that": what is pointed at, however many things that is; else what was spoken of last."""
    known = grammar.home.entities
    shown = tuple(aim.entity for aim in nearest(around.aims, known.__contains__))
    entities = shown or tuple(e for e in around.last if e in known)
    if not entities:
        return Misunderstood(reason="not_pointed")
    return Understood(
        Meaning(
            skill=OWN, intent=NAME, target=Target(entities=entities), said=said, causes=_causes(around, bool(shown))
        )
    )


def _about(grammar: HomeGrammar, meaning: Meaning, way: Found, around: Surroundings) -> Outcome:
    """`meaning`, about the one thing that was named in it."""
    phrase: list[Reference] = []
    for capture in way.captures:
        for value in capture.value:
            phrase.append(Reference(named=(value,)) if isinstance(value, Named) else value)
    if len(way.captures) == 1 and way.captures[0].slot == "name":
        phrase = [Reference(named=tuple(way.captures[0].value))]
    unseen = msgspec.structs.replace(around, pointed=None)  # a name is what tells here, and not the hand
    found = grammar.resolver.resolve(tuple(phrase), TargetFilter(), unseen)
    entities = found.entities or (found.candidates if found.reason == WHICH else ())
    if not entities or len(entities) > _MOST_OPTIONS:
        return Misunderstood(reason=found.reason or "which_of_many", entities=found.candidates)
    options = tuple(msgspec.structs.replace(meaning, target=Target(entities=(entity,))) for entity in entities)
    return Understood(options[0]) if len(options) == 1 else Which(options)


def _causes(around: Surroundings, pointing: bool) -> tuple[int, ...]:
    return (around.pointed.event,) if pointing and around.pointed is not None and around.pointed.event else ()


def _ray_slots(pointed: Pointed | None) -> dict[str, Any]:
    """The ray as slots: by the time that a question back is answered the hand is down."""
    return {} if pointed is None else {"stream": pointed.stream, "ray": list(msgspec.structs.astuple(pointed.ray))}


class Placing:
    """Carries out what `place_words` found."""

    def __init__(self, pointer: Pointer | None) -> None:
        self._pointer = pointer

    async def carry_out(self, meaning: Meaning) -> str:
        """The key of the reply. Raises `StoreError` when it cannot be kept, `DeniedError` when hearth.toml decides."""
        entity = meaning.target.entities[0] if meaning.target else ""
        if meaning.intent == NAME:
            return "named"
        if self._pointer is None:
            return "not_pointing"
        if meaning.intent == FORGET:
            return "place_forgotten" if await self._pointer.forget(entity) else "never_placed"
        if "ray" not in meaning.slots:
            return "not_pointing"
        rays = await self._pointer.place(entity, meaning.slots["stream"], Ray(*meaning.slots["ray"]))
        return "placed" if rays == 1 else "placed_better"
