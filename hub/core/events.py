"""Events: immutable, typed facts, and nothing but facts.

An event says what happened, where (`origin`) and because of which other events (`causes`). The graph of causes is
the answer to "why did the light turn on?". Raw sound and picture cannot be part of one: a class with a field that
could hold bytes does not come into being.
"""

import time
import types
import typing
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from hub.core.errors import RawMediaError
from hub.core.ids import new_id

Value = None | bool | int | float | str
"""What a trait's value can be; each trait narrows it."""

_PLAIN: Final = {bool, int, float, str, type(None), Any}


class Origin(Struct, frozen=True, omit_defaults=True):
    """Where an event comes from: which hub, which area of the home, which source (a stream, device or skill)."""

    hub: str = ""
    area: str = ""
    source: str = ""


HERE: Final = Origin()


def _may_hold(annotation: Any) -> bool:
    """Whether a field of this type can only hold plain, small data."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _may_hold(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return True
    if origin in (typing.Union, types.UnionType, tuple, list, dict, frozenset):
        return all(a is Ellipsis or _may_hold(a) for a in typing.get_args(annotation))
    return annotation in _PLAIN or (isinstance(annotation, type) and issubclass(annotation, Struct | str))


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """A fact. `id` is unique within its hub, `at` is UTC seconds, `mono` monotonic seconds on the same machine."""

    id: int = field(default_factory=new_id)
    at: float = field(default_factory=time.time)
    mono: float = field(default_factory=time.monotonic)
    origin: Origin = HERE
    causes: tuple[int, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, annotation in cls.__annotations__.items():
            if not _may_hold(annotation):
                message = f"{cls.__name__}.{name} could hold raw media or another opaque object: {annotation!r}"
                raise RawMediaError(message, remedy="events carry numbers, text and structs of them")


# -- perception ----------------------------------------------------------------------------------------------------


class WakeHeard(Event, frozen=True):
    """A wake word was heard and passed its second stage. `t` is seconds into the stream `stream`."""

    stream: str
    word: str
    score: float
    t: float


class WakeRefused(Event, frozen=True):
    """A wake word was noticed and is not answered. `reason`: `verifier` (the second listener did not hear it, too),
    `elsewhere` (another microphone or hub answers it).
    """

    stream: str
    word: str
    score: float
    t: float
    reason: str


class SpeechStarted(Event, frozen=True):
    """Somebody began to speak to the hub; `t` is seconds into the stream."""

    stream: str
    t: float


class Hypothesis(Struct, frozen=True):
    """One thing that may have been said, with how sure the recogniser is (0 to 1)."""

    text: str
    confidence: float


class SpeechTranscribed(Event, frozen=True):
    """What was said: best guess in `text`, next best in `alternatives`. Times are seconds into the stream."""

    stream: str
    text: str
    confidence: float
    t_start: float
    t_end: float
    alternatives: tuple[Hypothesis, ...] = ()
    stages_ms: dict[str, float] = field(default_factory=dict)


class SpeechNotHeard(Event, frozen=True):
    """A wake word was heard, and then nothing that could be transcribed. `reason`: silence, noise, too_long, lost."""

    stream: str
    reason: str
    t: float


class GestureSeen(Event, frozen=True):
    """A hand showed a gesture or made a motion in front of camera `stream`."""

    stream: str
    name: str
    hand: str
    confidence: float
    t: float


class GestureMade(Event, frozen=True):
    """A gesture was meant: the hand was armed, held it long enough, and lets go before it counts again."""

    stream: str
    name: str
    hand: str
    t: float


class HandPointed(Event, frozen=True):
    """A hand points, in the picture of camera `stream`.

    `x`, `y` are its tip as fractions of the picture's width and height, `dx`, `dy` the direction (length 1, in square
    pixels, y down), `aspect` the picture's width divided by its height.
    """

    stream: str
    x: float
    y: float
    dx: float
    dy: float
    aspect: float
    t: float


class PresenceChanged(Event, frozen=True):
    """The belief about how many people are in an area changed."""

    area: str
    people: int
    confidence: float


# -- dialogue ------------------------------------------------------------------------------------------------------


class IntentMatched(Event, frozen=True):
    """A sentence was understood: which skill's intent, with which slots, about which entities."""

    name: str
    slots: dict[str, Any]
    target: tuple[str, ...] = ()
    text: str = ""
    confidence: float = 1.0


