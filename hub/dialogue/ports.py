"""What the dialogue needs of other rooms."""

from collections.abc import Sequence
from typing import Protocol

from hub.core.commands import CommandResult
from hub.sdk.intents import IntentAnswer, IntentCall
from hub.sdk.locale import SkillWords


class SkillCaller(Protocol):
    """The skills, as far as the dialogue is concerned."""

    def words(self) -> Sequence[SkillWords]:
        """The words of every skill that is loaded, in the order in which they win a tie."""
        ...

    async def call(self, call: IntentCall) -> IntentAnswer:
        """Let the skill answer. What goes wrong comes back as `IntentAnswer.error`."""
        ...


class Undo(Protocol):
    """Takes back what the last turn did."""

    async def undo(
        self, *, area: str, channel: str, causes: tuple[int, ...], confirmed: bool, turn: int = 0
    ) -> list[CommandResult]:
        """Put back what the last turn changed; empty when there is nothing to put back.

        With `turn`, an event, only when the last turn that changed something is the one that this event was in.

        Raises `ConfirmationRequiredError` when putting it back is risky and was not `confirmed`.
        """
        ...


class Occupancy(Protocol):
    """Who is where, as far as is believed."""

    def belief(self, area: str) -> float | None:
        """How probable it is (0 to 1) that somebody is in `area` now; None when nothing watches it.

        The dialogue asks at the moment in which a wake word is published: take that in as a sign of somebody later
        (from a queue of your own), or not at all.
        """
        ...


class Halt(Protocol):
    """Stops what is audible: speech, ringing timers."""

    async def stop(self, *, area: str, stream: str) -> bool:
        """Stop; whether there was anything to stop."""
        ...
