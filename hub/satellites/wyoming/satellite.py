"""A Wyoming satellite that the hub connects to: its microphone is heard here, the answers sound there."""

import asyncio
import contextlib
import random
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog
from wyoming.satellite import PauseSatellite, RunSatellite

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, MediaError, UnavailableError
from hub.core.settings import SatelliteSettings
from hub.media.chunk import Pcm
from hub.satellites.ports import Connector, Dialogue, Ears, Voice
from hub.satellites.wyoming.satellite_link import LIMITS, PING_S, PONG_S, SatelliteInfo, SatelliteLink
from hub.satellites.wyoming.satellite_run import Speaker, Surroundings
from hub.satellites.wyoming.satellite_visit import Household, Visit
from hub.satellites.wyoming.wire import Wire

log = structlog.get_logger(__name__)


class WyomingSatellite:
    """Keeps one satellite connected. Give `run` to a supervisor; `play` and `say` sound through it.

    Satellites that stream always (or on voice) are woken by the hub's own spotter; those that detect the wake word
    themselves send a pipeline that begins with speech. What is heard there is on the bus with the satellite's area
    as its origin.
    """

    def __init__(
        self,
        settings: SatelliteSettings,
        connect: Connector,
        ears: Ears,
        dialogue: Dialogue,
        voice: Voice | None,
        *,
        words: Sequence[str] = (),
        language: str = "en",
        first_wait_s: float = 0.5,
        longest_wait_s: float = 30.0,
        ping_s: float = PING_S,
        pong_s: float = PONG_S,
    ) -> None:
        self.settings = settings
        self._connect = connect
        self._household = Household(ears, dialogue, voice, tuple(words))
        self._language = language
        self._waits = (first_wait_s, longest_wait_s)
        self._pings = (ping_s, pong_s)
        self.info: SatelliteInfo | None = None
        self.trouble = ""
        """Why it is not connected, once it was tried."""
        self._speaker: Speaker | None = None

    @property
    def connected(self) -> bool:
        """Whether it is there and listening."""
        return self._speaker is not None

    @property
    def stream(self) -> str:
        """The name of its stream, and the source of its events."""
        return f"satellite:{self.settings.name}"

    async def run(self) -> None:
        """Connect, and again with growing waits, until cancelled."""
        wait = self._waits[0]
        while True:
            reason = "it closed the connection"
            try:
                await self._visit()
            except (HearthError, OSError) as error:
                reason = str(error)
            if self.info is not None:
                wait = self._waits[0]  # it was there: this is a new trouble
            self.info, self.trouble = None, reason
            log.warning("satellite not connected", satellite=self.settings.name, reason=reason, retry_s=round(wait, 1))
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 -- satellites restart together
            wait = min(wait * 2, self._waits[1])

    async def play(self, samples: Pcm, rate: int) -> None:
        """Return once `samples` (int16 mono at `rate` Hz) have sounded. Raises `MediaError` when it is not there."""
        if self._speaker is None:
            raise MediaError(f"satellite {self.settings.name} is not connected", remedy="is it on?")
        try:
            await self._speaker.play(samples, rate)
        except ConnectionError as error:
            raise MediaError(f"satellite {self.settings.name} went away") from error

    async def say(self, text: str) -> None:
        """Speak unasked. Raises `UnavailableError` when it is not there, and what the voice raises."""
        if self._speaker is None:
            raise UnavailableError(f"satellite {self.settings.name} is not connected", remedy="is it on?")
        try:
            await self._speaker.say(text, self._language)
        except ConnectionError as error:
            raise UnavailableError(f"satellite {self.settings.name} went away") from error

    async def close(self) -> None:
        """Nothing to do: cancelling `run` lets go of the satellite. (It is a media sink, which can be closed.)"""

    async def _visit(self) -> None:
        settings = self.settings
        reader, writer = await self._connect(settings.host, settings.port, f"satellite {settings.name}")
        link = SatelliteLink(Wire(reader, writer, LIMITS), ping_s=self._pings[0], pong_s=self._pings[1])
        try:
            info = await link.describe()
            around = Surroundings(stream=self.stream, area=settings.area or info.area, language=self._language)
            visit = Visit(link, info, around, self._household)
            self.info, self._speaker, self.trouble = info, visit.speaker, ""
            log.info("satellite connected", satellite=settings.name, local_wake=info.local_wake)
            await link.send(RunSatellite().event())
            await _first_of(visit.serve(), link.keep_alive())
        finally:
            self._speaker = None
            with contextlib.suppress(OSError):
                if not writer.is_closing():
                    await link.send(PauseSatellite().event())
            with contextlib.suppress(OSError):
                await link.close()


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends; how that ended is the result, the others are cancelled."""
    tasks = [asyncio.get_running_loop().create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancelled(*tasks)
