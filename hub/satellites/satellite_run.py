"""One run of a satellite's pipeline: hear, understand, answer, and mirror each step back to the satellite."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from msgspec import Struct
from wyoming.asr import Transcribe, Transcript
from wyoming.error import Error
from wyoming.event import Event as WireEvent
from wyoming.tts import Synthesize, SynthesizeVoice
from wyoming.vad import VoiceStarted, VoiceStopped

from hub.core.bus import Bus
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import Event, Origin, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard
from hub.satellites import sound
from hub.satellites.loudness import Loudness
from hub.satellites.ports import Dialogue, EarStream, Pcm, Voice
from hub.satellites.satellite_link import SatelliteLink
from hub.satellites.serve_wake import detection
from hub.satellites.wire import text_in

log = structlog.get_logger(__name__)
STAGES: Final = ("wake", "asr", "intent", "handle", "tts")
PLAYED_S: Final = 5.0
"""How much longer than the sound itself the satellite may take to say that it has played it."""


class Wish(Struct, frozen=True, kw_only=True):
    """What a satellite asks for with run-pipeline."""

    start: str
    end: str
    word: str = ""
    announce: str = ""
    restart: bool = False

    @staticmethod
    def of(event: WireEvent) -> "Wish":
        """Raises `ProtocolError` for stages that are none or are out of order."""
        start, end = text_in(event, "start_stage", 20), text_in(event, "end_stage", 20)
        if start not in STAGES or end not in STAGES or STAGES.index(start) > STAGES.index(end):
            raise ProtocolError(f"a pipeline from {start!r} to {end!r}", remedy=f"stages are {', '.join(STAGES)}")
        words = {k: event.data.get(k) for k in ("wake_word_name", "announce_text")}
        word, announce = (v[:4000] if isinstance(v, str) else "" for v in words.values())
        return Wish(
            start=start, end=end, word=word, announce=announce, restart=event.data.get("restart_on_end") is True
        )

    def reaches(self, stage: str) -> bool:
        """Whether the pipeline goes as far as this stage."""
        return STAGES.index(self.end) >= STAGES.index(stage)


class Surroundings(Struct, frozen=True, kw_only=True):
    """Whose pipeline it is: the stream's name, the satellite's area, the language spoken there."""

    stream: str
    area: str
    language: str


class Speaker:
    """Lets the satellite speak, and waits until it has."""

    def __init__(self, link: SatelliteLink, voice: Voice | None) -> None:
        self._link = link
        self._voice = voice
        self._played = asyncio.Event()
        self._turn = asyncio.Lock()
        self.speaking = False

    def played(self) -> None:
        """The satellite says that it has played all."""
        self._played.set()

    async def say(self, text: str, language: str) -> None:
        """Mirror `synthesize` and play `text`; returns when it has sounded. Raises `HearthError` without a voice."""
        if self._voice is None or not text.strip():
            return
        voice = SynthesizeVoice(language=language)
        await self._link.send(Synthesize(text=text, voice=voice).event())
        speech = await self._voice.synthesize(text, language=language)
        await self.play(sound.reply_sound(speech), sound.REPLY_RATE)

    async def play(self, samples: Pcm, rate: int) -> None:
        """Play samples; returns when the satellite has, or should have, played them."""
        async with self._turn:
            self.speaking = True
            try:
                self._played.clear()
                await self._link.send(sound.start(rate, 0), *sound.chunks(samples, rate))
                await self._link.send(sound.stop(len(samples) * 1000 // rate))
                try:
                    async with asyncio.timeout(len(samples) / rate + PLAYED_S):
                        await self._played.wait()
                except TimeoutError:
                    log.debug("a satellite does not say when it has played")
            finally:
                self.speaking = False


class Listener:
    """Takes what the ears hear in one stream of a satellite, and carries the conversation on.

    `again` is called after the hub asked something, to hear the answer.
    """

    def __init__(
        self,
        link: SatelliteLink,
        speaker: Speaker,
        dialogue: Dialogue,
        bus: Bus,
        around: Surroundings,
        wish: Wish,
        again: Callable[[], Awaitable[None]],
    ) -> None:
        self._link = link
        self._speaker = speaker
        self._dialogue = dialogue
        self._bus = bus
        self._around = around
        self._wish = wish
        self._again = again
        self._turn: asyncio.Task[None] | None = None

    async def follow(self, stream: EarStream, loudness: Loudness) -> None:
        """Answer what is heard in `stream` until it ends; one without wake words ends after one turn.

        What begins while the satellite speaks is the hub's own voice and is not followed.
        """
        causes: tuple[int, ...] = ()
        following = self._wish.start == "asr"
        if following:
            await self._link.send(Transcribe(language=self._around.language).event())
        try:
            async for raw in stream:
                if isinstance(raw, WakeHeard):
                    following = not self._speaker.speaking
                    if following:
                        wake = self._publish(raw, ())
                        causes = (wake.id,)
                        await self._woken(raw, loudness)
                        following = self._wish.reaches("asr")
                elif following:
                    await self._heard(self._publish(raw, causes))
            if self._turn is not None:
                await self._turn
        finally:
            if self._turn is not None and not self._turn.done():
                self._turn.cancel()
                await asyncio.gather(self._turn, return_exceptions=True)

    async def _woken(self, heard: WakeHeard, loudness: Loudness) -> None:
        await self._link.send(detection(heard, loudness).event())
        if self._wish.reaches("asr"):
            await self._link.send(Transcribe(language=self._around.language).event())

    async def _heard(self, event: Event) -> None:
        if isinstance(event, SpeechStarted):
            await self._link.send(VoiceStarted(timestamp=round(event.t * 1000)).event())
        elif isinstance(event, SpeechNotHeard):
            await self._fail("stt-no-text-recognized", "nothing was said")
        elif isinstance(event, SpeechTranscribed):
            stopped = VoiceStopped(timestamp=round(event.t_end * 1000)).event()
            await self._link.send(stopped, Transcript(text=event.text, language=self._around.language).event())
            if self._turn is not None:
                await self._turn
            if self._wish.reaches("intent"):
                # A task of its own: what the ears hear while it speaks must be seen while it speaks.
                self._turn = asyncio.get_running_loop().create_task(self._answer(event))

    async def _answer(self, heard: SpeechTranscribed) -> None:
        try:
            answer = await self._dialogue.hear(
                heard.text,
                confidence=heard.confidence,
                alternatives=heard.alternatives,
                area=self._around.area,
                stream=self._around.stream,
                language=self._around.language,
                causes=(heard.id,),
            )
            if self._wish.reaches("tts"):
                await self._speaker.say(answer.reply, self._around.language)
            if answer.expects_answer:
                await self._again()
        except HearthError as error:
            await self._fail(f"hearth-{error.code}", error.message)
        except ConnectionError:
            log.debug("the satellite went before it was answered")

    async def _fail(self, code: str, text: str) -> None:
        await self._link.send(Error(text=text, code=code).event())

    def _publish(self, event: Event, causes: tuple[int, ...]) -> Event:
        origin = Origin(area=self._around.area, source=self._around.stream)
        placed: Event = msgspec.structs.replace(event, origin=origin, causes=event.causes or causes)
        self._bus.publish(placed)
        return placed
