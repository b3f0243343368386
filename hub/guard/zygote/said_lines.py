"""What a caged process prints: to the hub's log, printable, in short lines, and not without end."""

import asyncio
import os
from typing import Final

import structlog

log = structlog.get_logger(__name__)
_LONGEST_LINE: Final = 300
_MOST_LINES: Final = 200
_BYTES_A_SECOND: Final = 256 * 1024
"""Read at most; who prints more waits, not the hub."""


class SaidLines:
    """Reads a pipe to its end. `last` is the last line: after a crash, often why."""

    def __init__(self, who: str, pipe: int) -> None:
        self._who = who
        self._pipe = pipe
        self._count = 0
        self.last = ""

    async def run(self) -> None:
        """Until the pipe's other end is closed."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        file = os.fdopen(self._pipe, "rb", 0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        rest = b""
        try:
            while data := await reader.read(4096):
                *whole, rest = (rest + data).split(b"\n")
                rest = rest[-_LONGEST_LINE:]
                for line in whole:
                    self._take(line)
                await asyncio.sleep(len(data) / _BYTES_A_SECOND)
            self._take(rest)
        finally:
            transport.close()

    def _take(self, line: bytes) -> None:
        text = line[:_LONGEST_LINE].decode("utf-8", "replace")
        text = "".join(c if c.isprintable() else "?" for c in text).strip()
        if text:
            self.last = text
            self._count += 1
            if self._count <= _MOST_LINES:
                log.info("a plugin says", plugin=self._who, line=text)
