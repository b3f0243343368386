"""The ears as a home has them: real models in the sealed worker, fed with synthetic speech."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import Event, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard, WorkerLost
from hub.core.settings import Settings, VoiceSettings, WakeWordSettings
from hub.guard.sealing.syscalls import this_architecture
from hub.inference.store import ModelStore
from hub.media.decode import AudioFile
from hub.perception.ears.build import build_ears
from hub.perception.ears.ears import Ears
from hub.perception.speech.automaton import minimal
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.pronounce import pronunciations
from tests.perception.ears.listening import until

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
    pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed"),
]
SENTENCES = (
    "turn on the kitchen light", "turn off the kitchen light", "turn on the lamp", "turn off the lamp",
    "turn off the lamp in five minutes", "close the blinds", "open the blinds", "stop", "what time is it",
    "set the bedroom light to fifty percent",
)  # fmt: skip
RATE = 16_000
Say = Callable[..., np.ndarray]


def grammar() -> SpeechGrammar:
    said = {tuple(s.split()) for s in SENTENCES}

    def arcs(state: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], int]]:
        following = {s[len(state)] for s in said if s[: len(state)] == state and len(s) > len(state)}
        return [(word, (*state, word), 0) for word in sorted(following)]

    automaton = minimal((), arcs, lambda state: 0 if state in said else None)
    return SpeechGrammar.of(automaton, pronunciations({word for s in said for word in s}))


def room(seconds: float, level: float = 6.0) -> np.ndarray:
    return np.random.default_rng(5).normal(0, level, round(seconds * RATE)).astype(np.int16)


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Speech of flite in a quiet room, with `before` and `after` seconds of the room."""

    def made(text: str, voice: str = "slt", before: float = 1.5, after: float = 1.5) -> np.ndarray:
        path = tmp_path / "say.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with AudioFile(path) as file:
            speech = np.concatenate(list(file.chunks()))
        quiet = room(before + len(speech) / RATE + after)
        begin = round(before * RATE)
        quiet[begin : begin + len(speech)] += speech[: len(quiet) - begin]
        return quiet

    return made


@pytest.fixture
async def ears(bus: Bus) -> AsyncIterator[Ears]:
    settings = Settings(wake=(WakeWordSettings(model="hey_jarvis"), WakeWordSettings(model="alexa")))
    try:
        made = build_ears(settings, ModelStore(), bus)
    except HearthError as error:
        pytest.skip(f"a model is not here: {error}")
    await made.start()
    await made.set_grammar(grammar())
    yield made
    await made.stop()


async def hear(ears: Ears, samples: np.ndarray, wake: tuple[str, ...] | None = None) -> list[Event]:
    stream = await ears.open_stream("test", wake=wake, area="kitchen")
    await stream.feed(samples)
    await stream.end()
    async with asyncio.timeout(90):
        return [event async for event in stream]


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, SpeechTranscribed)]


@pytest.mark.parametrize("voice", ["slt", "rms", "kal16"])
@pytest.mark.parametrize("pause", [" ", ", "])
async def test_a_wake_word_and_a_command(ears: Ears, say: Say, voice: str, pause: str) -> None:
    assert ears.sealed
    events = await hear(ears, say(f"hey jarvis{pause}turn on the kitchen light", voice))
    assert [type(e) for e in events] == [WakeHeard, SpeechStarted, SpeechTranscribed]
    wake, _, heard = events
    assert isinstance(wake, WakeHeard)
    assert isinstance(heard, SpeechTranscribed)
    assert wake.word == "hey_jarvis"
    assert wake.score >= 0.5
    assert heard.text == "turn on the kitchen light"
    assert heard.confidence >= 0.5
    assert heard.causes == (wake.id,)
    assert 1.5 < wake.t < 4
    assert wake.t - 1 < heard.t_start < heard.t_end < 6


async def test_a_pause_after_the_wake_word(ears: Ears, say: Say) -> None:
    samples = np.concatenate([say("hey jarvis", after=0.2), room(1.5), say("close the blinds", before=0)])
    assert texts(await hear(ears, samples)) == ["close the blinds"]


async def test_another_wake_word_in_the_same_stream(ears: Ears, say: Say) -> None:
    samples = np.concatenate([say("hey jarvis, open the blinds", "rms"), say("alexa, stop", "kal16", before=2)])
    events = await hear(ears, samples)
    assert [e.word for e in events if isinstance(e, WakeHeard)] == ["hey_jarvis", "alexa"]
    assert texts(events) == ["open the blinds", "stop"]


async def test_a_whole_command_ends_the_turn_early(ears: Ears, say: Say) -> None:
    samples = say("hey jarvis, turn on the kitchen light", "rms", after=3)
    (*_, heard) = await hear(ears, samples)
    assert isinstance(heard, SpeechTranscribed)
    assert heard.stages_ms["silence"] < 500


