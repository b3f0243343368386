"""Work that a cancelled caller still waits for, because stopping in its middle costs more than finishing it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end; a cancellation that comes meanwhile is passed on after it.

    For short work only, such as one database statement: a driver whose statement is cancelled tears its connection
    down, and a hub that stops just then can wait for that for ever.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # seen, so that it is not reported as lost
        raise cancelled
    return task.result()
