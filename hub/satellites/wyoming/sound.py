"""Sound of the wire as samples, and samples as sound of the wire."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event

from hub.core.errors import MediaError, ProtocolError
from hub.dialogue.tts.speech import Speech
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.resample import Resampler

REPLY_RATE: Final = 22_050
CHUNK_BYTES: Final = 2_048
MAX_CHANNELS: Final = 8


class Listening:
    """Turns the audio-chunks of one stream into 16 kHz mono samples; their format must not change within it."""

    def __init__(self) -> None:
        self._format: tuple[int, int, int] | None = None
        self._resampler: Resampler | None = None
        self.samples = 0  # at 16 kHz, so far

    def take(self, event: Event) -> Pcm:
        """The samples of an audio-chunk. Raises `ProtocolError` for sound that cannot be."""
        found = _format(event)
        if self._format is None:
            try:
                self._resampler = Resampler(found[0])
            except MediaError as error:
                raise ProtocolError(error.message, remedy=error.remedy) from error
            self._format = found
        elif found != self._format:
            raise ProtocolError("the sound's format changes", remedy="send audio-start before another format")
        assert self._resampler is not None
        samples = self._resampler.process(mono(event.payload or b"", found[1], found[2]))
        self.samples += len(samples)
        return samples

    @property
    def seconds(self) -> float:
        """How much was taken."""
        return self.samples / SAMPLE_RATE


def _format(event: Event) -> tuple[int, int, int]:
    rate, width, channels = (_whole(event, key) for key in ("rate", "width", "channels"))
    if width not in (1, 2, 3, 4) or not 1 <= channels <= MAX_CHANNELS:
        raise ProtocolError(f"sound of {width} bytes and {channels} channels", remedy="send 16-bit mono")
    return rate, width, channels


def _whole(event: Event, key: str) -> int:
    value: Any = event.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31:
        raise ProtocolError(f"{event.type}: {key} is no whole number", remedy="send rate, width and channels")
    return value


def mono(payload: bytes, width: int, channels: int) -> Pcm:
    """PCM of 1 to 4 bytes a sample (8 bit unsigned, the rest signed) as int16 of one channel; a rest is cut off."""
    frame = width * channels
    payload = payload[: len(payload) // frame * frame]
    if width == 1:
        wide = (np.frombuffer(payload, np.uint8).astype(np.int16) - 128) << 8
    elif width == 2:
        wide = np.frombuffer(payload, "<i2").astype(np.int16)
    elif width == 3:
        raw = np.frombuffer(payload, np.uint8).reshape(-1, 3)
        wide = np.ascontiguousarray(raw[:, 1:]).view("<i2").reshape(-1).astype(np.int16)
    else:
        wide = (np.frombuffer(payload, "<i4") >> 16).astype(np.int16)
    if channels == 1:
        return wide
    mixed: Pcm = np.rint(wide.reshape(-1, channels).mean(axis=1)).astype(np.int16)
    return mixed


def reply_sound(speech: Speech) -> Pcm:
    """The speech at the rate that satellites play."""
    if speech.rate == REPLY_RATE:
        return speech.samples
    resampler = Resampler(speech.rate, REPLY_RATE)
    return np.concatenate((resampler.process(speech.samples), resampler.finish()))


def start(rate: int, timestamp: int | None = None) -> Event:
    """audio-start of 16-bit mono."""
    return AudioStart(rate=rate, width=2, channels=1, timestamp=timestamp).event()


def chunks(samples: Pcm, rate: int, first_ms: int = 0) -> Iterator[Event]:
    """audio-chunks of 16-bit mono, 2,048 bytes each."""
    data = samples.astype("<i2").tobytes()
    for at in range(0, len(data), CHUNK_BYTES):
        timestamp = first_ms + at // 2 * 1000 // rate
        part = data[at : at + CHUNK_BYTES]
        yield AudioChunk(rate=rate, width=2, channels=1, audio=part, timestamp=timestamp).event()


def stop(timestamp: int | None = None) -> Event:
    """audio-stop."""
    return AudioStop(timestamp=timestamp).event()
