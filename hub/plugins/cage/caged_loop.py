"""The event loop of a caged process."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end, after which the process ends too.

    Not with `asyncio.run`, which also sets up what only a main program needs, in pages of each cage's own.
    """
    loop = asyncio.SelectorEventLoop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()