class NotUnderstood(Event, frozen=True):
    """A sentence means nothing this home can do; `reason` says why in a word, `text` what was heard."""

    text: str
    reason: str


class Replied(Event, frozen=True):
    """The hub answered, aloud where it can."""

    text: str
    stream: str = ""
    expects_answer: bool = False


class TimerRang(Event, frozen=True):
    """A skill's stored timer came due."""

    skill: str
    timer: str
    arguments: dict[str, Any] = field(default_factory=dict)


# -- home ----------------------------------------------------------------------------------------------------------


class StateChanged(Event, frozen=True):
    """A trait of an entity has a new value."""

    entity: str
    trait: str
    value: Value
    old: Value = None


class AvailabilityChanged(Event, frozen=True):
    """An entity can, or can no longer, be reached."""

    entity: str
    available: bool


class CommandSent(Event, frozen=True):
    """A command went to the integration that owns the entity. `previous` is the value before it, for undoing."""

    command: int
    entity: str
    trait: str
    value: Value
    previous: Value = None


class CommandDone(Event, frozen=True):
    """The device acknowledged the command."""

    command: int
    entity: str
    trait: str
    value: Value


class CommandFailed(Event, frozen=True):
    """The command did not happen; `code` is the error's code, `reason` its message."""

    command: int
    entity: str
    trait: str
    value: Value
    code: str
    reason: str


class HomeChanged(Event, frozen=True):
    """Areas, people, entities, names or exposure are not what they were: grammars and pages rebuild."""

    what: str
    thing: str = ""


# -- the hub itself ------------------------------------------------------------------------------------------------


class WorkerLost(Event, frozen=True):
    """A worker process died; `lost` says in a person's words what that cost."""

    worker: str
    lost: str


class WorkerReady(Event, frozen=True):
    """A worker process is up; `sealed` says whether it really has no network."""

    worker: str
    sealed: bool


class TaskFailed(Event, frozen=True):
    """A supervised task raised and is restarted after `restart_s` seconds (negative: not again)."""

    task: str
    error: str
    restart_s: float


class PluginFailed(Event, frozen=True):
    """A plugin could not be loaded or stopped working; the rest of the home goes on."""

    plugin: str
    error: str


class PeerJoined(Event, frozen=True):
    """Another hub of this home is reachable."""

    peer: str


class PeerLeft(Event, frozen=True):
    """Another hub of this home is out of reach: off, hanging, or behind a broken network."""

    peer: str


class PeerTrouble(Event, frozen=True):
    """Another hub did what a hub of this home does not do: `trouble` says what, and the owner should know."""

    peer: str
    trouble: str


class HubAsked(Event, frozen=True):
    """A hub at `address` asks to be paired, and nobody here waits for one: told once a minute at most."""

    address: str


class HubPaired(Event, frozen=True):
    """Another hub came into this home, let in by a person with a code."""

    peer: str
    name: str


class HubRemoved(Event, frozen=True):
    """A hub is no member of this home any more; `peer` may be this hub itself."""

    peer: str


class PairingAlarm(Event, frozen=True):
    """Somebody tried to pair who should not, and the window was closed: the owner should know."""

    reason: str


class ModelPromoted(Event, frozen=True):
    """A model version went into service."""

    model: str
    version: str


def event_types() -> dict[str, type[Event]]:
    """Every event class by its name on the wire."""
    found: dict[str, type[Event]] = {}
    queue: list[type[Event]] = [Event]
    while queue:
        for sub in queue.pop().__subclasses__():
            found[sub.__name__] = sub
            queue.append(sub)
    return found


def to_json(event: Event) -> bytes:
    """The event as one JSON object; its class is the field `event`."""
    return msgspec.json.encode(event)
