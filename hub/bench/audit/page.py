"""A page that shows its camera to the hub of the trial: the canary's pictures, as a browser sends them."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from hub.core.cancelled import cancelled

_NAME: Final = "0123456789abcdef"


class _Page:
    """The page's end of its socket, without the network between: that is not what is tried here."""

    def __init__(self, pictures: Sequence[bytes], area: str) -> None:
        self._pictures = itertools.cycle(pictures)
        self._start = [json.dumps({"type": "start", "page": _NAME, "area": area})]
        self._asked = asyncio.Semaphore(0)

    async def receive(self) -> str | bytes | None:
        """What it says first, then a picture each time that it was asked for one."""
        if self._start:
            return self._start.pop()
        await self._asked.acquire()
        return next(self._pictures)

    async def send(self, message: str | bytes) -> None:
        """The hub says something."""
        if json.loads(message)["type"] == "show":
            self._asked.release()


@asynccontextmanager
async def shown(onlooker: Any, pictures: Sequence[bytes], area: str) -> AsyncIterator[None]:
    """A page shows `pictures` (JPEG) again and again within the block, to what serves pages."""
    page = asyncio.create_task(onlooker.attend(_Page(pictures, area), whose="audit"), name="page of the audit")
    try:
        yield
    finally:
        await cancelled(page)
