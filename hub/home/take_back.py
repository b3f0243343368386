"""Taking back: the commands that the undo log names, sent like any others."""

from hub.core.commands import CommandResult
from hub.core.events import Origin
from hub.home.dispatch import Dispatcher
from hub.home.undo import UndoLog


class TakeBack:
    """What "undo that" does, under the same exposure rules as any command."""

    def __init__(self, log: UndoLog, dispatcher: Dispatcher) -> None:
        self._log = log
        self._dispatcher = dispatcher

    async def undo(
        self, *, area: str, channel: str, causes: tuple[int, ...], confirmed: bool, turn: int = 0
    ) -> list[CommandResult]:
        """Put back what the last turn changed (with `turn`, only if this event was in it); empty when there is nothing.

        Raises as `Dispatcher.send_all`.
        """
        if turn and not self._log.is_last(turn):
            return []
        commands = self._log.undo(channel=channel, origin=Origin(area=area), causes=causes, confirmed=confirmed)
        return await self._dispatcher.send_all(commands)
