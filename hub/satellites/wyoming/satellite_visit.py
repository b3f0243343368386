"""One connection to a satellite: its sound goes to the ears, its wishes become pipeline runs."""

import asyncio
import itertools
from typing import Final

import structlog
from msgspec import Struct
from wyoming.error import Error
from wyoming.event import Event
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.wake import Detect

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError
from hub.media.chunk import Pcm
from hub.satellites.loudness import Loudness
from hub.satellites.ports import Dialogue, Ears, EarStream, Voice
from hub.satellites.wyoming.satellite_link import SatelliteInfo, SatelliteLink
from hub.satellites.wyoming.satellite_run import Listener, Speaker, Surroundings, Wish
from hub.satellites.wyoming.sound import Listening

log = structlog.get_logger(__name__)
_MOST_WAITING: Final = 400
"""Pieces of sound that wait for the ears; a satellite's are 10 to 80 ms long. Then the oldest go."""
EARS_AGAIN_S: Final = 2.0
_numbers = itertools.count(1)


class Household(Struct, frozen=True):
    """What a satellite's conversation needs of the hub."""

    ears: Ears
    dialogue: Dialogue
    voice: Voice | None
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
        self.speaker = Speaker(link, household.voice, self._hush)
        self._stream: EarStream | None = None
        self._ready = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self._wish: Wish | None = None
        self._format = Listening()
        self._loudness = Loudness()
        self._sound: asyncio.Queue[Pcm | None] = asyncio.Queue(_MOST_WAITING)

    async def serve(self) -> None:
        """Take the satellite's events until it closes the connection."""
        feeder = asyncio.get_running_loop().create_task(self._feed())
        try:
            async for event in self._link.events():
                await self._take(event)
        finally:
            await cancelled(feeder)
            await self._end_run()

    async def _take(self, event: Event) -> None:
        if event.type == "audio-chunk":
            if self._heard("wake", "asr"):
                self._queue(self._format.take(event))
        elif event.type == "run-pipeline":
            await self._begin(Wish.of(event))
        elif event.type == "played":
            self.speaker.played()
        elif event.type == "audio-start":
            self._format = Listening()
        elif event.type in ("audio-stop", "streaming-stopped") and self._heard("asr"):
            self._queue(None)
        # detection and streaming-started say what run-pipeline and the sound say as well; all else is of newer
        # protocols.

    def _heard(self, *starts: str) -> bool:
        """Whether a run that begins at one of these stages is under way."""
        running = self._run is not None and not self._run.done()
        return running and self._wish is not None and self._wish.start in starts

    # -- sound -----------------------------------------------------------------------------------------------------

    def _queue(self, samples: Pcm | None) -> None:
        # Reading never waits for the ears, so that pings are answered while they are being restarted.
        if self._sound.full():
            self._sound.get_nowait()
            log.warning("the ears do not keep up with a satellite", satellite=self._around.stream)
        self._sound.put_nowait(samples)

    async def _feed(self) -> None:
        while True:
            samples = await self._sound.get()
            await self._ready.wait()
            stream = self._stream
            if stream is None:
                continue
            try:
                if samples is None:
                    await stream.end()
                else:
                    self._loudness.hear(samples)
                    await stream.feed(samples)
            except HearthError as error:
                log.warning("a satellite is not heard", satellite=self._around.stream, error=str(error))

    async def _hush(self, muted: bool) -> None:
        if self._stream is not None:
            await self._stream.mute(muted)

    # -- runs ------------------------------------------------------------------------------------------------------

    async def _begin(self, wish: Wish) -> None:
        await self._end_run()
        self._wish = wish
        self._ready.clear()
        while not self._sound.empty():
            self._sound.get_nowait()
        if wish.start in ("intent", "handle"):
            await self._fail("intent-not-supported", "there is no text to begin with")
            return
        work = self._announce(wish.announce) if wish.start == "tts" else self._listen(wish)
        self._run = asyncio.get_running_loop().create_task(work)
        self._run.add_done_callback(self._ended)

    def _ended(self, run: "asyncio.Task[None]") -> None:
        if not run.cancelled() and run.exception() is not None:
            log.warning("a satellite's run failed", satellite=self._around.stream, error=str(run.exception()))

    async def _end_run(self) -> None:
        run, self._run = self._run, None
        await cancelled(run)

    async def _listen(self, wish: Wish) -> None:
        """Hear, answer, mirror; a satellite that streams always is listened to again whatever happens to the ears."""
        while True:
            try:
                await self._listen_once(wish)
            except HearthError as error:
                await self._fail("stt-provider-missing", error.message)
            if wish.start != "wake":
                return
            await asyncio.sleep(EARS_AGAIN_S)

    async def _listen_once(self, wish: Wish) -> None:
        words = self._household.wake_words()
        name = f"{self._around.stream}:{next(_numbers)}"
        stream = await self._household.ears.open_stream(name, wake=words, area=self._around.area, publish=True)
        self._stream, self._loudness = stream, Loudness()
        self._ready.set()
        listener = Listener(self._link, self.speaker, self._household.dialogue, self._around, wish)
        try:
            if wish.start == "wake":
                await self._link.send(Detect(names=list(words)).event())
                await listener.follow_wakes(stream, self._loudness)
            elif await listener.follow_turn(stream, streams_on=not self._info.local_wake):
                await self._ask()
        finally:
            self._stream = None
            await stream.close()

    async def _ask(self) -> None:
        """The hub asked something, and the satellite has stopped streaming: one that can be triggered streams again."""
        if self._info.supports_trigger:
            await self._link.send(RunPipeline(start_stage=PipelineStage.ASR, end_stage=PipelineStage.TTS).event())

    async def _announce(self, text: str) -> None:
        try:
            await self.speaker.say(text, self._around.language)
        except HearthError as error:
            await self._fail("tts-not-supported", error.message)

    async def _fail(self, code: str, text: str) -> None:
        await self._link.send(Error(text=text, code=code).event())
