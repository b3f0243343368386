"""The way to a worker for what the hub holds open in it: a stream of sound, a camera's view."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from hub.core.errors import UnavailableError, WorkerDiedError
from hub.guard.worker_host import WorkerHost

_COMES_BACK_S: Final = 30.0


class WorkerLine:
    """Says to a worker what is to be done. What is said while there is none is lost: the next one is told how things
    stand, and is `up` once it knows. `off` says that the worker was not started, `away` that it does not come back.
    """

    def __init__(self, host: WorkerHost[Any], *, off: str, away: str) -> None:
        self._host = host
        self._off, self._away = off, away
        self.started = False
        self.up = asyncio.Event()

    async def say(self, message: Struct, descriptors: Sequence[int] = ()) -> None:
        """Send a message, and copies of open descriptors with it."""
        with contextlib.suppress(WorkerDiedError):
            await self._host.send(message, descriptors)

    async def send_sound(self, number: int, samples: bytes) -> None:
        """Send samples of stream `number` (int16, 16 kHz, mono; at most 64 KiB); waits while the worker is behind."""
        try:
            await self._host.send_sound(number, samples)
        except WorkerDiedError:  # this piece is lost with the worker; the next one waits for its successor
            if not self._host.up:
                self.up.clear()

    async def wait_until_up(self) -> None:
        """Return while there is a worker. Raises `UnavailableError` before the start, `WorkerDiedError`."""
        if not self.started:
            raise UnavailableError(self._off, remedy="see `hearth doctor`")
        try:
            async with asyncio.timeout(_COMES_BACK_S):  # unlike wait_for it never swallows that we are cancelled
                await self.up.wait()
        except TimeoutError:
            raise WorkerDiedError(self._away, remedy="see `hearth doctor`") from None
