"""What a sentence means by the home's grammar, without acting on it."""

import time
from collections.abc import Sequence
from typing import Any

from hub.dialogue.conversation import Act, Conversation, Session
from hub.dialogue.dialogue import Dialogue
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Meaning
from hub.satellites.ports import Recognized


class GrammarUnderstanding:
    """`Understanding` by the dialogue's grammar in service."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def recognize(self, text: str, *, area: str = "", language: str = "") -> Sequence[Recognized]:
        """The intents of `text`; empty when it means nothing here, or is asked about first."""
        grammar = self._dialogue.grammar(language)
        if grammar is None:
            return []
        reading = Conversation(Matcher(grammar)).read(text, Session(), area, time.monotonic())
        meanings = [step.meaning for step in reading.steps if isinstance(step, Act)]
        return (
            [Recognized(name=m.name, slots=_slots(m)) for m in meanings] if len(meanings) == len(reading.steps) else []
        )


def _slots(meaning: Meaning) -> dict[str, Any]:
    slots = dict(meaning.slots)
    if meaning.target is not None:
        slots["entity"] = list(meaning.target.entities)
    return slots
