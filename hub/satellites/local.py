"""The hub's own microphone and speaker: a satellite without a wire."""

import asyncio
from collections.abc import Callable

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import Replied
from hub.dialogue.dialogue import Dialogue, Turn
from hub.dialogue.tts.speak import Speaker as Speech
from hub.media.microphone import Microphone
from hub.media.speaker import Speaker
from hub.satellites.conversing import conversing
from hub.satellites.ports import Ears

log = structlog.get_logger(__name__)
STREAM = "microphone"


class LocalSatellite:
    """Listens at this machine's microphone and answers at its speaker. Keep `run` under a supervisor."""

    def __init__(
        self, ears: Ears, dialogue: Dialogue, speech: Speech, bus: Bus, *, area: str, language: Callable[[], str]
    ) -> None:
        self._ears = ears
        self._dialogue = dialogue
        self._speech = speech
        self._bus = bus
        self._area = area
        self._language = language
        self._speaker = Speaker()
        self._talking = asyncio.Lock()

    async def run(self) -> None:
        """Converse until cancelled. Raises `MediaError` when there is no microphone."""
        microphone = Microphone(STREAM)
        stream = await self._ears.open_stream(STREAM, area=self._area, publish=True)
        unasked = self._bus.handle(Replied, self._announce, name="local-speaker")
        try:
            async with conversing(stream, self._dialogue, self._answer):
                async for chunk in microphone:
                    await stream.feed(chunk.samples)
                await stream.end()
        finally:
            unasked()
            await stream.close()
            await self._speaker.close()

    async def _answer(self, turn: Turn) -> None:
        await self._say(turn.reply)

    async def _announce(self, event: Replied) -> None:
        if not event.stream and event.origin.area in ("", self._area):
            await self._say(event.text)

    async def _say(self, text: str) -> None:
        try:
            async with self._talking:
                spoken = await self._speech.synthesize(text, self._language())
                if spoken is not None:
                    await self._speaker.play(spoken.samples, spoken.rate)
        except HearthError as error:
            log.warning("a reply could not be spoken", error=str(error))
