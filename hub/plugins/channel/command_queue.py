"""The commands to one device integration, in order, with their answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from hub.core.errors import CommandError, UnavailableError
from hub.sdk.device import DeviceCommand

MOST_COMMANDS: Final = 4096
"""That wait at one integration: "turn everything off" is one for each of its things, all at once."""


class CommandQueue:
    """`ctx.commands`: the commands to one integration, in order; the dispatcher's sink."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._queue: asyncio.Queue[DeviceCommand] = asyncio.Queue(MOST_COMMANDS)
        self._waiting: set[DeviceCommand] = set()
        self._open = False

    def open(self) -> None:
        """The integration runs: commands are taken."""
        self._open = True

    def close(self, error: CommandError) -> None:
        """It does not run any more: what waits for an answer fails with `error`, and so does what comes."""
        self._open = False
        while not self._queue.empty():
            self._queue.get_nowait()
        for command in tuple(self._waiting):
            command.fail(error)
        self._waiting.clear()

    async def deliver(self, command: DeviceCommand) -> None:
        """Take the command over; raises `UnavailableError` when the integration is down or far behind."""
        if not self._open:
            raise UnavailableError(f"{self._owner} is not running", remedy="it is being restarted; try again")
        try:
            self._queue.put_nowait(command)
        except asyncio.QueueFull:
            raise UnavailableError(f"{self._owner} does not keep up", remedy="try again in a moment") from None
        self._waiting.add(command)
        try:
            await command.answered()
        finally:
            self._waiting.discard(command)

    async def __aiter__(self) -> AsyncIterator[DeviceCommand]:
        while True:
            yield await self._queue.get()
