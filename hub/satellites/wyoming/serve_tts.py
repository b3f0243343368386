"""The text-to-speech service: whole texts, and texts that come in pieces and are spoken sentence by sentence."""

import re
from typing import Final

from wyoming.error import Error
from wyoming.event import Event
from wyoming.tts import SynthesizeStopped

from hub.core.errors import HearthError, ProtocolError
from hub.satellites.ports import Voice
from hub.satellites.wyoming import sound
from hub.satellites.wyoming.wire import Wire, text_in

MAX_TEXT: Final = 10_000
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_TAG = re.compile(r"<[^<>]{0,1000}>")


class SynthesisService:
    """One client's use of the voice."""

    def __init__(self, wire: Wire, voice: Voice) -> None:
        self._wire = wire
        self._voice = voice
        self._streaming = False
        self._failed = False
        self._rest = ""
        self._length = 0
        self._rate = 0
        self._ms = 0
        self._name = self._language = ""

    async def synthesize(self, event: Event) -> None:
        """Speak one text: audio-start, audio-chunks, audio-stop."""
        if self._streaming:
            return  # the same text again, for services that cannot stream
        self._begin(event)
        text = _plain(text_in(event, most=MAX_TEXT), event)
        for sentence in _SENTENCE_END.split(text):
            await self._say(sentence)
        await self._end_audio()

    def start(self, event: Event) -> None:
        """A text begins that comes in pieces."""
        self._begin(event)
        self._streaming = True

    async def chunk(self, event: Event) -> None:
        """A piece of it; whole sentences are spoken at once."""
        if not self._streaming:
            raise ProtocolError("synthesize-chunk without synthesize-start")
        piece = text_in(event, most=MAX_TEXT)
        self._length += len(piece)
        if self._length > MAX_TEXT:
            raise ProtocolError(f"a text of more than {MAX_TEXT} characters")
        *sentences, self._rest = _SENTENCE_END.split(self._rest + piece)
        for sentence in sentences:
            await self._say_or_tell(sentence)

    async def stop(self) -> None:
        """The text is whole: speak what is left, and say that it is done."""
        if not self._streaming:
            raise ProtocolError("synthesize-stop without synthesize-start")
        await self._say_or_tell(self._rest)
        self._streaming = False
        await self._end_audio()
        await self._wire.write(SynthesizeStopped().event())

    def _begin(self, event: Event) -> None:
        voice = event.data.get("voice")
        voice = voice if isinstance(voice, dict) else {}
        self._name, self._language = (str(voice.get(k) or "")[:100] for k in ("name", "language"))
        self._rest, self._length, self._rate, self._ms = "", 0, 0, 0
        self._streaming = self._failed = False

    async def _say_or_tell(self, text: str) -> None:
        # In a stream an error must not keep `synthesize-stopped` from being sent: the client waits for it.
        if self._failed:
            return
        try:
            await self._say(text)
        except HearthError as error:
            self._failed = True
            await self._wire.write(Error(text=error.message, code=error.code).event())

    async def _say(self, text: str) -> None:
        if not text.strip():
            return
        speech = await self._voice.synthesize(text.strip(), voice=self._name, language=self._language)
        if not self._rate:
            self._rate = speech.rate
            await self._wire.write(sound.start(self._rate, 0))
        await self._wire.write(*sound.chunks(speech.samples, speech.rate, self._ms))
        self._ms += len(speech.samples) * 1000 // speech.rate

    async def _end_audio(self) -> None:
        if not self._rate:
            self._rate = sound.REPLY_RATE
            await self._wire.write(sound.start(self._rate, 0))
        await self._wire.write(sound.stop(self._ms))


def _plain(text: str, event: Event) -> str:
    """The words of a text; of SSML, without its tags."""
    return " ".join(_TAG.sub(" ", text).split()) if event.data.get("text_format") == "ssml" else text
