"""The `wyoming` package's own client, asking a server."""

import contextlib
from collections.abc import AsyncIterator

from wyoming.client import AsyncTcpClient
from wyoming.event import Event


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[AsyncTcpClient]:
    """A client of the server on this machine's `port`."""
    made = AsyncTcpClient("127.0.0.1", port, read_timeout=20)
    await made.connect()
    yield made
    with contextlib.suppress(OSError):
        await made.disconnect()


async def ask(to: AsyncTcpClient, *events: Event, until: str) -> list[Event]:
    """Send `events`; returns what comes back, to the first event of the kind `until`."""
    for event in events:
        await to.write_event(event)
    got: list[Event] = []
    while not got or got[-1].type != until:
        event = await to.read_event()
        assert event is not None, [e.type for e in got]
        got.append(event)
    return got
