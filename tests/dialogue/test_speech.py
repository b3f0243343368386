"""Speech out: the programs where they are installed, a Wyoming server over loopback, and what goes wrong."""

import asyncio
import json
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hub.core.errors import SettingsError, UnavailableError, UsageError
from hub.core.settings import VoiceSettings
from hub.dialogue.tts.espeak import Espeak
from hub.dialogue.tts.flite import Flite
from hub.dialogue.tts.program import run
from hub.dialogue.tts.speak import Speaker, engines
from hub.dialogue.tts.speech import MAX_TEXT, Engine, Speech, from_wav, speakable
from hub.dialogue.tts.wyoming_tts import WyomingTts

needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def loud(speech: Speech) -> bool:
    return int(np.abs(speech.samples.astype(np.int32)).max()) > 1000


@needs_flite
async def test_flite_speaks() -> None:
    speech = await Flite().synthesize("The lamp is on.")
    assert speech.rate == 16_000
    assert speech.samples.dtype == np.int16
    assert 0.5 < speech.seconds < 4
    assert loud(speech)


@needs_flite
async def test_text_is_never_an_option_or_a_command(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    speech = await Flite().synthesize(f"-voice kal; touch {mark} $(touch {mark}) `touch {mark}`")
    assert loud(speech)
    assert not mark.exists()


@pytest.mark.parametrize("voice", ["../x", "https://x/y", "a b", "", "-t", "x" * 40])
def test_a_voice_is_a_name_and_no_path(voice: str) -> None:
    with pytest.raises(UsageError):
        Flite(voice)


@needs_espeak
@pytest.mark.parametrize("language", ["en", "de"])
async def test_espeak_speaks(language: str) -> None:
    speech = await Espeak().synthesize("Die Lampe ist an." if language == "de" else "The lamp is on.", language)
    assert speech.rate == 22_050
    assert loud(speech)


@needs_espeak
async def test_espeak_refuses_what_is_no_language() -> None:
    with pytest.raises(UsageError):
        await Espeak().synthesize("hello", "--stdout")
    with pytest.raises(UnavailableError):
        await Espeak().synthesize("hello", "xx")


def test_text_is_bounded_and_clean() -> None:
    assert speakable("  a\x00b\n\tc ") == "a b c"
    assert len(speakable("x" * 5000)) == MAX_TEXT


@pytest.mark.parametrize("data", [b"", b"RIFF", b"x" * 100, b"RIFF\0\0\0\0WAVEfmt " + b"\xff" * 40])
def test_what_is_no_wav_is_refused(data: bytes) -> None:
    with pytest.raises(UnavailableError):
        from_wav(data, "flite")


def script(folder: Path, text: str) -> str:
    path = folder / "engine"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def test_a_program_that_is_missing_fails_or_hangs_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be started"):
        await run((str(tmp_path / "nothing"),), "x")
    with pytest.raises(UnavailableError, match="code 3"):
        await run((script(tmp_path, "cat >/dev/null; exit 3"),), "x")
    with pytest.raises(UnavailableError, match="too long"):
        await run((script(tmp_path, "exec sleep 60"),), "x", seconds=0.2)
    with pytest.raises(UnavailableError, match="without end"):
        await run((script(tmp_path, "exec cat /dev/zero"),), "x")


async def test_cancelling_kills_the_program(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    task = asyncio.create_task(run((script(tmp_path, f"echo $$ > {pid}; exec sleep 60"),), "x"))
    async with asyncio.timeout(10):
        while not (pid.exists() and pid.read_text().strip()):
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


Server = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def wyoming(server: Server) -> AsyncIterator[WyomingTts]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server(reader, writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port = listening.sockets[0].getsockname()[1]
        yield WyomingTts("127.0.0.1", port, asyncio.open_connection)
    finally:
        listening.close()


def event(kind: str, payload: bytes = b"", **data: Any) -> bytes:
    body = json.dumps(data).encode()
    header = {"type": kind, "data_length": len(body), "payload_length": len(payload)}
    return json.dumps(header).encode() + b"\n" + body + payload


async def test_a_wyoming_server_speaks() -> None:
    heard: list[dict[str, Any]] = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(json.loads(await reader.readline()))
        form = {"rate": 22_050, "width": 2, "channels": 1}
        writer.write(event("audio-start", **form))
        for value in (100, 200):
            writer.write(event("audio-chunk", np.full(1000, value, "<i2").tobytes(), **form))
        writer.write(event("audio-stop"))

    async with wyoming(server) as engine:
        speech = await engine.synthesize("hello\nthere", "en")
    assert heard == [{"type": "synthesize", "data": {"text": "hello there", "voice": {"language": "en"}}}]
    assert speech.rate == 22_050
    assert speech.samples.tolist() == [100] * 1000 + [200] * 1000


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b"null\n",
        b'{"type":"audio-chunk","payload_length":99999999999}\n',
        b'{"type":"audio-chunk","payload_length":-1}\n',
        b'{"type":"audio-chunk","data":{"rate":"x"}}\n',
        b'{"type":"audio-start","data":{"rate":22050,"width":4,"channels":2}}\n',
        b'{"type":"audio-chunk","data":{"rate":22050,"width":2,"channels":1},"payload_length":500}\nshort',
        b'{"type":"error","data":{"text":"no voice"}}\n',
        b"x" * 200_000,
    ],
)
async def test_a_wyoming_server_that_misbehaves_is_told(answer: bytes) -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)

    async with wyoming(server) as engine:
        with pytest.raises(UnavailableError):
            await engine.synthesize("hello")


