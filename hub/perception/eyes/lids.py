"""Eyes that are open only while somebody has something to show them, and a little longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from hub.core.cancelled import cancelled
from hub.perception.eyes.eyes import Eyes

log = structlog.get_logger(__name__)
LINGER_S: Final = 60.0
"""How long they stay open after the last one has left: who loads a page anew need not wait for models."""


class Lids:
    """Opens and closes `eyes`; those that are `open` for others' sake are never closed here."""

    def __init__(self, eyes: Eyes, *, open: bool = False, linger_s: float = LINGER_S) -> None:  # noqa: A002
        self._eyes = eyes
        self._always = open
        self._open = open
        self._linger_s = linger_s
        self._lookers = 0
        self._turn = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @property
    def eyes(self) -> Eyes:
        """The eyes, open or not."""
        return self._eyes

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Eyes]:
        """The eyes, open within the block. Raises what keeps them shut: `SealError`, `ModelError` and the like."""
        async with self._turn:
            await self._stay()
            if not self._open:
                await self._eyes.start()
                self._open = True
            self._lookers += 1
        try:
            yield self._eyes
        finally:
            self._lookers -= 1
            if not self._lookers and not self._always:
                self._closing = asyncio.get_running_loop().create_task(self._close_soon(), name="close the eyes")

    async def close(self) -> None:
        """Close them now, unless they are open for others' sake."""
        await self._stay()
        if self._open and not self._always:
            self._open = False
            await self._eyes.stop()

    async def _stay(self) -> None:
        closing, self._closing = self._closing, None
        await cancelled(closing)

    async def _close_soon(self) -> None:
        await asyncio.sleep(self._linger_s)
        async with self._turn:
            if not self._lookers:
                self._open = False
                await self._eyes.stop()
                log.info("the eyes are closed: nobody shows them anything")
