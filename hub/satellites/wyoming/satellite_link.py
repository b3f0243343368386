"""The connection to one Wyoming satellite: what it is, pings both ways, and its events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from msgspec import Struct
from wyoming.event import Event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong

from hub.core.errors import ProtocolError
from hub.satellites.wyoming.wire import Limits, Wire, word_in

PING_S: Final = 2.0
PONG_S: Final = 5.0
INFO_S: Final = 10.0
LIMITS: Final = Limits(begin_s=30.0)


class SatelliteInfo(Struct, frozen=True, kw_only=True):
    """What a satellite says of itself; hints, nothing more."""

    name: str = ""
    area: str = ""
    has_vad: bool = False
    local_wake: bool = False
    supports_trigger: bool = False
    active_wake_words: tuple[str, ...] = ()


class SatelliteLink:
    """Reads and writes events; answers pings, and sends them once `keep_alive` runs."""

    def __init__(self, wire: Wire, *, ping_s: float = PING_S, pong_s: float = PONG_S) -> None:
        self._wire = wire
        self._ping_s = ping_s
        self._pong_s = pong_s
        self._heard = asyncio.Event()

    async def send(self, *events: Event) -> None:
        """Send events in order. Raises `ConnectionError` when the satellite is gone."""
        await self._wire.write(*events)

    async def describe(self) -> SatelliteInfo:
        """Ask what it is. Raises `ProtocolError` when it does not say, or is no satellite."""
        await self.send(Describe().event())
        try:
            async with asyncio.timeout(INFO_S):
                async for event in self.events():
                    if event.type == "info":
                        return read_info(event)
        except TimeoutError:
            pass
        raise ProtocolError("it does not say what it is", remedy="is a Wyoming satellite there?")

    async def events(self) -> AsyncIterator[Event]:
        """Its events; pings are answered and pongs taken by the way. Ends when it closes the connection."""
        while (event := await self._wire.read()) is not None:
            self._heard.set()
            if event.type == "ping":
                await self.send(Pong(text=word_in(event, "text") or None).event())
            elif event.type != "pong":
                yield event

    async def keep_alive(self) -> None:
        """Ping, until the satellite is silent for too long: then `ConnectionError`."""
        while True:
            self._heard.clear()
            await self.send(Ping().event())
            try:
                async with asyncio.timeout(self._pong_s):
                    await self._heard.wait()
            except TimeoutError:
                raise ConnectionError(f"it has been silent for {self._pong_s:g} s") from None
            await asyncio.sleep(self._ping_s)

    async def close(self) -> None:
        """Close the connection."""
        await self._wire.close()


def read_info(event: Event) -> SatelliteInfo:
    """What an `info` event says of a satellite. Raises `ProtocolError` when it describes none."""
    table = event.data.get("satellite")
    if not isinstance(table, dict):
        raise ProtocolError("it is no satellite", remedy="give the address of a Wyoming satellite")
    wake = event.data.get("wake")
    words = table.get("active_wake_words")
    programs = [p for p in wake if isinstance(p, dict)] if isinstance(wake, list) else []
    return SatelliteInfo(
        name=_text(table.get("name")),
        area=_text(table.get("area")),
        has_vad=table.get("has_vad") is True,
        local_wake=bool(programs) or bool(words),
        supports_trigger=table.get("supports_trigger") is True,
        active_wake_words=tuple(w for w in words[:20] if isinstance(w, str)) if isinstance(words, list) else (),
    )


def _text(value: Any) -> str:
    return " ".join(value.split())[:100] if isinstance(value, str) else ""
