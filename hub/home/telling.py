"""Telling: an event as half a sentence that a person understands."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from hub.core.entities import HomeView
from hub.core.events import (
    AvailabilityChanged,
    CommandDone,
    CommandFailed,
    CommandSent,
    Event,
    GestureMade,
    GestureSeen,
    HandPointed,
    IntentMatched,
    PresenceChanged,
    SpeechTranscribed,
    StateChanged,
    TimerRang,
    Value,
    WakeHeard,
)

_ENVELOPE: Final = frozenset({"event", "id", "at", "mono", "origin", "causes"})
_WORDS: Final = {
    ("OnOff", True): "on",
    ("OnOff", False): "off",
    ("Contact", True): "open",
    ("Contact", False): "closed",
    ("Presence", True): "occupied",
    ("Presence", False): "empty",
}
_SLANTED: Final = 0.38
"""The sine of 22.5 degrees: less is straight."""
_UNITS: Final = {"Level": "%", "Position": "% open", "Setpoint": " °C", "ColorTemperature": " K"}


def kind_of(event: Event) -> str:
    """The event's name, as on the wire."""
    return type(event).__name__


def said_of(event: Event) -> dict[str, Any]:
    """The event's own fields as JSON values, without the envelope that every event has."""
    plain: dict[str, Any] = msgspec.to_builtins(event)
    return {k: v for k, v in plain.items() if k not in _ENVELOPE}


def tell(event: Event, view: HomeView) -> str:
    """`event` as half a sentence: "said 'turn on the light' in the kitchen"."""
    teller = _TELLERS.get(type(event))
    return kind_of(event) if teller is None else teller(event, view)


def value_words(trait: str, value: Value) -> str:
    """A trait's value as people say it: "on", "40 %", "locked"."""
    if value is None:
        return "unknown"
    word = _WORDS.get((trait, value)) if isinstance(value, bool) else None
    return word or f"{value:g}{_UNITS.get(trait, '')}" if isinstance(value, int | float) else str(value)


def _place(event: Event, view: HomeView) -> str:
    area = view.areas.get(event.origin.area)
    return f" in the {area.name}" if area else ""


def _wake(event: WakeHeard, view: HomeView) -> str:
    return f"heard '{event.word.replace('_', ' ')}' {event.score:.2f}{_place(event, view)}"


def _speech(event: SpeechTranscribed, view: HomeView) -> str:
    return f"said '{event.text}'{_place(event, view)}"


def _intent(event: IntentMatched, view: HomeView) -> str:
    skill, _, intent = event.name.rpartition(".")
    said = f" of '{event.text}'" if event.text and not event.causes else ""
    return f"{skill} skill ({intent}){said}" if skill else f"understood {intent}{said}"


def _gesture(event: GestureSeen, view: HomeView) -> str:
    return f"saw {event.name.replace('_', ' ')} {event.confidence:.2f}{_place(event, view)}"


def _meant(event: GestureMade, view: HomeView) -> str:
    return f"meant {event.name.replace('_', ' ')}{_place(event, view)}"


def _pointed(event: HandPointed, view: HomeView) -> str:
    return f"saw a finger point {_way(event.dx, event.dy)} in the picture of {event.stream}"


def _way(right: float, down: float) -> str:
    across = "right" if right > _SLANTED else "left" if right < -_SLANTED else ""
    along = "down" if down > _SLANTED else "up" if down < -_SLANTED else ""
    return " and ".join(filter(None, (along, across))) or "nowhere"


def _presence(event: PresenceChanged, view: HomeView) -> str:
    area = view.areas.get(event.area)
    people = "nobody" if event.people == 0 else f"{event.people} {'person' if event.people == 1 else 'people'}"
    return f"{people} in the {area.name if area else event.area}"


def _timer(event: TimerRang, view: HomeView) -> str:
    return f"a timer of the {event.skill} skill rang"


def _sent(event: CommandSent, view: HomeView) -> str:
    source = f" from {event.origin.source}" if event.origin.source and not event.causes else ""
    return f"command {event.entity} {event.trait} {_json(event.value)}{source}"


def _done(event: CommandDone, view: HomeView) -> str:
    return f"{event.entity} acknowledged {event.trait} {_json(event.value)}"


def _failed(event: CommandFailed, view: HomeView) -> str:
    return f"{event.entity} did not become {value_words(event.trait, event.value)}: {event.reason} ({event.code})"


def _changed(event: StateChanged, view: HomeView) -> str:
    source = f", reported by {event.origin.source}" if event.origin.source and not event.causes else ""
    return f"{event.entity} {value_words(event.trait, event.value)}{source}"


def _availability(event: AvailabilityChanged, view: HomeView) -> str:
    return f"{event.entity} {'can be reached again' if event.available else 'can no longer be reached'}"


def _json(value: Value) -> str:
    return msgspec.json.encode(value).decode()


_TELLERS: Final[dict[type[Event], Callable[[Any, HomeView], str]]] = {
    WakeHeard: _wake,
    SpeechTranscribed: _speech,
    IntentMatched: _intent,
    GestureSeen: _gesture,
    GestureMade: _meant,
    HandPointed: _pointed,
    PresenceChanged: _presence,
    TimerRang: _timer,
    CommandSent: _sent,
    CommandDone: _done,
    CommandFailed: _failed,
    StateChanged: _changed,
    AvailabilityChanged: _availability,
}
