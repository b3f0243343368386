"""The speech-to-text service: sound in, `transcript` out, streamed and plain."""

import asyncio
import itertools
from typing import Any, Final

from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.event import Event
from wyoming.vad import VoiceStarted, VoiceStopped

from hub.core.events import SpeechNotHeard, SpeechStarted, SpeechTranscribed
from hub.media.chunk import Pcm
from hub.satellites.ports import Ears, EarStream
from hub.satellites.wyoming.served_sound import ServedSound
from hub.satellites.wyoming.wire import Wire, context_in, word_in

MAX_SECONDS: Final = 120.0
_numbers = itertools.count(1)


class SpeechService(ServedSound):
    """One client's use of the recogniser. What is not understood is an empty transcript, never a guess."""

    def __init__(self, wire: Wire, ears: Ears) -> None:
        super().__init__(ears)
        self._wire = wire
        self._language: str | None = None
        self._context: dict[str, Any] | None = None
        self._first_ms = 0
        self._fed = 0

    def transcribe(self, event: Event) -> None:
        """Take a `transcribe`: the language and context to give back."""
        self._language = word_in(event, "language") or None
        self._context = context_in(event)

    async def start(self, first_ms: int) -> None:
        """Sound begins; `first_ms` is the timestamp of its first sample."""
        await self.close()
        self._first_ms, self._fed = first_ms, 0
        await self._open(f"wyoming:asr:{next(_numbers)}", wake=())

    async def feed(self, samples: Pcm) -> None:
        """More of it. What comes after the end of the turn, or after two minutes, is not listened to."""
        self._fed += len(samples)
        if self._stream is None or self._listener is None or self._listener.done():
            return
        if self._fed > MAX_SECONDS * 16_000:
            await self.stop()
        else:
            await self._stream.feed(samples)

    async def stop(self) -> None:
        """It ended: send the transcript, if the ears did not end the turn before."""
        if self._stream is not None and self._listener is not None:
            await self._stream.end()
            await asyncio.wait({self._listener})
            if not self._listener.cancelled() and self._listener.exception() is not None:
                error = self._listener.exception()
                await self.close()
                raise error or RuntimeError
        await self.close()

    async def _listen(self, stream: EarStream) -> None:
        async for event in stream:
            if isinstance(event, SpeechStarted):
                await self._wire.write(VoiceStarted(timestamp=self._ms(event.t)).event())
            elif isinstance(event, SpeechTranscribed):
                stopped = VoiceStopped(timestamp=self._ms(event.t_end)).event()
                await self._wire.write(stopped, *self._transcript(event.text))
                return
            elif isinstance(event, SpeechNotHeard):
                break
        await self._wire.write(*self._transcript(""))

    def _ms(self, t: float) -> int:
        return self._first_ms + round(t * 1000)

    def _transcript(self, text: str) -> list[Event]:
        events = [TranscriptStart(language=self._language, context=self._context).event()]
        if text:
            events.append(TranscriptChunk(text=text).event())
        plain = Transcript(text=text, language=self._language, context=self._context)
        return [*events, plain.event(), TranscriptStop().event()]
