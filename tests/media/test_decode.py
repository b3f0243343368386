import random
import shutil
import struct
import subprocess
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import MediaError
from hub.media.decode import AudioFile
from tests.media.sound_files import wav

TONE = np.rint(8_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype(np.int16)


def decoded(path: Path) -> np.ndarray:
    with AudioFile(path) as file:
        return np.concatenate([np.zeros(0, np.int16), *file.chunks()])


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_plain_wav_comes_out_as_it_is(tmp_path: Path) -> None:
    assert np.array_equal(decoded(write(tmp_path / "a.wav", wav(TONE.tobytes()))), TONE)


@pytest.mark.parametrize(
    ("bits", "form", "data"),
    [
        (8, 1, ((TONE // 256) + 128).astype(np.uint8).tobytes()),
        (24, 1, b"".join(struct.pack("<i", int(s) << 8)[:3] for s in TONE)),
        (32, 1, (TONE.astype(np.int32) << 16).tobytes()),
        (32, 3, (TONE / 32_768).astype(np.float32).tobytes()),
        (64, 3, (TONE / 32_768).astype(np.float64).tobytes()),
    ],
)
def test_every_sample_format(tmp_path: Path, bits: int, form: int, data: bytes) -> None:
    heard = decoded(write(tmp_path / "a.wav", wav(data, bits=bits, form=form)))
    assert np.abs(heard.astype(int) - TONE).max() <= (256 if bits == 8 else 1)


def test_48_khz_stereo_is_mixed_and_resampled(tmp_path: Path) -> None:
    left = np.rint(8_000 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.int16)
    both = np.stack([left, np.zeros_like(left)], axis=1)
    heard = decoded(write(tmp_path / "a.wav", wav(both.tobytes(), rate=48_000, channels=2)))
    assert len(heard) == 16_000
    assert np.abs(heard[200:-200].astype(int) - TONE[200:-200] / 2).max() <= 3


@pytest.mark.parametrize("form", ["flac", "ogg"])
@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
def test_compressed_files(tmp_path: Path, form: str) -> None:
    source = write(tmp_path / "a.wav", wav(TONE.tobytes()))
    made = tmp_path / f"a.{form}"
    subprocess.run(["sox", str(source), str(made)], check=True, capture_output=True)
    heard = decoded(made)
    with AudioFile(made) as file:
        assert file.format == form
    assert abs(len(heard) - len(TONE)) < 1_200
    spectrum = np.abs(np.fft.rfft(heard[:15_000].astype(float)))
    assert abs(spectrum.argmax() * 16_000 / 15_000 - 440) < 2


def test_mp3(tmp_path: Path) -> None:
    frame = b"\xff\xfb\x90\x64" + bytes(413)  # a silent frame: MPEG-1 layer 3, 128 kbit/s, 44.1 kHz
    path = write(tmp_path / "a.mp3", frame * 20)
    heard = decoded(path)
    with AudioFile(path) as file:
        assert (file.format, file.rate) == ("mp3", 44_100)
    assert abs(len(heard) - 20 * 1_152 * 16_000 / 44_100) < 1_000
    assert not heard.any()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Dear diary, today I bought a microphone.\n" * 20, "not a sound file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not a sound file"),
        (b"OggS" + bytes(24) + b"OpusHead" + bytes(100), "not Vorbis"),
        (b"OggS" + bytes(24) + b"\x01vorbis" + bytes(100), "broken"),
        (b"fLaC" + bytes(300), "broken"),
        (b"ID3\x03\0\0\0\0\0\x10" + b"garbage" * 300, "broken"),
        (wav(TONE.tobytes())[:20], "broken"),
        (wav(TONE.tobytes(), rate=0), "0 Hz"),
        (wav(TONE.tobytes(), rate=10_000_000), "10000000 Hz"),
        (wav(TONE.tobytes(), rate=191_999), "191999 Hz"),
        (wav(TONE.tobytes(), channels=0), "0 channels"),
        (wav(TONE.tobytes(), channels=65_535), "65535 channels"),
        (wav(TONE.tobytes(), bits=0), "0 bits"),
    ],
)
def test_threat_41_what_cannot_be_heard_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = write(tmp_path / "a.wav", content)
    with pytest.raises(MediaError, match=words) as caught:
        decoded(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"nowhere\.wav"):
        AudioFile(tmp_path / "nowhere.wav")


@pytest.mark.parametrize("claimed", [None, 0, 0xFFFFFFFF])
def test_no_samples_are_an_honest_nothing(tmp_path: Path, claimed: int | None) -> None:
    assert len(decoded(write(tmp_path / "a.wav", wav(b"", claimed=claimed)))) == 0


def test_a_truncated_file_gives_what_is_there(tmp_path: Path) -> None:
    heard = decoded(write(tmp_path / "a.wav", wav(TONE.tobytes(), claimed=2**31)[:10_044]))
    assert np.array_equal(heard, TONE[:5_000])


def test_threat_41_mutated_files_never_crash(tmp_path: Path) -> None:
    chance = random.Random(41)
    whole = wav(TONE[:2_000].tobytes())
    for _ in range(300):
        data = bytearray(whole[: chance.randrange(1, len(whole))] if chance.random() < 0.5 else whole)
        for _ in range(chance.choice([1, 4, 20])):
            data[chance.randrange(min(len(data), 60))] = chance.randrange(256)
        try:
            decoded(write(tmp_path / "a.wav", bytes(data)))
        except MediaError as error:
            assert error.remedy


def test_two_hours_take_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    seconds = 2 * 3_600
    with path.open("wb") as file:
        file.write(wav(b"", claimed=seconds * 32_000))
        file.truncate(44 + seconds * 32_000)  # sparse: silence without a byte on disk
    with AudioFile(path) as file:
        count = 0
        pieces = file.chunks(1.0)
        count += len(next(pieces))
        tracemalloc.start()
        for piece in pieces:
            count += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == seconds * 16_000
    assert peak < 2_000_000