async def test_without_a_wake_word_all_speech(ears: Ears, say: Say) -> None:
    samples = np.concatenate([say("what time is it", "rms"), say("close the blinds")])
    assert texts(await hear(ears, samples, wake=())) == ["what time is it", "close the blinds"]


async def test_only_the_wake_word(ears: Ears, say: Say) -> None:
    events = await hear(ears, say("hey jarvis", "rms", after=8))
    assert [type(e) for e in events if not isinstance(e, SpeechStarted)] == [WakeHeard, SpeechNotHeard]


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.int16),
        np.zeros(100, np.int16),
        np.zeros(RATE * 10, np.int16),
        room(10, 6),
        room(10, 3_000),
        np.full(RATE * 3, 32_767, np.int16),
        np.tile(np.array([32_767, -32_768], np.int16), RATE),
    ],
    ids=["nothing", "a click", "digital silence", "a quiet room", "loud noise", "a stuck microphone", "full scale"],
)
async def test_what_is_no_speech_is_an_honest_nothing(ears: Ears, samples: np.ndarray) -> None:
    assert await hear(ears, samples) == []
    events = await hear(ears, samples, wake=())
    assert not any(e.confidence >= 0.5 for e in events if isinstance(e, SpeechTranscribed))
    assert events


async def test_music_does_not_wake_it(ears: Ears) -> None:
    t = np.arange(RATE * 8) / RATE
    rng = np.random.default_rng(9)
    tune = sum(
        np.sin(2 * np.pi * 220 * 2 ** (rng.integers(0, 24) / 12) * t) * ((t * 4).astype(int) % 5 == n % 5)
        for n in range(20)
    )
    assert await hear(ears, (tune * 3_000).clip(-32_000, 32_000).astype(np.int16)) == []


async def test_threat_41_kill_9_in_a_sentence(ears: Ears, say: Say, bus: Bus) -> None:
    lost: list[WorkerLost] = []
    bus.subscribe(WorkerLost, lost.append)
    stream = await ears.open_stream("mic", area="kitchen")
    whole = say("hey jarvis, set the bedroom light to fifty percent", "rms")
    await stream.feed(whole[: round(3.2 * RATE)])
    (*_, wake) = await until(stream, WakeHeard)
    pid = ears.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    (*_, gone) = await until(stream, SpeechNotHeard)
    assert isinstance(gone, SpeechNotHeard)
    assert (gone.reason, gone.causes) == ("lost", (wake.id,))
    assert [e.lost for e in lost] == ["what was being said (kitchen)"]
    await stream.feed(say("hey jarvis, turn off the lamp", "rms", after=2))
    assert texts(await until(stream, SpeechTranscribed)) == ["turn off the lamp"]
    assert ears.pid != pid
    assert ears.sealed


async def test_two_hours_take_no_more_memory_than_two_minutes(ears: Ears) -> None:
    psutil = pytest.importorskip("psutil")
    stream = await ears.open_stream("long")
    minute = room(60)
    sizes = []
    for _ in range(120):
        await stream.feed(minute)
        sizes.append(psutil.Process(ears.pid).memory_info().rss)
    await stream.end()
    async with asyncio.timeout(90):
        assert [event async for event in stream] == []
    assert stream.ended is not None
    assert stream.ended.audio_s == pytest.approx(7_200)
    assert max(sizes[2:]) - sizes[1] < 8 * 1024 * 1024


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
async def test_no_network_call_of_the_ears_succeeds(
    bus: Bus, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, wrapper = tmp_path / "trace", tmp_path / "traced-python"
    calls = "socket,connect,bind,sendto,sendmsg,sendmmsg,execve,fork,vfork,clone,clone3,seccomp"
    wrapper.write_text(f"""#!/bin/sh\nexec strace -f -qq -o {trace} -e trace={calls} {sys.executable} "$@"\n""")
    wrapper.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(wrapper))
    try:
        made = build_ears(Settings(voice=VoiceSettings(silence_ms=500)), ModelStore(), bus)
    except HearthError as error:
        pytest.skip(f"a model is not here: {error}")
    await made.start()
    await made.set_grammar(grammar())
    assert texts(await hear(made, say("hey jarvis, turn on the lamp", "rms"))) == ["turn on the lamp"]
    await made.stop()
    lines = trace.read_text().splitlines()
    sealed = next(n for n, line in enumerate(lines) if "seccomp(SECCOMP_SET_MODE_FILTER" in line)
    made_calls = [m for line in lines[sealed + 1 :] if (m := re.match(r"\d+ +(\w+)\((.*)\) += (-?\d+)", line))]
    assert sum(int(m[3]) < 0 for m in made_calls) >= 5  # at least its own attempts, right after sealing
    through = [m[0] for m in made_calls if int(m[3]) >= 0]
    assert [c for c in through if not re.search(r"NULL, 0\) += |CLONE_THREAD", c)] == []
