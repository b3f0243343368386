"""The hub with a scripted satellite that speaks the real protocol."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from wyoming.audio import AudioStop
from wyoming.event import Event
from wyoming.satellite import StreamingStarted
from wyoming.wake import Detection

from hub.core.errors import EgressError, MediaError, UnavailableError
from hub.core.events import Event as Fact
from hub.core.events import SpeechTranscribed, WakeHeard
from hub.core.settings import SatelliteSettings
from hub.satellites.wyoming import satellite_visit
from hub.satellites.wyoming.satellite import WyomingSatellite
from hub.satellites.wyoming.satellite_run import Wish
from tests.satellites.scripted import (
    SPEECH,
    WAKE,
    ScriptedDialogue,
    ScriptedEars,
    ScriptedSatellite,
    ScriptedVoice,
    sound,
)
from tests.satellites.wishes import ALWAYS, WOKEN


class House:
    """The hub's side of one satellite."""

    def __init__(self, ears: ScriptedEars, dialogue: ScriptedDialogue, voice: ScriptedVoice) -> None:
        self.facts: list[Fact] = []
        ears.bus.subscribe(Fact, self.facts.append)
        self.ears, self.dialogue, self.voice = ears, dialogue, voice
        self.opened: list[tuple[str, int, str]] = []

    async def connect(self, host: str, port: int, why: str) -> Any:
        self.opened.append((host, port, why))
        try:
            return await asyncio.open_connection(host, port)
        except OSError as error:
            raise UnavailableError(str(error)) from error

    async def until_muted(self, muted: bool) -> None:
        async with asyncio.timeout(20):
            while self.ears.streams[-1].muted is not muted:
                await asyncio.sleep(0.01)

    @contextlib.asynccontextmanager
    async def satellite(self, port: int, **options: Any) -> AsyncIterator[WyomingSatellite]:
        settings = SatelliteSettings(name="kitchen", host="127.0.0.1", port=port, area=options.pop("area", "kitchen"))
        made = WyomingSatellite(
            settings, self.connect, self.ears, self.dialogue, self.voice,
            **{"first_wait_s": 0.02, "longest_wait_s": 0.1, **options},
        )  # fmt: skip
        task = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def house(ears: ScriptedEars, dialogue: ScriptedDialogue, voice: ScriptedVoice) -> House:
    return House(ears, dialogue, voice)


async def test_a_satellite_that_always_streams(house: House) -> None:
    box = ScriptedSatellite()
    house.ears.said = ["turn on the lamp"]
    async with house.satellite(await box.start()) as satellite:
        await box.until("run-satellite")
        await box.send(ALWAYS, StreamingStarted().event(), sound(5))
        await box.until("detect")
        await box.send(sound(5), sound(WAKE), sound(SPEECH), sound(0))
        await box.until("audio-stop")
        assert box.kinds() == [
            "describe", "run-satellite", "detect", "detection", "transcribe", "voice-started", "voice-stopped",
            "transcript", "synthesize", "audio-start", "audio-chunk", "audio-stop",
        ]  # fmt: skip
        found = Detection.from_event(await box.until("detection"))
        assert found.name == "hey_jarvis" and found.context is not None and found.context["score"] == 0.9
        assert (await box.until("transcript")).data["text"] == "turn on the lamp"
        assert (await box.until("synthesize")).data["text"] == "The lamp is on."
        start = await box.until("audio-start")
        assert (start.data["rate"], start.data["width"], start.data["channels"]) == (22050, 2, 1)
        assert len((await box.until("audio-chunk")).payload or b"") == 2048
        assert satellite.connected
    heard = house.dialogue.heard[0]
    assert heard["area"] == "kitchen" and heard["stream"] == "satellite:kitchen"
    wake, speech = (next(f for f in house.facts if isinstance(f, kind)) for kind in (WakeHeard, SpeechTranscribed))
    assert wake.origin.area == speech.origin.area == "kitchen" and wake.origin.source.startswith("satellite:kitchen:")
    assert speech.causes == (wake.id,) and heard["causes"] == (speech.id,)
    await box.stop()


