"""One connection to a satellite: its sound goes to the ears, its wishes become pipeline runs."""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, Final

import structlog
from msgspec import Struct
from wyoming.error import Error
from wyoming.event import Event
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.wake import Detect

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.satellites.loudness import Loudness
from hub.satellites.ports import Dialogue, Ears, EarStream, Voice
from hub.satellites.satellite_link import SatelliteInfo, SatelliteLink
from hub.satellites.satellite_run import Listener, Speaker, Surroundings, Wish
from hub.satellites.sound import Listening

log = structlog.get_logger(__name__)
SETTLE_S: Final = 0.5
"""After a question was spoken, before its answer is listened for: the room's echo has gone then."""
EARS_AGAIN_S: Final = 1.0
_ASK = Wish(start="asr", end="tts")
_numbers = itertools.count(1)


class Household(Struct, frozen=True):
    """What a satellite's conversation needs of the hub."""

    ears: Ears
    dialogue: Dialogue
    voice: Voice | None
    bus: Bus
    words: tuple[str, ...] = ()

    def wake_words(self) -> tuple[str, ...]:
        """The words to listen for: the household's choice, else all that there are."""
        return self.words or tuple(self.ears.words)


class Visit:
    """From `run-satellite` until the connection is lost."""

    def __init__(self, link: SatelliteLink, info: SatelliteInfo, around: Surroundings, household: Household) -> None:
        self._link = link
        self._info = info
        self._around = around
        self._household = household
        self.speaker = Speaker(link, household.voice)
        self._streams: dict[EarStream, Wish] = {}
        self._runs: set[asyncio.Task[None]] = set()
        self._sound = Listening()
        self._loudness = Loudness()

    async def serve(self) -> None:
        """Take the satellite's events until it closes the connection."""
        try:
            async for event in self._link.events():
                await self._take(event)
        finally:
            await self._end_runs()

    async def _take(self, event: Event) -> None:
        if event.type == "audio-chunk":
            await self._hear(event)
        elif event.type == "run-pipeline":
            await self._begin(Wish.of(event))
        elif event.type == "played":
            self.speaker.played()
        elif event.type == "audio-start":
            self._sound = Listening()
        elif event.type in ("audio-stop", "streaming-stopped"):
            for stream, wish in tuple(self._streams.items()):
                if wish.start == "asr":
                    await stream.end()
        # detection and streaming-started say what run-pipeline and the sound say as well; all else is of newer
        # protocols.

    async def _hear(self, event: Event) -> None:
        samples = self._sound.take(event)
        self._loudness.hear(samples)
        for stream in tuple(self._streams):
            try:
                await stream.feed(samples)
            except HearthError:
                self._streams.pop(stream, None)  # its run is told, and tells the satellite

    # -- runs ------------------------------------------------------------------------------------------------------

    async def _begin(self, wish: Wish) -> None:
        await self._end_runs()
        if wish.start in ("intent", "handle"):
            await self._fail("intent-not-supported", "there is no text to begin with")
        elif wish.start == "tts":
            self._start(self._announce(wish.announce))
        elif wish.start == "wake":
            self._start(self._keep_listening(wish))
            await asyncio.sleep(0)
        else:
            stream = await self._open(wish)
            if stream is not None:
                self._start(self._follow(stream, wish))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        run = asyncio.get_running_loop().create_task(work)
        self._runs.add(run)
        run.add_done_callback(self._ended)

    def _ended(self, run: "asyncio.Task[None]") -> None:
        self._runs.discard(run)
        if not run.cancelled() and run.exception() is not None:
            log.warning("a satellite's run failed", satellite=self._around.stream, error=str(run.exception()))

    async def _end_runs(self) -> None:
        runs = tuple(self._runs)
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    async def _keep_listening(self, wish: Wish) -> None:
        """The hub's own spotter listens; when the ears die, again as soon as they are back."""
        while True:
            stream = await self._open(wish)
            if stream is not None:
                await self._link.send(Detect(names=list(self._household.wake_words())).event())
                await self._follow(stream, wish)
            await asyncio.sleep(EARS_AGAIN_S)

    async def _open(self, wish: Wish) -> EarStream | None:
        words = self._household.wake_words() if wish.start == "wake" else ()
        name = f"{self._around.stream}:{next(_numbers)}"
        try:
            stream = await self._household.ears.open_stream(name, wake=words, area=self._around.area)
        except HearthError as error:
            await self._fail("stt-provider-missing", error.message)
            return None
        self._streams[stream] = wish
        return stream

    async def _follow(self, stream: EarStream, wish: Wish) -> None:
        listener = Listener(
            self._link, self.speaker, self._household.dialogue, self._household.bus, self._around, wish, self._again
        )
        try:
            await listener.follow(stream, self._loudness)
        except HearthError as error:
            await self._fail("stt-stream-failed", error.message)
        finally:
            self._streams.pop(stream, None)
            await stream.close()

    async def _again(self) -> None:
        """The hub asked something: hear the answer without a wake word."""
        await asyncio.sleep(SETTLE_S)
        if not self._info.local_wake:
            stream = await self._open(_ASK)
            if stream is not None:
                self._start(self._follow(stream, _ASK))
        elif self._info.supports_trigger:
            # It stopped streaming after its sentence; one that can be triggered streams again.
            await self._link.send(RunPipeline(start_stage=PipelineStage.ASR, end_stage=PipelineStage.TTS).event())

    async def _announce(self, text: str) -> None:
        try:
            await self.speaker.say(text, self._around.language)
        except HearthError as error:
            await self._fail("tts-not-supported", error.message)

    async def _fail(self, code: str, text: str) -> None:
        await self._link.send(Error(text=text, code=code).event())
