"""A home that hears clips as `hearth hear --no-wake` does: energy gate, Silero, end of turn, recogniser, matcher.

In this process, without devices; several processes share the clips of a benchmark.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct

from hub.bench.recordings import Sound
from hub.core.events import Hypothesis
from hub.core.settings import Settings, VoiceSettings
from hub.dialogue.conversation import Act, Conversation, Own, Reading, Session
from hub.dialogue.hearing import best_reading
from hub.dialogue.matcher import Matcher
from hub.dialogue.spoken_grammar import spoken_grammar
from hub.inference.store import ModelStore
from hub.perception.ears.build import ears_config
from hub.perception.ears.messages import Transcribed
from hub.perception.ears.models import build_pipeline

Meant = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""An intent, its slots, and the entities that it is about."""


class Understanding(Struct, frozen=True):
    """What a clip was heard as, how surely, and what that means; `acted` says whether the hub would do it."""

    text: str
    confidence: float
    meant: tuple[Meant, ...]
    acted: bool


class Listener:
    """Hears with the models of this machine in the grammar of one home."""

    def __init__(self, matcher: Matcher, area: str = "", voice: VoiceSettings | None = None) -> None:
        """`voice`: how the home is set up to hear. Raises `ModelError` when the models have not been pulled."""
        settings = Settings(voice=voice or VoiceSettings())
        self._least = settings.voice.min_confidence
        self._matcher, self._area = matcher, area
        self._pipeline = build_pipeline(ears_config(settings, ModelStore())[0])
        self._pipeline.set_grammar(spoken_grammar(matcher.grammar))

    def read(self, text: str) -> tuple[Meant, ...]:
        """What `text` means in this home; empty when it is no command."""
        return _meant(Conversation(self._matcher).read(text, Session(), self._area, 0.0))

    def hear(self, sound: Sound) -> Understanding:
        """The first utterance that is acted on, else the first; the last ends with `sound` at the latest."""
        self._pipeline.open(1, {})
        self._pipeline.feed(1, sound)
        self._pipeline.end(1)
        found: list[Understanding] = []
        while self._pipeline.has(1):
            for message in self._pipeline.step():
                if isinstance(message, Transcribed):
                    found.append(self._understood(Hypothesis(message.text, message.confidence), message.alternatives))
        return next((each for each in found if each.acted), found[0] if found else Understanding("", 0.0, (), False))

    def _understood(self, first: Hypothesis, others: Sequence[Hypothesis]) -> Understanding:
        conversation, session = Conversation(self._matcher), Session()
        heard = best_reading(
            [first, *others],
            lambda guess: conversation.read(guess, session, self._area, 0.0),
            self._matcher.grammar.language.slips.opposites,
        )
        meant = _meant(heard.reading)
        return Understanding(heard.text, heard.confidence, meant, bool(meant) and heard.confidence >= self._least)


def _meant(reading: Reading) -> tuple[Meant, ...]:
    found: list[Meant] = []
    for step in reading.steps:
        if isinstance(step, Act):
            meaning = step.meaning
            slots = tuple(sorted((name, str(value).strip()) for name, value in meaning.slots.items()))
            found.append((meaning.name, slots, tuple(sorted(meaning.target.entities)) if meaning.target else ()))
        elif isinstance(step, Own) and step.what != "nothing_asked":
            found.append((step.what, (), ()))
    return tuple(found)


def heard_by(make: Callable[[], Listener], sounds: Sequence[Sound]) -> list[Understanding]:
    """What a listener of `make` understands of each sound; one process a core, each with a listener of its own."""
    workers = min(os.cpu_count() or 1, len(sounds)) or 1
    bounds = [len(sounds) * n // workers for n in range(workers + 1)]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        parts = [pool.apply_async(_hear, (make, sounds[a:b])) for a, b in pairwise(bounds)]
        return [each for part in parts for each in part.get()]


def _hear(make: Callable[[], Listener], sounds: Sequence[Sound]) -> list[Understanding]:
    listener = make()
    return [listener.hear(sound) for sound in sounds]
