"""The `wyoming` package's own client, as Home Assistant uses it, against a whole hub with its real ears and voice."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.handle import Handled
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize
from wyoming.wake import Detect, Detection

from hub.bench.spoken import RATE, spoken
from hub.core.bundled import bundled
from tests.e2e.running import HEARS, RunningHub
from tests.ports import free_port
from tests.satellites.asking import ask, connected

pytestmark = [pytest.mark.counterpart, *HEARS]


class Served:
    """A hub that serves Wyoming, and one question to each of its services."""

    def __init__(self, hub: RunningHub, port: int) -> None:
        self.hub = hub
        self.port = port

    async def detected(self, said: str) -> list[str]:
        """The wake words in what is said."""
        async with connected(self.port) as client:
            events = [Detect(names=["hey_jarvis"]).event(), *await sound(said), Event("ping")]
            got = await ask(client, *events, until="pong")
        assert got[-2].type in ("detection", "not-detected")
        return [Detection.from_event(event).name for event in got if event.type == "detection"]

    async def transcribed(self, said: str) -> str:
        """The words of what is said."""
        async with connected(self.port) as client:
            got = await ask(client, Transcribe(language="en").event(), *await sound(said), until="transcript")
        return Transcript.from_event(got[-1]).text

    async def synthesized(self, text: str) -> np.ndarray:
        """Its voice saying `text`."""
        async with connected(self.port) as client:
            begin, *parts, _ = await ask(client, Synthesize(text=text).event(), until="audio-stop")
        assert AudioStart.from_event(begin) == AudioStart(rate=16_000, width=2, channels=1, timestamp=0)
        return np.frombuffer(b"".join(part.payload or b"" for part in parts), "<i2")

    async def handled(self, text: str) -> str:
        """Its answer to `text`."""
        async with connected(self.port) as client:
            got = await ask(client, Transcript(text=text).event(), until="handled")
        return Handled.from_event(got[-1]).text or ""

    def is_on(self, light: str) -> bool:
        """Whether a light of the home is on."""
        return self.hub.get(f"api/v1/entities/{light}")["traits"]["OnOff"] is True


async def sound(said: str) -> list[Event]:
    """A recording, from audio-start to audio-stop, in pieces of a tenth of a second."""
    samples = (await spoken(said, "slt")).astype("<i2")
    form = {"rate": RATE, "width": 2, "channels": 1}
    pieces = np.split(samples, range(RATE // 10, len(samples), RATE // 10))
    chunks = [AudioChunk(audio=piece.tobytes(), **form).event() for piece in pieces]
    return [AudioStart(**form).event(), *chunks, AudioStop().event()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    text = (bundled("config") / "demo" / "hearth.toml").read_text()
    (home / "hearth.toml").write_text(f"{text}\n[wyoming]\nenabled = true\nport = {port}\n")
    hub = RunningHub(home)
    hub.wait_until_it_hears()
    yield Served(hub, port)
    hub.stop()


async def test_it_says_what_it_is(served: Served) -> None:
    async with connected(served.port) as client:
        info = Info.from_event((await ask(client, Describe().event(), until="info"))[-1])
    assert "hey_jarvis" in [model.name for model in info.wake[0].models]
    assert info.asr[0].installed and info.tts[0].voices and info.intent[0].models
    assert info.handle[0].supports_home_control


async def test_wake_words_are_found_and_not_made_up(served: Served) -> None:
    assert await served.detected("hey jarvis") == ["hey_jarvis"]
    assert await served.detected("turn on the kitchen light") == []


async def test_speech_becomes_text(served: Served) -> None:
    assert await served.transcribed("turn on the kitchen light") == "turn on the kitchen light"


async def test_text_becomes_speech(served: Served) -> None:
    short, long = (
        await served.synthesized("Yes."),
        await served.synthesized("Turned on the kitchen light. Anything else?"),
    )
    assert RATE // 4 < len(short) < len(long)
    assert np.abs(long.astype(int)).max() > 1_000


async def test_words_become_deeds(served: Served) -> None:
    assert not served.is_on("light.bedroom")
    assert await served.handled("turn on the bedroom light") == "Turned on the bedroom light."
    assert served.is_on("light.bedroom")


async def test_several_clients_at_once_each_get_their_own_answer(served: Served) -> None:
    sentences = ["turn on the kitchen light", "close the blinds"]
    lights = ["hallway", "office"]
    async with asyncio.timeout(60):
        words, deeds, wakes, voice = await asyncio.gather(
            asyncio.gather(*map(served.transcribed, sentences)),
            asyncio.gather(*(served.handled(f"turn on the {light} light") for light in lights)),
            asyncio.gather(*map(served.detected, ["hey jarvis", "what time is it", "hey jarvis"])),
            served.synthesized("One moment."),
        )
    assert words == sentences
    assert deeds == [f"Turned on the {light} light." for light in lights]
    assert all(served.is_on(f"light.{light}") for light in lights)
    assert wakes == [["hey_jarvis"], [], ["hey_jarvis"]]
    assert len(voice) > RATE // 4
