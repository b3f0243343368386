"""What a plugin has asked the hub for, until the hub's reply is there."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from hub.core.errors import HearthError


class Requests:
    """The open requests of one plugin, by number."""

    def __init__(self) -> None:
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)

    async def ask(self, send: Callable[[int], Awaitable[None]]) -> Any:
        """The reply to the request that `send` sends with a number of its own. Raises what the hub answered with."""
        number = next(self._numbers)
        future = self._open[number] = asyncio.get_running_loop().create_future()
        try:
            await send(number)
            return await future
        finally:
            self._open.pop(number, None)

    def settle(self, number: int, value: Any, error: dict[str, str] | None) -> None:
        """The hub replied; nothing happens where nobody waits any more."""
        future = self._open.pop(number, None)
        if future is None or future.done():
            return
        if error is not None:
            future.set_exception(HearthError.from_wire(error))
        else:
            future.set_result(value)
