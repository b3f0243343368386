"""The `wyoming` package's own client against the hub's server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.intent import Intent, Recognize
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeVoice
from wyoming.wake import Detect, Detection, NotDetected

from hub.core.errors import UnavailableError
from hub.guard.loopback import is_loopback
from hub.satellites.wyoming import server as wyoming_server
from hub.satellites.wyoming.offer import Offer
from hub.satellites.wyoming.server import WyomingServer
from hub.satellites.wyoming.wire import Limits
from tests.satellites.asking import ask, connected
from tests.satellites.scripted import SPEECH, WAKE, ScriptedDialogue, ScriptedEars, ScriptedVoice, sound

START, STOP = AudioStart(rate=16000, width=2, channels=1).event(), AudioStop().event()


@pytest.fixture
async def server(ears: ScriptedEars, dialogue: ScriptedDialogue, voice: ScriptedVoice) -> AsyncIterator[WyomingServer]:
    offer = Offer(
        ears=ears, dialogue=dialogue, understanding=dialogue, voice=voice, languages=("en", "de"),
        phrases={"hey_jarvis": "hey jarvis"},
    )  # fmt: skip
    made = WyomingServer(offer, port=0, limits=Limits(finish_s=0.5))
    await made.start()
    yield made
    await made.close()


def client(server: WyomingServer) -> contextlib.AbstractAsyncContextManager[AsyncTcpClient]:
    return connected(server.port)


async def test_describe(server: WyomingServer) -> None:
    async with client(server) as c:
        info = Info.from_event((await ask(c, Describe().event(), until="info"))[-1])
    assert [m.name for m in info.wake[0].models] == ["hey_jarvis", "alexa"]
    assert info.wake[0].models[0].phrase == "hey jarvis"
    assert info.asr[0].supports_transcript_streaming and not info.asr[0].requires_external_vad
    assert info.asr[0].models[0].languages == ["en", "de"]
    assert info.tts[0].supports_synthesize_streaming and info.tts[0].voices[0].name == "slt"
    assert info.handle[0].supports_home_control and info.intent[0].models


async def test_what_is_not_there_is_not_offered() -> None:
    server = WyomingServer(Offer(), port=0)
    await server.start()
    async with client(server) as c:
        info = Info.from_event((await ask(c, Describe().event(), until="info"))[-1])
        assert not (info.wake or info.asr or info.tts or info.handle or info.intent)
        assert (await ask(c, Detect().event(), until="error"))[-1].data["code"] == "unavailable"
        assert (await ask(c, START, until="error"))[-1].data["code"] == "unavailable"
        await ask(c, Synthesize(text="x").event(), Ping().event(), until="pong")
    await server.close()


async def test_ping_and_unknown_events(server: WyomingServer) -> None:
    async with client(server) as c:
        unknown = [Event("select-program", {"name": "hearth"}), Event("satellite-dance", {"x": 1}, b"abc")]
        got = await ask(c, *unknown, Ping(text="hello").event(), until="pong")
        assert [e.type for e in got] == ["pong"] and Pong.from_event(got[0]).text == "hello"


async def test_wake_words_by_name_with_context(server: WyomingServer, ears: ScriptedEars) -> None:
    async with client(server) as c:
        detect = Detect(names=["alexa"], context={"room": "hall"}).event()
        start = AudioStart(rate=16000, width=2, channels=1, timestamp=500).event()
        got = await ask(c, detect, start, sound(10), sound(WAKE), until="detection")
        found = Detection.from_event(got[-1])
        assert found.name == "alexa" and found.timestamp == 500 + 160
        assert found.context is not None and found.context["room"] == "hall"
        assert found.context["score"] == 0.9 and found.context["snr_db"] > 30 and found.context["noise_dbfs"] < -50
        assert ears.streams[0].wake == ("alexa",)


async def test_no_wake_word(server: WyomingServer) -> None:
    async with client(server) as c:
        got = await ask(c, Detect(context={"a": 1}).event(), START, sound(10), STOP, until="not-detected")
        assert NotDetected.is_type(got[-1].type) and got[-1].data["context"] == {"a": 1}
        got = await ask(c, Detect(names=["computer"]).event(), until="error")
        assert "computer" in got[-1].data["text"]


async def test_speech_to_text_streamed_and_plain(server: WyomingServer, ears: ScriptedEars) -> None:
    ears.said = ["turn on the lamp", "again"]
    async with client(server) as c:
        request = Transcribe(language="en", context={"id": 7}).event()
        got = await ask(c, request, START, sound(SPEECH), sound(SPEECH), STOP, until="transcript-stop")
        assert [e.type for e in got if e.type.startswith("transcript")] == [
            "transcript-start", "transcript-chunk", "transcript", "transcript-stop",
        ]  # fmt: skip
        plain = next(Transcript.from_event(e) for e in got if e.type == "transcript")
        assert (plain.text, plain.language, plain.context) == ("turn on the lamp", "en", {"id": 7})
        got = await ask(c, START, sound(SPEECH), sound(0), until="transcript")  # the ears end the turn by themselves
        assert Transcript.from_event(got[-1]).text == "again"
        await ask(c, sound(0), sound(0), STOP, Ping().event(), until="pong")


async def test_silence_is_an_empty_transcript(server: WyomingServer) -> None:
    async with client(server) as c:
        got = await ask(c, Transcribe().event(), START, sound(0), STOP, until="transcript")
        assert Transcript.from_event(got[-1]).text == ""


async def test_other_rates_are_heard(server: WyomingServer, ears: ScriptedEars) -> None:
    ears.said = ["lamp"]
    async with client(server) as c:
        start = AudioStart(rate=48000, width=2, channels=1).event()
        loud = [sound(SPEECH, 4800, 48000) for _ in range(4)]
        got = await ask(c, Transcribe().event(), start, *loud, STOP, until="transcript")
        assert Transcript.from_event(got[-1]).text == "lamp"
        assert abs(ears.streams[-1].heard - 6400) < 100


async def test_text_to_speech(server: WyomingServer) -> None:
    async with client(server) as c:
        voice = SynthesizeVoice(name="slt")
        got = await ask(c, Synthesize(text="hello", voice=voice).event(), until="audio-stop")
        assert got[0].type == "audio-start" and got[0].data["rate"] == 16000
        assert sum(len(e.payload or b"") for e in got) == 1000
        got = await ask(c, Synthesize(text="unspeakable").event(), until="error")
        assert got[-1].data["code"] == "unavailable"
        got = await ask(c, Synthesize(text="").event(), until="audio-stop")
        assert [e.type for e in got] == ["audio-start", "audio-stop"]


async def test_text_to_speech_streamed(server: WyomingServer, voice: ScriptedVoice) -> None:
    async with client(server) as c:
        pieces = [SynthesizeChunk(text=t).event() for t in ("The lamp", " is on. The fa", "n is off.")]
        whole = Synthesize(text="The lamp is on. The fan is off.").event()
        events = [SynthesizeStart().event(), *pieces, whole, SynthesizeStop().event()]
        got = await ask(c, *events, until="synthesize-stopped")
        assert voice.spoken == ["The lamp is on.", "The fan is off."]
        kinds = [e.type for e in got]
        assert kinds.count("audio-start") == kinds.count("audio-stop") == 1 and kinds[-2] == "audio-stop"
        bad = [SynthesizeStart().event(), SynthesizeChunk(text="unspeakable").event(), SynthesizeStop().event()]
        kinds = [e.type for e in await ask(c, *bad, until="synthesize-stopped")]
        assert "error" in kinds


async def test_intents(server: WyomingServer, dialogue: ScriptedDialogue) -> None:
    async with client(server) as c:
        ask_one = Recognize(text="turn on the lamp", context={"area": "kitchen"}).event()
        intent = Intent.from_event((await ask(c, ask_one, until="intent"))[-1])
        assert intent.name == "lights.turn_on"
        assert {e.name: e.value for e in intent.entities} == {"entity": ["light.lamp"], "area": "kitchen"}
        got = await ask(c, Recognize(text="lamp and the other lamp").event(), until="intents-stop")
        assert [e.type for e in got] == ["intents-start", "intent", "intent", "intents-stop"]
        await ask(c, Recognize(text="bananas").event(), until="not-recognized")
        assert not dialogue.heard


async def test_handling(server: WyomingServer, dialogue: ScriptedDialogue) -> None:
    async with client(server) as c:
        context = {"conversation_id": "abc", "area": "kitchen"}
        said = Transcript(text="turn on the lamp", language="en", context=context).event()
        got = await ask(c, said, until="handled")
        assert got[-1].data == {"text": "The lamp is on.", "context": context}
        assert dialogue.heard[0]["area"] == "kitchen" and dialogue.heard[0]["stream"].endswith(":abc")
        assert (await ask(c, Transcript(text="bananas").event(), until="not-handled"))[-1].data["text"] == "Sorry?"
        got = await ask(c, Transcript(text="broken").event(), until="error")
        assert got[-1].data["code"] == "unavailable"
        await ask(c, Intent(name="lights.turn_on").event(), until="not-handled")


async def test_pings_are_answered_while_something_slow_goes_on(server: WyomingServer) -> None:
    async with client(server) as c:
        await c.write_event(Transcript(text="hang").event())
        await ask(c, Ping().event(), until="pong")


async def test_several_clients_at_once(server: WyomingServer, ears: ScriptedEars) -> None:
    async def one(number: int) -> str | None:
        async with client(server) as c:
            names = [ears.words[number % 2]]
            got = await ask(c, Detect(names=names).event(), START, sound(5), sound(WAKE), until="detection")
            return Detection.from_event(got[-1]).name

    assert await asyncio.gather(*(one(n) for n in range(10))) == ["hey_jarvis", "alexa"] * 5


async def test_streams_are_closed_when_a_client_goes(server: WyomingServer, ears: ScriptedEars) -> None:
    async with client(server) as c:
        await ask(c, Detect().event(), START, sound(5), Ping().event(), until="pong")
    async with asyncio.timeout(10):
        while server.clients:
            await asyncio.sleep(0.01)
    assert [e async for e in ears.streams[0]] == []


async def test_a_wake_client_can_go_on_to_speak(server: WyomingServer, ears: ScriptedEars) -> None:
    ears.said = ["lamp"]
    async with client(server) as c:
        await ask(c, Detect().event(), START, sound(WAKE), until="detection")
        got = await ask(c, Transcribe().event(), START, sound(SPEECH), STOP, until="transcript")
        assert Transcript.from_event(got[-1]).text == "lamp"


HOSTILE: list[bytes] = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b'{"type": "audio-chunk", "payload_length": 99999999999}\n',
    b'{"type": "transcribe", "data_length": 99999999999}\n',
    b'{"type": "transcribe", "data_length": -5}\n',
    b"x" * 300_000,
    b'{"type": "synthesize", "data": {"text": 5}}\n',
    b'{"type": "synthesize", "data": {"text": "' + b"y" * 20_000 + b'"}}\n',
    b'{"type": "detect", "data": {"names": [[]]}}\n',
    b'{"type": "audio-chunk", "data": {"rate": 1e9, "width": 2, "channels": 1}}\n',
    b'{"type": "audio-chunk", "data": {"rate": 0, "width": 0, "channels": 0}}\n',
    b'{"type": "synthesize-chunk", "data": {"text": "x"}}\n',
    b'{"type": "transcript", "data": {}}\n',
    b'{"type": "ping", "data": {"text": {"a": 1}}}\n' + b"\n",
    b'{"type": "recognize", "data": {"text": null}}\n',
    b'{"type": "describe", "payload_length": 100}\nabc',
]


@pytest.mark.parametrize("data", HOSTILE)
async def test_threat_10_hostile_clients_get_an_error_and_others_go_on(server: WyomingServer, data: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(data)
    line = await asyncio.wait_for(reader.readline(), 20)
    while line and b'"error"' not in line:
        line = await asyncio.wait_for(reader.readline(), 20)
    assert b'"type": "error"' in line
    writer.close()
    async with client(server) as c:
        await ask(c, Describe().event(), until="info")


async def test_threat_09_a_slow_client_is_let_go(server: WyomingServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b'{"type": "desc')
    data = await asyncio.wait_for(reader.read(), 20)
    assert b"too slow" in data
    writer.close()


async def test_threat_09_clients_are_limited_by_host(server: WyomingServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(wyoming_server, "MAX_CLIENTS_A_HOST", 2)
    async with client(server) as one, client(server) as two:
        await ask(one, Ping().event(), until="pong")
        await ask(two, Ping().event(), until="pong")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()


async def test_two_hours_of_sound_end_after_two_minutes(server: WyomingServer, ears: ScriptedEars) -> None:
    ears.said = ["lamp"]
    async with client(server) as c:
        loud = [sound(SPEECH, 160_000) for _ in range(13)]
        got = await ask(c, Transcribe().event(), START, *loud, until="transcript")
        assert Transcript.from_event(got[-1]).text == "lamp"
        assert ears.streams[-1].heard <= 120 * 16_000


async def test_a_taken_port_is_named(server: WyomingServer) -> None:
    with pytest.raises(UnavailableError, match=str(server.port)):
        await WyomingServer(Offer(), port=server.port).start()


class Announcements:
    """An `Advertiser` that only notes."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, int]] = []

    async def start(self, name: str, host: str, port: int) -> None:
        self.made.append((name, host, port))

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(("host", "announced"), [("127.0.0.1", False), ("0.0.0.0", True)])
async def test_it_is_announced_only_beyond_loopback(host: str, announced: bool) -> None:
    notes = Announcements()
    server = WyomingServer(Offer(), host, 0, advertiser=notes)  # type: ignore[arg-type]
    await server.start()
    assert notes.made == ([("Hearth", host, server.port)] if announced else [])
    await server.close()


def test_loopback() -> None:
    assert is_loopback("127.0.0.2") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("0.0.0.0") and not is_loopback("192.168.1.5") and not is_loopback("hub.local")
