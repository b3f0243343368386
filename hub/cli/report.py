"""The story of a turn, line by line: what was heard, understood, done and answered.

`json_line` gives the contract of `hearth hear --json` and `hearth say --json`; `readable_line` the same for people.
"""

from typing import Any

from hub.core.events import (
    CommandDone,
    CommandFailed,
    Event,
    GestureMade,
    GestureSeen,
    IntentMatched,
    NotUnderstood,
    PresenceChanged,
    Replied,
    SpeechNotHeard,
    SpeechTranscribed,
    WakeHeard,
)

TOLD = (
    WakeHeard,
    SpeechTranscribed,
    SpeechNotHeard,
    IntentMatched,
    NotUnderstood,
    CommandDone,
    CommandFailed,
    Replied,
)
"""The events that make up the story."""
SEEN = (GestureSeen, PresenceChanged)
"""What pictures and films show."""
_SECONDS = "[dim]%6.2f s[/]"


def json_line(event: Event) -> dict[str, Any] | None:
    """The event as its line of the contract, None for an event that is no part of the story."""
    match event:
        case WakeHeard():
            return {"event": "wake", "model": event.word, "score": round(event.score, 4), "t": round(event.t, 3)}
        case SpeechTranscribed():
            return {
                "event": "speech",
                "text": event.text,
                "confidence": round(event.confidence, 4),
                "t_start": round(event.t_start, 3),
                "t_end": round(event.t_end, 3),
            }
        case SpeechNotHeard():
            return {"event": "not_understood", "text": "", "reason": event.reason}
        case IntentMatched():
            return {"event": "intent", "name": event.name, "slots": event.slots, "target": list(event.target)}
        case NotUnderstood():
            return {"event": "not_understood", "text": event.text, "reason": event.reason}
        case CommandDone():
            return _command(event, ok=True)
        case CommandFailed():
            return {**_command(event, ok=False), "code": event.code, "reason": event.reason}
        case Replied():
            return {"event": "reply", "text": event.text}
        case GestureSeen():
            return {
                "event": "gesture",
                "name": event.name,
                "hand": event.hand,
                "confidence": round(event.confidence, 4),
                "t": round(event.t, 3),
            }
        case PresenceChanged():
            sure = round(event.confidence, 4)
            return {"event": "presence", "area": event.area, "people": event.people, "confidence": sure}
    return None


def _command(event: CommandDone | CommandFailed, *, ok: bool) -> dict[str, Any]:
    return {"event": "command", "entity": event.entity, "trait": event.trait, "value": event.value, "ok": ok}


def readable_line(event: Event) -> str | None:
    """The event in a person's words, with rich markup."""
    from rich.markup import escape

    match event:
        case WakeHeard():
            return (
                f"[dim]{event.t:6.2f} s[/]  wake     [cyan]{event.word.replace('_', ' ')}[/] [dim]{event.score:.2f}[/]"
            )
        case SpeechTranscribed():
            said = escape(event.text) or "…"
            return f"[dim]{event.t_end:6.2f} s[/]  speech   “{said}” [dim]{event.confidence:.2f}[/]"
        case SpeechNotHeard():
            return f"[dim]{event.t:6.2f} s[/]  [yellow]nothing understood: {event.reason.replace('_', ' ')}[/]"
        case IntentMatched():
            about = f" → {', '.join(event.target)}" if event.target else ""
            return f"          intent   {event.name}{_slots(event.slots)}{about}"
        case NotUnderstood():
            return f"          [yellow]not understood: {escape(event.reason)}[/]"
        case CommandDone():
            return f"          command  {event.entity} {event.trait} = {event.value} [green]✓[/]"
        case CommandFailed():
            return f"          command  {event.entity} {event.trait} = {event.value} [red]✗ {escape(event.reason)}[/]"
        case Replied():
            return f"          reply    [bold]{escape(event.text)}[/]"
        case GestureSeen():
            name = event.name.replace("_", " ")
            return f"{_SECONDS % event.t}  gesture  [cyan]{name}[/], {event.hand} hand [dim]{event.confidence:.2f}[/]"
        case GestureMade():
            return f"{_SECONDS % event.t}  meant    [cyan]{event.name.replace('_', ' ')}[/]"
        case PresenceChanged():
            who = {0: "nobody", 1: "somebody"}.get(event.people, f"{event.people} people")
            where = f" in the {event.area.replace('_', ' ')}" if event.area else ""
            return f"          presence {who}{where} [dim]{event.confidence:.2f}[/]"
    return None


def _slots(slots: dict[str, Any]) -> str:
    from rich.markup import escape

    return f" ({escape(', '.join(f'{k}={v}' for k, v in slots.items()))})" if slots else ""