async def test_a_wyoming_server_that_is_not_there_is_told() -> None:
    async def refused(_host: str, _port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise ConnectionRefusedError("nobody listens")

    with pytest.raises(UnavailableError, match="nobody listens"):
        await WyomingTts("127.0.0.1", 1, refused).synthesize("hello")


class Fake:
    def __init__(self, name: str, languages: tuple[str, ...] = (), broken: bool = False) -> None:
        self.name, self.languages, self.broken = name, languages, broken

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        if self.broken:
            raise UnavailableError("broken")
        return Speech(np.full(len(self.name), 1, np.int16), 16_000)


async def test_the_first_engine_that_can_speaks() -> None:
    tried: list[Engine] = [Fake("a", broken=True), Fake("bb", ("en",)), Fake("ccc")]
    speaker = Speaker(tried)
    for language, length in (("en", 2), ("de", 3)):
        speech = await speaker.synthesize("hello", language)
        assert speech is not None
        assert len(speech.samples) == length


async def test_without_engines_or_words_there_is_silence() -> None:
    assert await Speaker([]).synthesize("hello") is None
    assert not Speaker([]).available
    assert await Speaker([Fake("a")]).synthesize(" \n ") is None


@pytest.mark.parametrize("tts", ["festival", "wyoming://", "wyoming://host", "wyoming://h:0x", "http://x:1", ""])
def test_settings_that_make_no_sense_are_refused(tts: str) -> None:
    with pytest.raises(SettingsError, match="voice"):
        engines(VoiceSettings(tts=tts), asyncio.open_connection)


def test_engines_by_settings() -> None:
    assert engines(VoiceSettings(tts="none")) == []
    assert [e.name for e in engines(VoiceSettings(tts="flite"))] == ["flite"]
    assert [e.name for e in engines(VoiceSettings(tts="espeak-ng"))] == ["espeak-ng"]
    chosen = engines(VoiceSettings(tts="wyoming://10.0.0.2:10200"), asyncio.open_connection)
    assert chosen[0].name == "wyoming://10.0.0.2:10200"
    with pytest.raises(SettingsError):
        engines(VoiceSettings(tts="wyoming://10.0.0.2:10200"))
