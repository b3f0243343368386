"""`hearth hear` with files as people have them: of every kind, broken, cut off, of nothing, and very long."""

import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from hub.bench.spoken import RATE, spoken
from hub.core.bundled import bundled
from tests.command import hearth, lines_of
from tests.e2e.running import HEARS
from tests.media.sound_files import wav

pytestmark = list(HEARS)
CLIP = bundled("config") / "demo" / "clips" / "01_light_on.flac"
SAID = "turn on the kitchen light"
MOST_MORE_MB = 30


def by_file(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The lines of each file, which its `end` closes."""
    ends = [-1, *(n for n, line in enumerate(lines) if line["event"] == "end")]
    return {Path(lines[end]["file"]).name: lines[before + 1 : end + 1] for before, end in pairwise(ends)}


def encode(path: Path, samples: np.ndarray, codec: str, rate: int) -> None:
    """Write 16 kHz mono as a stereo file of another kind."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, options={"strict": "experimental"})  # ffmpeg's own Vorbis is so
        stream.layout = "stereo"
        stream.codec_context.open()
        sound = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        sound.rate = RATE
        convert = av.AudioResampler(stream.codec_context.format, "stereo", rate, stream.codec_context.frame_size)
        for frame in (*convert.resample(sound), *convert.resample(None)):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


async def test_speech_in_every_kind_of_file(tmp_path: Path) -> None:
    samples = await spoken(f"hey jarvis, {SAID}", "slt")
    louder = np.repeat(samples, 3)
    (tmp_path / "8bit.wav").write_bytes(wav(((samples // 256) + 128).astype(np.uint8).tobytes(), bits=8))
    both = np.stack([louder, louder], axis=1)
    (tmp_path / "stereo.wav").write_bytes(wav(both.tobytes(), rate=48_000, channels=2))
    (tmp_path / "a file.WAVE").write_bytes(wav(samples.tobytes(), claimed=2**31))  # a recorder that was switched off
    encode(tmp_path / "a.flac", samples, "flac", 44_100)
    encode(tmp_path / "a.mp3", samples, "libmp3lame", 44_100)
    encode(tmp_path / "a.ogg", samples, "vorbis", 48_000)
    files = sorted(tmp_path.iterdir())
    ran = hearth("hear", "--json", "--config", "demo", *files)
    assert (ran.returncode, ran.stderr) == (0, "")
    heard = by_file(lines_of(ran))
    assert list(heard) == [file.name for file in files]
    for name, lines in heard.items():
        assert [line["event"] for line in lines] == ["wake", "speech", "intent", "command", "reply", "end"], name
        assert lines[1]["text"] == SAID, name
        assert lines[3] == {"event": "command", "entity": "light.kitchen", "trait": "OnOff", "value": True, "ok": True}
        assert lines[-1]["audio_s"] == pytest.approx(len(samples) / RATE, abs=0.1), name


def test_threat_41_what_is_no_sound_is_one_line_and_the_next_file_is_heard(tmp_path: Path) -> None:
    bad = {
        "empty.wav": b"",
        "diary.wav": b"Dear diary, today I bought a microphone.\n" * 20,
        "picture.wav": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "head.wav": wav(bytes(100))[:20],
        "head.flac": b"fLaC" + bytes(300),
        "opus.ogg": b"OggS" + bytes(24) + b"OpusHead" + bytes(100),
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    files = [*(tmp_path / name for name in bad), tmp_path / "nowhere.wav", tmp_path]
    ran = hearth("hear", "--json", "--config", "demo", *files, CLIP)
    assert ran.returncode == 1
    complaints = ran.stderr.splitlines()
    assert len(complaints) == len(files)
    for file, line in zip(files, complaints, strict=True):
        assert line.startswith(f"hearth: {file}: ") and line.endswith(")"), line  # what is wrong (what to do)
    assert list(by_file(lines_of(ran))) == [CLIP.name]


def test_where_there_is_no_command_nothing_is_made_up(tmp_path: Path) -> None:
    t = np.arange(RATE * 8) / RATE
    chance = np.random.default_rng(9)
    notes = (np.sin(2 * np.pi * 220 * 2 ** (n / 12) * t) * ((t * 4).astype(int) % 5 == n % 5) for n in range(0, 24, 3))
    sounds = {
        "nothing.wav": np.zeros(0),
        "silence.wav": np.zeros(RATE * 10),
        "tune.wav": sum(notes) * 3_000,
        "noise.wav": chance.normal(0, 3_000, RATE * 8),
        "stuck.wav": np.full(RATE * 3, 32_767),
    }
    for name, sound in sounds.items():
        (tmp_path / name).write_bytes(wav(np.clip(sound, -32_768, 32_767).astype("<i2").tobytes()))
    # Cut off in the middle of a sentence: the header promises more than there is.
    (tmp_path / "cut.flac").write_bytes(CLIP.read_bytes()[:43_000])
    files = [*(tmp_path / name for name in sounds), tmp_path / "cut.flac"]
    ran = hearth("hear", "--json", "--config", "demo", *files)
    assert (ran.returncode, ran.stderr) == (0, "")
    heard = by_file(lines_of(ran))
    assert {name: [line["event"] for line in heard[name]] for name in sounds} == {name: ["end"] for name in sounds}
    assert 1.5 < heard["cut.flac"][-1]["audio_s"] < 2.5
    assert not any(line["event"] in ("intent", "command") for line in heard["cut.flac"])
    ran = hearth("hear", "--json", "--no-wake", "--config", "demo", *files[:-1])
    for name, lines in by_file(lines_of(ran)).items():
        assert {line["event"] for line in lines} <= {"not_understood", "speech", "reply", "end"}, name


def watched(memory: list[int], *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run `hearth`; `memory` gets the bytes that all its processes hold together, again and again."""
    command = [sys.executable, "-m", "hub.cli", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, memory, over.wait))
        watcher.start()
        out, err = process.communicate(timeout=100)
        over.set()
        watcher.join()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _watch(pid: int, memory: list[int], pause: Callable[[float], bool]) -> None:
    hub = psutil.Process(pid)
    while not pause(0.02):
        try:
            memory.append(sum(p.memory_info().rss for p in (hub, *hub.children(recursive=True))))
        except psutil.NoSuchProcess:
            continue


@pytest.mark.slow
def test_two_hours_of_silence_take_no_more_memory_than_ten_seconds(tmp_path: Path) -> None:
    peaks = []
    for seconds in (10, 7_200):
        path = tmp_path / f"{seconds}.wav"
        with path.open("wb") as file:
            file.write(wav(b"", claimed=seconds * RATE * 2))
            file.truncate(44 + seconds * RATE * 2)  # sparse: silence without a byte on disk
        memory: list[int] = []
        ran = watched(memory, "hear", "--json", "--config", "demo", path)
        assert (ran.returncode, ran.stderr) == (0, "")
        [end] = lines_of(ran)
        assert (end["event"], end["audio_s"]) == ("end", seconds)
        peaks.append(max(memory) / 2**20)
    assert peaks[1] - peaks[0] < MOST_MORE_MB, peaks
