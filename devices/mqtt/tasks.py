"""Ending tasks for certain."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def stop(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks and wait for their ends.

    Cancelling once is not enough: in Python 3.11 `asyncio.wait_for`, which the MQTT client is full of, loses a
    cancellation that comes in the moment in which what it waits for is done.
    """
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=1)


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends; how that ended is the result, the others are stopped."""
    tasks = [asyncio.get_running_loop().create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await stop(*tasks)
    for task in done:
        task.result()
