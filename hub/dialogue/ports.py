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

    async def undo(self, *, area: str, channel: str, causes: tuple[int, ...], confirmed: bool) -> list[CommandResult]:
        """Put back what the last turn changed; empty when there is nothing to put back.

        Raises `ConfirmationRequiredError` when putting it back is risky and was not `confirmed`.
        """
        ...


class Halt(Protocol):
    """Stops what is audible: speech, ringing timers."""

    async def stop(self, *, area: str, stream: str) -> bool:
        """Stop; whether there was anything to stop."""
        ...
