"""One run of a satellite's pipeline: hear, understand, answer, and mirror each step back to the satellite."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from msgspec import Struct
from wyoming.asr import Transcribe, Transcript
from wyoming.error import Error
from wyoming.event import Event as WireEvent
from wyoming.tts import Synthesize, SynthesizeVoice
from wyoming.vad import VoiceStarted, VoiceStopped

from hub.core.errors import HearthError, ProtocolError
from hub.core.events import Event, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard
from hub.media.chunk import Pcm
from hub.satellites.loudness import Loudness
from hub.satellites.ports import Dialogue, EarStream, Voice
from hub.satellites.wyoming import sound
from hub.satellites.wyoming.satellite_link import SatelliteLink
from hub.satellites.wyoming.serve_wake import detection
from hub.satellites.wyoming.wire import text_in

log = structlog.get_logger(__name__)
STAGES: Final = ("wake", "asr", "intent", "handle", "tts")
SETTLE_S: Final = 0.5
"""After a question was spoken, before its answer is listened for: the room's echo has gone then."""
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
    """Lets the satellite speak, and waits until it has. `hush` makes the ears deaf to it meanwhile."""

    def __init__(self, link: SatelliteLink, voice: Voice | None, hush: Callable[[bool], Awaitable[None]]) -> None:
        self._link = link
        self._voice = voice
        self._hush = hush
        self._played = asyncio.Event()
        self._turn = asyncio.Lock()

    def played(self) -> None:
        """The satellite says that it has played all."""
        self._played.set()

    async def say(self, text: str, language: str) -> None:
        """Mirror `synthesize` and play `text`; returns when it has sounded. Raises what the voice raises."""
        if self._voice is None or not text.strip():
            return
        voice = SynthesizeVoice(language=language)
        await self._link.send(Synthesize(text=text, voice=voice).event())
        speech = await self._voice.synthesize(text, language=language)
        await self.play(sound.reply_sound(speech), sound.REPLY_RATE)

    async def play(self, samples: Pcm, rate: int) -> None:
        """Play samples; returns when the satellite has, or should have, played them."""
        async with self._turn:
            await self._hush(True)
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
                await self._hush(False)


class Listener:
    """Takes what the ears hear in one stream of a satellite, and carries the conversation on."""

    def __init__(
        self, link: SatelliteLink, speaker: Speaker, dialogue: Dialogue, around: Surroundings, wish: Wish
    ) -> None:
        self._link = link
        self._speaker = speaker
        self._dialogue = dialogue
        self._around = around
        self._wish = wish

    async def follow_wakes(self, stream: EarStream, loudness: Loudness) -> None:
        """Answer what follows each wake word in `stream`, until it ends; questions are answered without one."""
        async for event in stream:
            if isinstance(event, WakeHeard):
                await self._link.send(detection(event, loudness).event())
                if self._wish.reaches("asr"):
                    await self._transcribe()
            elif self._wish.reaches("asr") and await self._heard(event):
                await asyncio.sleep(SETTLE_S)
                await self._transcribe()
                await stream.listen((event.id,))

    async def follow_turn(self, stream: EarStream, *, streams_on: bool) -> bool:
        """Answer one sentence, and while the hub asks something, the next. `streams_on`: the satellite still streams.

        Returns whether the hub asked something that a satellite which does not stream on has yet to be asked for.
        """
        await self._transcribe()
        await stream.listen()
        async for event in stream:
            asked = await self._heard(event)
            if asked and streams_on:
                await asyncio.sleep(SETTLE_S)
                await self._transcribe()
                await stream.listen((event.id,))
            elif isinstance(event, SpeechTranscribed | SpeechNotHeard):
                return asked
        return False

    async def _transcribe(self) -> None:
        await self._link.send(Transcribe(language=self._around.language).event())

    async def _heard(self, event: Event) -> bool:
        """Mirror and answer; whether the hub asked something."""
        if isinstance(event, SpeechStarted):
            await self._link.send(VoiceStarted(timestamp=round(event.t * 1000)).event())
        elif isinstance(event, SpeechNotHeard):
            lost = event.reason == "lost"
            code = "stt-stream-failed" if lost else "stt-no-text-recognized"
            await self._fail(code, "what was said was lost" if lost else "nothing was understood")
        elif isinstance(event, SpeechTranscribed):
            stopped = VoiceStopped(timestamp=round(event.t_end * 1000)).event()
            await self._link.send(stopped, Transcript(text=event.text, language=self._around.language).event())
            if self._wish.reaches("intent"):
                return await self._answer(event)
        return False

    async def _answer(self, heard: SpeechTranscribed) -> bool:
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
        except HearthError as error:
            await self._fail(f"hearth-{error.code}", error.message)
            return False
        return answer.expects_answer

    async def _fail(self, code: str, text: str) -> None:
        await self._link.send(Error(text=text, code=code).event())
