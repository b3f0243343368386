"""The ports of a device integration: its commands, its connections, its part of the store."""

import asyncio
from collections.abc import AsyncIterator
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol

from hub.core.errors import CommandError, GrantError, UnavailableError
from hub.sdk.device import DeviceCommand
from hub.sdk.manifest import Grant

_QUEUE: Final = 256


class Connector(Protocol):
    """Opens a connection to the outside, within the household's policy; every one is a row of the ledger."""

    async def __call__(self, host: str, port: int, *, who: str, why: str) -> Any:
        """The open connection; raises `EgressError` when it is not allowed, `OSError` when nobody answers."""
        ...


class CommandQueue:
    """`ctx.commands`: the commands to one integration, in order; the dispatcher's sink."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._queue: asyncio.Queue[DeviceCommand] = asyncio.Queue(_QUEUE)
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


class ConnectPort:
    """`ctx.connect(host, port)`: a connection that the hub opened and ledgered, to places that were granted."""

    def __init__(self, plugin: str, grants: tuple[Grant, ...], connect: Connector) -> None:
        self._plugin = plugin
        self._why = next((g.why for g in grants if g.port == "connect"), "")
        self._only = tuple(place for g in grants if g.port == "connect" for place in g.only)
        self._connect = connect

    async def __call__(self, host: str, port: int) -> Any:
        """Open it. Raises `GrantError` for a place that the manifest does not name, and what the connector raises."""
        place = f"{host}:{port}"
        if self._only and not any(fnmatchcase(place, p) or fnmatchcase(host, p) for p in self._only):
            raise GrantError(f"{self._plugin} may not connect to {place}", remedy=f"granted: {', '.join(self._only)}")
        return await self._connect(host, port, who=self._plugin, why=self._why)
