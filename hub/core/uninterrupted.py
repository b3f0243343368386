"""Work that a cancelled caller still waits for, because stopping in its middle costs more than finishing it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: "Coroutine[Any, Any, T] | asyncio.Task[T]", *, patience_s: float = 10.0) -> T:
    """Await `work` to its end; a cancellation that comes meanwhile is passed on after it.

    For short work only, such as one database statement: a driver whose statement is cancelled tears its connection
    down, and a hub that stops just then can wait for that for ever. Work that is not done `patience_s` seconds after
    the cancellation is cancelled too.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    latest: float | None = None
    while not task.done() and (latest is None or loop.time() < latest):
        try:
            await asyncio.wait((task,), timeout=None if latest is None else latest - loop.time())
        except asyncio.CancelledError as error:
            cancelled = error
            latest = latest or loop.time() + patience_s
    if cancelled is not None:
        if not task.done():
            task.cancel()
        elif not task.cancelled():
            task.exception()  # seen, so that it is not reported as lost
        raise cancelled
    return task.result()
