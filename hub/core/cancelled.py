"""Tasks that are not needed any more."""

import asyncio
from typing import Any


async def cancelled(*tasks: "asyncio.Future[Any] | None") -> None:
    """Cancel these tasks, and return when they have ended, however they do; None is no task."""
    ending = [task for task in tasks if task is not None]
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
