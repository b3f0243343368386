"""Passes bytes on between a connection that the hub opened and the end that a caged integration was handed.

The integration's end is a descriptor of a socket pair: what it can do with it is read and write. The hub counts what
goes over the connection, and can end it.
"""

import asyncio
import socket
from typing import Final

from hub.core.cancelled import cancelled

_CHUNK: Final = 64 * 1024
_LINGER_S: Final = 60.0
"""How long one direction may go on after the other has ended."""


async def relay(connection: socket.socket, ours: socket.socket) -> None:
    """Until both directions have ended, one fails, or this is cancelled. It closes both sockets, and does not fail."""
    there = await asyncio.open_connection(sock=connection)
    here = await asyncio.open_connection(sock=ours)
    ways = [asyncio.ensure_future(_pass_on(there[0], here[1])), asyncio.ensure_future(_pass_on(here[0], there[1]))]
    failed = True
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(ways, timeout=_LINGER_S, return_when=asyncio.FIRST_EXCEPTION)
        failed = not all(way.done() and way.exception() is None for way in ways)
    finally:
        await cancelled(*ways)
        for _, writer in (there, here):
            if failed:
                writer.transport.abort()
            writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
