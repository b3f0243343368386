"""A hundred pages' sockets in a process of its own: `python -m hub.bench.many_pages URL COUNT SECONDS`.

It opens `COUNT` WebSockets at `URL`, prints a line when all are open, reads for so long, and prints how many changes of
state a second each was told of, the least of them all.
"""

import asyncio
import sys
import time

import aiohttp

from hub.core.cancelled import cancelled

_CHANGED = b'"event":"StateChanged"'


async def _read(session: aiohttp.ClientSession, url: str, counts: list[int], number: int, ready: asyncio.Event) -> None:
    async with session.ws_connect(url, max_msg_size=0) as socket:
        ready.set()
        async for message in socket:
            data = message.data.encode() if isinstance(message.data, str) else message.data
            counts[number] += data.count(_CHANGED)


async def run(url: str, count: int, seconds: float) -> None:
    """Open the sockets, read, tell."""
    counts, ready = [0] * count, [asyncio.Event() for _ in range(count)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        readers = [asyncio.create_task(_read(session, url, counts, n, ready[n])) for n in range(count)]
        await asyncio.gather(*(each.wait() for each in ready))
        print("open", flush=True)  # noqa: T201 -- the benchmark reads it
        began, before = time.monotonic(), list(counts)
        await asyncio.sleep(seconds)
        rates = [(now - then) / (time.monotonic() - began) for now, then in zip(counts, before, strict=True)]
        print(min(rates), flush=True)  # noqa: T201 -- the benchmark reads it
        await cancelled(*readers)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
