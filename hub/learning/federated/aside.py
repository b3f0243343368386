"""Work beside what the hub does at once: arithmetic in one thread of the process, and rounds that nobody waits for.

Learning is never in a hurry, and the hub hears and sees meanwhile: it gets one core, not all. Several threads that each
multiply matrices also wait for each other's: four hubs in one process took seven times as long.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

import structlog

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
_THREAD: Final = ThreadPoolExecutor(1, "learning")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, or raises."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, lambda: work(*args, **kwargs))


async def logged(work: Coroutine[Any, Any, Any]) -> None:
    """Work that nobody waits for: what goes wrong in it is told."""
    try:
        await work
    except Exception:
        log.exception("a round ended badly here")
