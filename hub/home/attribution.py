"""Attribution: which command a device's report answers, when the device does not say so itself."""

from typing import Final

from msgspec import Struct

from hub.core.events import CommandSent, Value

WINDOW_S: Final = 8.0
"""How long after a command a fitting report is taken for its effect."""
_SIDE_EFFECT_S: Final = 3.0
_TRAVELLING: Final = frozenset({"Position", "Lock", "Mode", "Media"})
"""Traits that pass through other values on their way to the wanted one."""


class _Recent(Struct, frozen=True):
    event: int
    trait: str
    value: Value
    mono: float


class Attribution:
    """Remembers the last commands of every entity for some seconds."""

    def __init__(self) -> None:
        self._recent: dict[str, list[_Recent]] = {}

    def sent(self, event: CommandSent) -> None:
        """A command went out."""
        fresh = [r for r in self._recent.get(event.entity, ()) if event.mono - r.mono < WINDOW_S]
        self._recent[event.entity] = [*fresh[-7:], _Recent(event.id, event.trait, event.value, event.mono)]

    def causes(self, entity: str, trait: str, value: Value, mono: float) -> tuple[int, ...]:
        """The event of the command that made `trait` become `value`; empty when none fits.

        The same trait fits when it reached the wanted value or is on its way there; another trait fits shortly after
        a command, because devices move several at once (a light that is switched on reports its brightness too).
        """
        recent = self._recent.get(entity)
        if recent is None:
            return ()
        for command in reversed(recent):
            age = mono - command.mono
            if age > WINDOW_S:
                break
            if command.trait == trait:
                if command.value == value or trait in _TRAVELLING:
                    return (command.event,)
                return ()  # it went elsewhere: somebody else's doing
        newest = recent[-1]
        asked = any(c.trait == trait for c in recent)
        return (newest.event,) if not asked and mono - newest.mono < _SIDE_EFFECT_S else ()
