"""A satellite that speaks the protocol, beside a browser: its event loop has a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.satellites.scripted import ScriptedSatellite


@contextmanager
def satellite() -> Iterator[int]:
    """One that is on, for as long as the block lasts; its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    box = ScriptedSatellite()
    try:
        yield asyncio.run_coroutine_threadsafe(box.start(), loop).result(30)
        asyncio.run_coroutine_threadsafe(box.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
