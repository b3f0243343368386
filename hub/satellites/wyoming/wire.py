"""Wyoming's framing, read from strangers: limits are checked before anything is allocated.

One JSON line, `data_length` bytes of JSON merged over its `data`, then `payload_length` bytes of payload. The package
`wyoming` reads without limits; its event classes are used, its reader is not.
"""

import asyncio
import math
from typing import Any, Final

import msgspec
from msgspec import Struct
from wyoming.event import Event, async_write_event

from hub.core.errors import ProtocolError

MAX_TYPE: Final = 64
MAX_DEPTH: Final = 32


class Limits(Struct, frozen=True, kw_only=True):
    """What one event may cost. Times are seconds: `begin_s` to the first byte of an event, `finish_s` from there."""

    line: int = 64 * 1024
    data: int = 1024 * 1024
    payload: int = 512 * 1024
    begin_s: float = 300.0
    finish_s: float = 10.0


class Wire:
    """Events on one connection. Reads by one task, writes by several in turn."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits | None = None
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits or Limits()
        self._turn = asyncio.Lock()

    async def read(self, begin_s: float | None = None) -> Event | None:
        """The next event, None when the peer closed between events.

        Raises `ProtocolError` for what the protocol or the limits do not allow, too slow a peer included, and for a
        connection that breaks off inside an event.
        """
        try:
            async with asyncio.timeout(self._limits.begin_s if begin_s is None else begin_s):
                first = await self._reader.read(1)
            if not first:
                return None
            async with asyncio.timeout(self._limits.finish_s):
                return await self._event(first)
        except TimeoutError:
            raise ProtocolError("the peer is silent or too slow", remedy="send whole events, and pings") from None
        except asyncio.IncompleteReadError:
            raise ProtocolError("the connection broke off inside an event") from None
        except ConnectionError as error:
            raise ProtocolError(f"the connection broke: {error}") from error

    async def _event(self, first: bytes) -> Event:
        header = _table(first + await self._line(), "header")
        kind = header.get("type")
        if not isinstance(kind, str) or not 0 < len(kind) <= MAX_TYPE:
            raise ProtocolError("an event without a type", remedy="send Wyoming events")
        data_length = _length(header, "data_length", self._limits.data)
        payload_length = _length(header, "payload_length", self._limits.payload)
        data = {} if header.get("data") is None else header["data"]
        if not isinstance(data, dict):
            raise ProtocolError(f"{kind}: data is no object")
        if data_length:
            data = data | _table(await self._reader.readexactly(data_length), kind)
        payload = await self._reader.readexactly(payload_length) if payload_length else None
        return Event(kind, data, payload)

    async def _line(self) -> bytes:
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise ProtocolError("a header line that does not end", remedy="send Wyoming events") from None
        if len(line) > self._limits.line:
            raise ProtocolError(f"a header of {len(line)} bytes", remedy=f"at most {self._limits.line}")
        return line

    async def write(self, *events: Event) -> None:
        """Send events, one after another. Raises `ConnectionError` when the peer is gone or does not read."""
        for event in events:
            # Between the events of one call others may go out: a pong does not wait for a whole answer to be played.
            async with self._turn:
                try:
                    async with asyncio.timeout(self._limits.finish_s):
                        await async_write_event(event, self._writer)
                except TimeoutError:
                    raise ConnectionError("the peer does not read") from None

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        try:
            async with asyncio.timeout(1):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _length(header: dict[str, Any], key: str, most: int) -> int:
    length = header.get(key)
    if length is None:
        return 0
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise ProtocolError(f"{key} is no length", remedy="send Wyoming events")
    if length > most:
        raise ProtocolError(f"{key} of {length} bytes", remedy=f"at most {most}")
    return length


def _table(text: bytes, what: str) -> dict[str, Any]:
    try:
        table = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{what}: not JSON: {str(error)[:100]}") from error
    if not isinstance(table, dict):
        raise ProtocolError(f"{what}: not a JSON object")
    if _too_deep(table):
        raise ProtocolError(f"{what}: nested deeper than {MAX_DEPTH}")
    return table


def _too_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
            if isinstance(inner, dict | list)
        ]
    return False


def text_in(event: Event, key: str = "text", most: int = 4000) -> str:
    """A text of the event's data. Raises `ProtocolError` when it is missing, no text or longer than `most`."""
    value = event.data.get(key)
    if not isinstance(value, str):
        raise ProtocolError(f"{event.type}: no {key}", remedy="send Wyoming events")
    if len(value) > most:
        raise ProtocolError(f"{event.type}: {key} of {len(value)} characters", remedy=f"at most {most}")
    return value


def word_in(event: Event, key: str, most: int = 100) -> str:
    """A short optional text of the event's data; empty when it is not there or is none."""
    value = event.data.get(key)
    return value[:most] if isinstance(value, str) else ""


def context_in(event: Event) -> dict[str, Any] | None:
    """The event's context, to be given back with the answer; None when there is none."""
    context = event.data.get("context")
    return context if isinstance(context, dict) else None


def seconds(milliseconds: Any) -> float:
    """A timestamp of the protocol in seconds; 0 when it is none."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float) or not math.isfinite(milliseconds):
        return 0.0
    return milliseconds / 1000
