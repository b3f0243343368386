"""Ears, a dialogue and a voice with known answers, and a satellite that speaks the real protocol."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from wyoming.audio import AudioChunk
from wyoming.event import Event as WireEvent
from wyoming.event import async_read_event, async_write_event
from wyoming.info import Attribution, Info, Satellite, WakeModel, WakeProgram
from wyoming.ping import Pong

from hub.core.bus import Bus
from hub.core.errors import UnavailableError
from hub.core.events import Event, Origin, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard
from hub.dialogue.tts.speech import Speech
from hub.media.chunk import Pcm
from hub.satellites.ports import Recognized

WAKE, SPEECH = 9000, 5000
"""Samples of these values are a wake word and speech to `ScriptedEars`; the first silence after speech ends it."""


class ScriptedStream:
    """Hears by the value of samples, as the ears' protocol says."""

    def __init__(self, ears: "ScriptedEars", name: str, wake: Sequence[str], origin: Origin, publish: bool) -> None:
        self.name = name
        self.wake = tuple(wake)
        self.heard = 0
        self.muted = False
        self._ears = ears
        self._origin = origin
        self._publish = publish
        self._causes: tuple[int, ...] = ()
        self._state = "asleep" if wake else "awake"
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def feed(self, samples: Pcm) -> None:
        self.heard += len(samples)
        t = self.heard / 16_000
        level = int(np.median(np.abs(samples))) if len(samples) else 0
        if self.muted:
            return
        if self._state in ("asleep", "asked") and abs(level - WAKE) < 1500:
            self._state = "awake"
            woke = WakeHeard(stream=self.name, word=self.wake[0], score=0.9, t=t, origin=self._origin)
            self._causes = (woke.id,)
            self._tell(woke)
        elif self._state in ("awake", "asked") and abs(level - SPEECH) < 1500:
            self._state = "speaking"
            self._tell(SpeechStarted(stream=self.name, t=t, origin=self._origin, causes=self._causes))
        elif self._state == "speaking" and level < 500:
            self._transcribe(t)

    def _tell(self, event: Event) -> None:
        self._events.put_nowait(event)
        if self._publish:
            self._ears.bus.publish(event)

    def _transcribe(self, t: float) -> None:
        text = self._ears.said.pop(0) if self._ears.said else ""
        where: dict[str, Any] = {"stream": self.name, "origin": self._origin, "causes": self._causes}
        self._tell(
            SpeechTranscribed(text=text, confidence=0.9, t_start=0.0, t_end=t, **where)
            if text
            else SpeechNotHeard(reason="silence", t=t, **where)
        )
        self._state = "asleep" if self.wake else "awake"

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        self._state, self._causes = "asked" if self.wake else "awake", causes

    async def judged(self, t: float) -> None:
        pass

    async def mute(self, muted: bool) -> None:
        self.muted = muted

    async def end(self) -> None:
        if self._state == "speaking":
            self._transcribe(self.heard / 16_000)
        elif self._state in ("awake", "asked"):
            self._tell(SpeechNotHeard(stream=self.name, reason="silence", t=0.0))
        self._events.put_nowait(None)

    async def close(self) -> None:
        self._events.put_nowait(None)

    def lose(self) -> None:
        """The worker died; the stream goes on in the next one."""
        self._tell(SpeechNotHeard(stream=self.name, reason="lost", t=0.0, origin=self._origin, causes=self._causes))
        self._state = "asleep"

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._events.get()) is not None:
            yield event


class ScriptedEars:
    """Ears whose streams hear `said`, one sentence after another."""

    def __init__(self) -> None:
        self.words = ("hey_jarvis", "alexa")
        self.bus = Bus()
        self.said: list[str] = []
        self.streams: list[ScriptedStream] = []
        self.deaf = False

    async def open_stream(
        self, stream: str, *, wake: Sequence[str] | None = None, area: str = "", publish: bool = False
    ) -> ScriptedStream:
        if self.deaf:
            raise UnavailableError("the ears are being restarted")
        words = self.words if wake is None else wake
        made = ScriptedStream(self, stream, words, Origin(area=area, source=stream), publish)
        self.streams.append(made)
        return made


class Said(Struct, frozen=True):
    reply: str
    reason: str = ""
    expects_answer: bool = False
    ids: tuple[int, ...] = ()
    text: str = ""


class ScriptedDialogue:
    """Answers "lamp" sentences, asks about the door, understands nothing else."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def hear(self, text: str, **fields: Any) -> Said:
        self.heard.append({"text": text, **fields})
        if "hang" in text:
            await asyncio.sleep(3600)
        if "broken" in text:
            raise UnavailableError("the skill is gone")
        if "door" in text:
            return Said("Shall I unlock the door?", expects_answer=True)
        return Said("The lamp is on.") if "lamp" in text else Said("Sorry?", reason="not_understood", text=text)

    def recognize(self, text: str, *, area: str = "", language: str = "") -> list[Recognized]:
        parts = [p for p in text.split(" and ") if "lamp" in p]
        return [Recognized(name="lights.turn_on", slots={"entity": ["light.lamp"], "area": area}) for _ in parts]


class ScriptedVoice:
    """A tone as long as the text."""

    voices = (("slt", "en"),)

    def __init__(self) -> None:
        self.spoken: list[str] = []

    async def synthesize(self, text: str, *, voice: str = "", language: str = "") -> Speech:
        if "unspeakable" in text:
            raise UnavailableError("the voice is hoarse")
        self.spoken.append(text)
        return Speech(np.full(len(text) * 100, 3000, np.int16), 16_000)


def sound(level: int, samples: int = 1280, rate: int = 16_000) -> WireEvent:
    """An audio-chunk of one value."""
    audio = np.full(samples, level, "<i2").tobytes()
    return AudioChunk(rate=rate, width=2, channels=1, audio=audio).event()


class ScriptedSatellite:
    """A Wyoming satellite as a server: it says what it is, answers pings, and keeps what the hub sends."""

    def __init__(self, *, local_wake: bool = False, plays: bool = True) -> None:
        self.local_wake = local_wake
        self.plays = plays
        self.answers_pings = True
        self.got: list[WireEvent] = []
        self.connections = 0
        self._arrived = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    async def send(self, *events: WireEvent) -> None:
        assert self._writer is not None
        for event in events:
            await async_write_event(event, self._writer)

    async def until(self, kind: str, count: int = 1) -> WireEvent:
        async with asyncio.timeout(20):
            while len(found := [e for e in self.got if e.type == kind]) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return found[count - 1]

    def kinds(self) -> list[str]:
        """What was sent, pings left out, equal neighbours once."""
        kinds = [e.type for e in self.got if e.type not in ("ping", "pong")]
        return [k for i, k in enumerate(kinds) if i == 0 or kinds[i - 1] != k]

    def _info(self) -> Info:
        about: dict[str, Any] = {
            "attribution": Attribution(name="test", url=""), "installed": True, "description": "", "version": "1",
        }  # fmt: skip
        model = WakeModel(name="okay_nabu", languages=["en"], phrase="okay nabu", **about)
        wake = [WakeProgram(name="local", models=[model], **about)] if self.local_wake else []
        return Info(satellite=Satellite(name="scripted", area="Kitchen", **about), wake=wake)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writer = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (event := await async_read_event(reader)) is not None:
                self.got.append(event)
                self._arrived.set()
                if event.type == "describe":
                    await async_write_event(self._info().event(), writer)
                elif event.type == "ping" and self.answers_pings:
                    await async_write_event(Pong().event(), writer)
                elif event.type == "audio-stop" and self.plays:
                    await async_write_event(WireEvent("played"), writer)
        writer.close()
