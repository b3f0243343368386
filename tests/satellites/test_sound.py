"""Sound of the wire: formats, rates, chunks, and how loud it is over its noise."""

from typing import Any

import numpy as np
import pytest
from wyoming.audio import AudioChunk
from wyoming.event import Event

from hub.core.errors import ProtocolError
from hub.dialogue.tts.speech import Speech
from hub.satellites.loudness import Loudness
from hub.satellites.wyoming.sound import CHUNK_BYTES, REPLY_RATE, Listening, chunks, mono, reply_sound


def tone(hertz: float, rate: int, seconds: float = 0.5) -> Any:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype("<i2")


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_any_usual_rate_becomes_16_khz(rate: int) -> None:
    listening, out = Listening(), []
    for part in np.array_split(tone(440, rate), 9):
        out.append(listening.take(AudioChunk(rate=rate, width=2, channels=1, audio=part.tobytes()).event()))
    heard = np.concatenate(out)
    assert abs(len(heard) - 8000) < 200
    spectrum = np.abs(np.fft.rfft(heard[200:-200].astype(float)))
    assert abs(np.argmax(spectrum) * 16000 / len(heard[200:-200]) - 440) < 5
    assert listening.seconds == len(heard) / 16000


def test_widths_and_channels_become_16_bit_mono() -> None:
    value = np.array([0, 256, -256, 32512, -32768], np.int16)
    assert (mono(value.astype("<i2").tobytes(), 2, 1) == value).all()
    assert (mono((value.astype("<i4") << 16).tobytes(), 4, 1) == value).all()
    assert (
        mono(b"".join(int(v << 8).to_bytes(3, "little", signed=True) for v in map(int, value)), 3, 1) == value
    ).all()
    assert (mono(((value >> 8) + 128).astype(np.uint8).tobytes(), 1, 1) == value).all()
    stereo = np.stack((value, np.zeros_like(value)), axis=1)
    assert (mono(stereo.astype("<i2").tobytes(), 2, 2) == np.rint(value / 2)).all()
    assert len(mono(b"abc", 2, 1)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"rate": 0, "width": 2, "channels": 1},
        {"rate": 10_000_000, "width": 2, "channels": 1},
        {"rate": 16000, "width": 9, "channels": 1},
        {"rate": 16000, "width": 2, "channels": 0},
        {"rate": 16000, "width": 2, "channels": 99},
        {"rate": "16000", "width": 2, "channels": 1},
        {"rate": True, "width": 2, "channels": 1},
        {"rate": 16000.5, "width": 2, "channels": 1},
        {},
    ],
)
def test_threat_41_sound_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        Listening().take(Event("audio-chunk", fields, b"\0\0"))


def test_the_format_may_not_change_within_a_stream() -> None:
    listening = Listening()
    listening.take(AudioChunk(rate=16000, width=2, channels=1, audio=b"\0\0").event())
    with pytest.raises(ProtocolError, match="format changes"):
        listening.take(AudioChunk(rate=8000, width=2, channels=1, audio=b"\0\0").event())


def test_replies_are_22050_hz_in_chunks_of_2048_bytes() -> None:
    played = reply_sound(Speech(tone(440, 16000), 16000))
    assert abs(len(played) - 11025) < 50
    parts = list(chunks(played, REPLY_RATE))
    assert all(len(p.payload or b"") == CHUNK_BYTES for p in parts[:-1])
    assert b"".join(p.payload or b"" for p in parts) == played.astype("<i2").tobytes()
    assert parts[1].data["timestamp"] == 1024 * 1000 // 22050


def test_loudness_over_the_streams_own_noise() -> None:
    loudness = Loudness()
    noise = np.random.default_rng(1).normal(0, 100, 16000 * 3).astype(np.int16)
    loudness.hear(noise[:30000])
    loudness.hear(noise[30000:])
    assert -52 < loudness.noise_dbfs < -48
    loudness.hear(tone(300, 16000, 0.4))
    assert 30 < loudness.snr_db < 40
    assert Loudness().snr_db == 0
