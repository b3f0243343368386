"""Undo: the commands that put back what the last turn of the conversation changed."""

from collections import deque
from collections.abc import Mapping

from msgspec import Struct

from hub.core.bus import Bus
from hub.core.commands import Command
from hub.core.events import HERE, CommandDone, CommandFailed, CommandSent, Origin, Value
from hub.core.states import StateTable
from hub.home.recent import EventRing

_MOMENTARY = {"Press": None, "Media": ("next", "previous")}
"""What leaves nothing behind that could be put back; None: no value of the trait does."""
_NEEDS_POWER = frozenset({"Level", "Color", "ColorTemperature", "Media"})
"""Setting one of these switches most devices on."""
_BACK_TO: dict[tuple[str, Value], Value] = {
    ("Media", "idle"): "stopped",
    ("Media", "off"): None,  # OnOff's business
    ("Lock", "locking"): None,
    ("Lock", "unlocking"): None,
    ("Lock", "jammed"): None,
}
"""What to tell a trait whose earlier value nothing can be told to become; None: leave it."""
_TURNS_KEPT = 20
_PENDING_KEPT = 512


class _Done(Struct, frozen=True):
    sent: CommandSent
    was_off: bool


class _Turn(Struct):
    cause: int
    commands: list[_Done]


class UndoLog:
    """The commands that were done lately, by the turn that caused them."""

    def __init__(self, bus: Bus, ring: EventRing, states: StateTable) -> None:
        self._ring = ring
        self._states = states
        self._sent: dict[int, _Done] = {}
        self._turns: deque[_Turn] = deque(maxlen=_TURNS_KEPT)
        self._undoing: dict[int, list[_Turn]] = {}
        self._subscriptions = (
            bus.subscribe(CommandSent, self._remember),
            bus.subscribe(CommandDone, self._done),
            bus.subscribe(CommandFailed, self._failed),
        )

    def close(self) -> None:
        """Stop listening."""
        for cancel in self._subscriptions:
            cancel()

    def is_last(self, event: int) -> bool:
        """Whether the last turn that changed something is the one that `event` was in."""
        return bool(self._turns) and self._turns[-1].cause == self._ring.turn(event)

    def undo(
        self,
        *,
        turns: int = 1,
        channel: str = "voice",
        origin: Origin = HERE,
        causes: tuple[int, ...] = (),
        confirmed: bool = False,
    ) -> list[Command]:
        """Commands that put back what the last `turns` turns changed, last change first; empty when nothing can be.

        Send them with `Dispatcher.send_all`: the exposure rules still hold, so that a lock is never undone into
        unlocked without a yes. The turns count as undone once the first of these commands is done, so that after a
        question the same call gives the same commands again. Undoing is not undone itself: the next goes further back.
        """
        taken = list(self._turns)[-turns:] if turns > 0 else []
        before: dict[tuple[str, str], Value] = {}
        for done in sorted((d for t in taken for d in t.commands), key=lambda d: d.sent.id, reverse=True):
            for trait, value in _before(done).items():
                before[done.sent.entity, trait] = value  # walking back in time: the oldest value wins
        commands = [
            Command(
                entity=entity,
                trait=trait,
                value=value,
                origin=origin,
                causes=causes,
                confirmed=confirmed,
                channel=channel,
            )
            for (entity, trait), value in before.items()
        ]
        self._undoing.update((c.id, taken) for c in commands)
        if not commands:
            self._drop(taken)
        while len(self._undoing) > _PENDING_KEPT:
            del self._undoing[next(iter(self._undoing))]
        return commands

    def _remember(self, sent: CommandSent) -> None:
        was_off = self._states.value(sent.entity, "OnOff") is False
        self._sent[sent.command] = _Done(sent, was_off)
        while len(self._sent) > _PENDING_KEPT:
            del self._sent[next(iter(self._sent))]

    def _done(self, event: CommandDone) -> None:
        done = self._sent.pop(event.command, None)
        undone = self._undoing.pop(event.command, None)
        if undone is not None:
            self._drop(undone)
        elif done is not None:
            cause = self._ring.turn(done.sent.id)
            turn = next((t for t in self._turns if t.cause == cause), None)
            if turn is None:
                turn = _Turn(cause, [])
                self._turns.append(turn)
            turn.commands.append(done)

    def _failed(self, event: CommandFailed) -> None:
        self._sent.pop(event.command, None)
        self._undoing.pop(event.command, None)

    def _drop(self, turns: list[_Turn]) -> None:
        for turn in turns:
            if turn in self._turns:
                self._turns.remove(turn)


def _before(done: _Done) -> Mapping[str, Value]:
    sent = done.sent
    if sent.trait in _MOMENTARY:
        momentary = _MOMENTARY[sent.trait]
        if momentary is None or sent.value in momentary:
            return {}
    if sent.trait in _NEEDS_POWER and done.was_off:
        return {"OnOff": False}
    previous = _BACK_TO.get((sent.trait, sent.previous), sent.previous)
    return {} if previous is None or previous == sent.value else {sent.trait: previous}
