"""Turns: what was said to the home of late, and what came of it, put together from the events that history keeps."""

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from msgspec import Struct, field

from hub.core.events import (
    CommandDone,
    CommandFailed,
    CommandSent,
    Event,
    GestureMade,
    IntentMatched,
    NotUnderstood,
    Replied,
    SpeechNotHeard,
    SpeechTranscribed,
    Value,
    WakeHeard,
    WakeRefused,
)

_KINDS: Final = (
    WakeHeard, WakeRefused, SpeechTranscribed, SpeechNotHeard, GestureMade, IntentMatched, NotUnderstood, CommandSent,
    CommandDone, CommandFailed, Replied,
)  # fmt: skip
_NAMES: Final = tuple(kind.__name__ for kind in _KINDS)
_EVENTS_A_TURN: Final = 10
_MOST_EVENTS: Final = 5_000


class TurnEvents(Protocol):
    """The history, as far as turns need it."""

    async def recent_events(
        self, types: Collection[str] = (), limit: int = 100, before: int | None = None
    ) -> list[Event]:
        """The newest events of these types with ids below `before`, newest first."""
        ...


class Deed(Struct, frozen=True, kw_only=True):
    """One thing that was asked for; `code` says why it did not happen, empty when it did."""

    entity: str
    trait: str
    value: Value
    code: str = ""
    reason: str = ""


class TurnTold(Struct, kw_only=True):
    """One turn. `id` is the event that began it, `at` UTC seconds, `source` the stream or program it came from.

    `how`: voice, text or gesture. `reason` says in a word why nothing came of it, empty when something did.
    `stages_ms`: wake, vad, speech, silence, intent, act, as far as it went.
    """

    id: int
    at: float
    how: str
    area: str = ""
    source: str = ""
    wake: str = ""
    score: float | None = None
    text: str = ""
    confidence: float | None = None
    intents: list[str] = field(default_factory=list)
    target: list[str] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    reply: str = ""
    reason: str = ""
    asked: bool = False
    """Whether the hub asked something back."""
    stages_ms: dict[str, float] = field(default_factory=dict)


class TurnLog:
    """Reads turns out of the history."""

    def __init__(self, events: TurnEvents) -> None:
        self._events = events

    async def turns(self, limit: int = 50, before: int | None = None) -> list[TurnTold]:
        """The newest `limit` turns that began before the event `before`, newest first."""
        wanted = min(_MOST_EVENTS, max(1, limit) * _EVENTS_A_TURN)
        found = await self._events.recent_events(_NAMES, wanted, before)
        return turns_of(reversed(found))[: max(0, limit)]


def turns_of(events: Iterable[Event]) -> list[TurnTold]:
    """The turns that these events, oldest first, tell of; the newest first."""
    weaver = _Weaver()
    for event in events:
        weaver.take(event)
    return sorted(weaver.turns.values(), key=lambda turn: turn.id, reverse=True)


