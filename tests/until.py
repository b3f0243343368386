"""Waiting in a test for what comes about by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE_S = 60.0
"""Generous: a busy machine is no fault."""


async def until(holds: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What `holds()` gives once that is true. Fails with `TimeoutError` after `patience_s`."""
    async with asyncio.timeout(patience_s):
        while not (found := holds()):
            await asyncio.sleep(0.005)
    return found