async def test_it_is_heard_again_and_again(house: House) -> None:
    box = ScriptedSatellite()
    house.ears.said = ["lamp one", "lamp two"]
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(ALWAYS)
        await box.until("detect")
        for turn in (1, 2):
            await box.send(sound(WAKE), sound(SPEECH), sound(0))
            await box.until("audio-stop", turn)
            await house.until_muted(False)  # it has said that it played
    assert [h["text"] for h in house.dialogue.heard] == ["lamp one", "lamp two"]
    await box.stop()


async def test_its_own_voice_wakes_nobody(house: House) -> None:
    box = ScriptedSatellite(plays=False)
    house.ears.said = ["lamp", "lamp"]
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(ALWAYS)
        await box.until("detect")
        await box.send(sound(WAKE), sound(SPEECH), sound(0))
        await box.until("audio-stop")
        heard = house.ears.streams[0].heard
        await box.send(sound(WAKE), sound(SPEECH), sound(0))  # it still plays
        async with asyncio.timeout(20):
            while house.ears.streams[0].heard < heard + 3 * 1280:
                await asyncio.sleep(0.01)
        assert house.ears.streams[0].muted
        assert len(house.dialogue.heard) == 1 and box.kinds().count("detection") == 1
    await box.stop()


async def test_a_satellite_that_wakes_by_itself(house: House) -> None:
    box = ScriptedSatellite(local_wake=True)
    house.ears.said = ["turn on the lamp"]
    async with house.satellite(await box.start(), area=""):
        await box.until("run-satellite")
        await box.send(Detection(name="okay_nabu").event(), WOKEN, sound(SPEECH), sound(SPEECH), sound(0))
        await box.until("audio-stop")
        assert box.kinds() == [
            "describe", "run-satellite", "transcribe", "voice-started", "voice-stopped", "transcript", "synthesize",
            "audio-start", "audio-chunk", "audio-stop",
        ]  # fmt: skip
        assert house.dialogue.heard[0]["area"] == "Kitchen"  # what the satellite says, as the settings say nothing
    await box.stop()


async def test_its_own_end_of_speech_ends_the_turn(house: House) -> None:
    box = ScriptedSatellite(local_wake=True)
    house.ears.said = ["lamp"]
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(WOKEN, sound(SPEECH), AudioStop().event())
        assert (await box.until("transcript")).data["text"] == "lamp"
    await box.stop()


async def test_a_question_is_answered_without_a_wake_word(house: House) -> None:
    box = ScriptedSatellite()
    house.ears.said = ["unlock the door", "yes lamp"]
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(ALWAYS)
        await box.until("detect")
        await box.send(sound(WAKE), sound(SPEECH), sound(0))
        await box.until("transcribe", 2)
        await box.send(sound(SPEECH), sound(0))
        await box.until("audio-stop", 2)
        assert [h["text"] for h in house.dialogue.heard] == ["unlock the door", "yes lamp"]
    await box.stop()


@pytest.mark.parametrize(("said", "code"), [("", "stt-no-text-recognized"), ("broken", "hearth-unavailable")])
async def test_errors_are_told(house: House, said: str, code: str) -> None:
    box = ScriptedSatellite(local_wake=True)
    house.ears.said = [said] if said else []
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(WOKEN, sound(SPEECH), sound(0))
        assert (await box.until("error")).data["code"] == code
    await box.stop()


async def test_pipelines_that_cannot_be(house: House) -> None:
    box = ScriptedSatellite()
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(Event("run-pipeline", {"start_stage": "handle", "end_stage": "tts"}))
        assert (await box.until("error")).data["code"] == "intent-not-supported"
        await box.send(Event("run-pipeline", {"start_stage": "tts", "end_stage": "asr"}))
        await box.until("run-satellite", 2)  # that is no protocol: the hub came anew
    await box.stop()