class _Weaver:
    """Follows causes: an event belongs to the turn that its cause belongs to."""

    def __init__(self) -> None:
        self.turns: dict[int, TurnTold] = {}
        self._of: dict[int, int] = {}  # event -> turn
        self._wakes: dict[int, WakeHeard] = {}
        self._refused: dict[tuple[str, float], int] = {}
        self._heard_at: dict[int, float] = {}
        self._understood_at: dict[int, float] = {}

    def take(self, event: Event) -> None:
        if isinstance(event, WakeHeard):
            self._wakes[event.id] = event
        elif isinstance(event, WakeRefused):
            self._refused[event.stream, event.t] = event.id
            self._begin(event, "voice", wake=event.word, score=event.score, reason=f"wake_{event.reason}")
        elif isinstance(event, SpeechTranscribed | SpeechNotHeard):
            self._speech(event)
        elif isinstance(event, GestureMade):
            self._of[event.id] = event.id  # a turn only once it means something
        elif isinstance(event, IntentMatched | NotUnderstood):
            self._meaning(event)
        elif isinstance(event, CommandSent | CommandDone | CommandFailed):
            self._command(event)
        elif isinstance(event, Replied):
            self._reply(event)

    def _begin(self, event: Event, how: str, **known: object) -> TurnTold:
        turn = TurnTold(id=event.id, at=event.at, how=how, area=event.origin.area, source=event.origin.source)
        for name, value in known.items():
            setattr(turn, name, value)
        self.turns[turn.id] = turn
        self._of[event.id] = turn.id
        return turn

    def _turn(self, event: Event) -> TurnTold | None:
        found = (self._of[cause] for cause in event.causes if cause in self._of)
        return self.turns.get(next(found, 0))

    def _speech(self, event: SpeechTranscribed | SpeechNotHeard) -> None:
        wake = next((self._wakes.pop(cause) for cause in event.causes if cause in self._wakes), None)
        turn = self._begin(event, "voice")
        if wake is not None:
            turn.wake, turn.score = wake.word, wake.score
            self.turns.pop(self._refused.pop((wake.stream, wake.t), 0), None)  # it was answered here after all
        self._heard_at[turn.id] = event.at
        if isinstance(event, SpeechNotHeard):
            turn.reason = event.reason
        else:
            turn.text, turn.confidence, turn.stages_ms = event.text, event.confidence, dict(event.stages_ms)

    def _meaning(self, event: IntentMatched | NotUnderstood) -> None:
        turn = self._turn(event)
        if turn is None:
            made = any(cause in self._of for cause in event.causes)
            if event.causes and not made:
                return  # of a turn whose beginning is not among these events
            turn = self._begin(event, "gesture" if made else "text", text=event.text)
        self._of[event.id] = turn.id
        self._since("intent", turn, self._heard_at, event)
        self._understood_at[turn.id] = event.at
        if isinstance(event, NotUnderstood):
            turn.reason = turn.reason or event.reason
            return
        turn.intents.append(event.name)
        turn.target += [entity for entity in event.target if entity not in turn.target]

    def _command(self, event: CommandSent | CommandDone | CommandFailed) -> None:
        turn = self._turn(event)
        if turn is None:
            turn = self.turns.get(self._of.get(event.command, 0))
        if turn is None:
            return
        self._of[event.id] = self._of[event.command] = turn.id
        if isinstance(event, CommandSent):
            return
        self._since("act", turn, self._understood_at, event)
        failed = isinstance(event, CommandFailed)
        turn.deeds.append(
            Deed(
                entity=event.entity,
                trait=event.trait,
                value=event.value,
                code=event.code if isinstance(event, CommandFailed) else "",
                reason=event.reason if isinstance(event, CommandFailed) else "",
            )
        )
        if failed and not turn.reason:
            turn.reason = turn.deeds[-1].code

    def _reply(self, event: Replied) -> None:
        turn = self._turn(event)
        if turn is None:
            return
        for other in {self._of[c] for c in event.causes if c in self._of} - {turn.id}:
            self._join(turn, other)  # "turn off the lamp and close the blinds", typed: two meanings, one sentence
        turn.reply = " ".join(filter(None, (turn.reply, event.text)))
        turn.asked = event.expects_answer

    def _join(self, turn: TurnTold, other: int) -> None:
        joined = self.turns.pop(other, None)
        if joined is None:
            return
        self._of = {event: turn.id if of == other else of for event, of in self._of.items()}
        turn.text = f"{turn.text}, {joined.text}" if joined.text not in turn.text else turn.text
        turn.intents += joined.intents
        turn.target += [entity for entity in joined.target if entity not in turn.target]
        turn.deeds += joined.deeds
        turn.reason = turn.reason or joined.reason

    def _since(self, stage: str, turn: TurnTold, began: dict[int, float], event: Event) -> None:
        if turn.id in began:
            turn.stages_ms[stage] = round(max(0.0, event.at - began[turn.id]) * 1000, 1)
