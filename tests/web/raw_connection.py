"""A connection on which a test says what no client would."""

import asyncio

from hub.web.server import WebServer


class RawConnection:
    """Bytes to and from the server, as an attacker would send them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """All that comes until the server closes; empty too when it resets the connection."""
        try:
            async with asyncio.timeout(30):
                return await self.reader.read(-1)
        except ConnectionError:
            return b""

    async def status(self) -> int:
        """The status of the next answer."""
        async with asyncio.timeout(30):
            line = await self.reader.readline()
        return int(line.split()[1])

    def close(self) -> None:
        self.writer.close()


async def connect(server: WebServer) -> RawConnection:
    return RawConnection(*await asyncio.open_connection("127.0.0.1", server.port))
