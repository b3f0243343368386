"""Listening to a stream of the ears up to what is waited for."""

import asyncio

from hub.core.events import Event
from hub.perception.ears.ear_stream import EarStream


async def until(stream: EarStream, kind: type[Event]) -> list[Event]:
    """What is heard up to the first event of this kind, with it; all of it when the stream ends before."""
    found: list[Event] = []
    async with asyncio.timeout(90):
        async for event in stream:
            found.append(event)
            if isinstance(event, kind):
                break
    return found