async def test_announcements_and_playing(house: House) -> None:
    box = ScriptedSatellite()
    async with house.satellite(await box.start()) as satellite:
        with pytest.raises(MediaError):
            await satellite.play(np.zeros(10, np.int16), 16000)
        await box.until("run-satellite")
        wish = Event("run-pipeline", {"start_stage": "tts", "end_stage": "tts", "announce_text": "Dinner!"})
        await box.send(wish)
        await box.until("audio-stop")
        await satellite.say("The lamp is on.")
        assert house.voice.spoken == ["Dinner!", "The lamp is on."]
        await satellite.play(np.zeros(1000, np.int16), 22050)
        assert [e.type for e in box.got].count("audio-stop") == 3
    await box.stop()


async def test_it_connects_again_when_the_satellite_restarts(house: House) -> None:
    box = ScriptedSatellite()
    port = await box.start()
    async with house.satellite(port) as satellite:
        await box.until("run-satellite")
        box.hang_up()
        await box.until("run-satellite", 2)
        await box.stop()
        again = ScriptedSatellite()
        await asyncio.sleep(0.1)
        assert not satellite.connected
        await again.start(port)
        await again.until("run-satellite")
        assert house.opened[0] == ("127.0.0.1", port, "satellite kitchen")
        await again.stop()


async def test_pings_are_answered_and_a_satellite_without_pongs_is_left(house: House) -> None:
    box = ScriptedSatellite()
    async with house.satellite(await box.start(), ping_s=0.02, pong_s=0.1):
        await box.until("ping", 3)
        await box.send(Event("ping", {"text": "x"}))
        assert (await box.until("pong")).data["text"] == "x"
        assert box.connections == 1
        box.answers_pings = False
        await box.until("run-satellite", 2)
    await box.stop()


async def test_dead_ears_cost_one_sentence(house: House) -> None:
    box = ScriptedSatellite()
    house.ears.said = ["lamp"]
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(ALWAYS)
        await box.until("detect")
        await box.send(sound(WAKE))
        await box.until("detection")
        house.ears.streams[0].lose()
        assert (await box.until("error")).data["code"] == "stt-stream-failed"
        await box.send(sound(WAKE), sound(SPEECH), sound(0))
        assert (await box.until("transcript")).data["text"] == "lamp"
        assert box.connections == 1
    await box.stop()


async def test_ears_that_come_late_are_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(satellite_visit, "EARS_AGAIN_S", 0.02)
    box = ScriptedSatellite()
    house.ears.said, house.ears.deaf = ["lamp"], True
    async with house.satellite(await box.start()):
        await box.until("run-satellite")
        await box.send(ALWAYS)
        assert (await box.until("error")).data["code"] == "stt-provider-missing"
        house.ears.deaf = False
        await box.until("detect")
        await box.send(sound(WAKE), sound(SPEECH), sound(0))
        await box.until("transcript")
    await box.stop()


async def test_a_refused_connection_is_tried_again_later(house: House) -> None:
    calls = 0

    async def refuse(_host: str, _port: int, _why: str) -> Any:
        nonlocal calls
        calls += 1
        raise EgressError("not in this home")

    house.connect = refuse  # type: ignore[method-assign]
    async with house.satellite(1) as satellite:
        async with asyncio.timeout(20):
            while calls < 3:
                await asyncio.sleep(0.01)
        assert not satellite.connected


@pytest.mark.parametrize(
    "data",
    [b"garbage\n", b'{"type": "info", "data": {"satellite": 5}}\n', b'{"type": "info"}\n',
     b'{"type": "audio-chunk", "payload_length": 1e12}\n', b"x" * 100_000, b""],
)  # fmt: skip
async def test_threat_10_a_hostile_satellite_is_left(house: House, data: bytes) -> None:
    visits = asyncio.Queue[int]()

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.put_nowait(1)
        writer.write(data)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with house.satellite(server.sockets[0].getsockname()[1]) as satellite:
        for _ in range(2):
            await asyncio.wait_for(visits.get(), 20)
        assert not satellite.connected
    server.close()


def test_wishes() -> None:
    wish = Wish.of(Event("run-pipeline", {"start_stage": "wake", "end_stage": "asr", "restart_on_end": True}))
    assert wish.reaches("asr") and not wish.reaches("tts") and wish.restart
