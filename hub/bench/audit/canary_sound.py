"""The canary sound: a burst of noise, then a command spoken over noise, each run another."""

import base64
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.bench.audit.trace import WINDOW, Canary, Trace, number_traces
from hub.core.bundled import bundled
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.file_source import FileSource

SPOKEN: Final = "clips/01_light_on.flac"
SAID: Final = "turn on the kitchen light"
_BURST_S: Final = 0.4
_BURST: Final = 3_000
_UNDER: Final = 24
"""Noise under the words, in steps of 32768: nobody hears it, and no window of them is like any other recording's."""
_APART: Final = 400
"""Samples from one window to the next: 25 ms, so that a packet or a page of a database has one whole."""


async def canary_sound(rng: np.random.Generator, spoken: Path | None = None) -> Pcm:
    """Samples that have never been heard before. Raises `MediaError` when the recording cannot be read."""
    burst = rng.integers(-_BURST, _BURST, round(_BURST_S * SAMPLE_RATE))
    words = await _samples(spoken or bundled("config") / "demo" / SPOKEN)
    under = rng.integers(-_UNDER, _UNDER + 1, len(words) + SAMPLE_RATE)  # a second of the room after the words
    words = np.concatenate([words, np.zeros(SAMPLE_RATE)]) + under
    quiet = rng.integers(-_UNDER, _UNDER + 1, SAMPLE_RATE // 2)
    samples: Pcm = np.clip(np.concatenate([burst, quiet, words]), -32_768, 32_767).astype(np.int16)
    return samples


async def _samples(file: Path) -> NDArray[np.float64]:
    source = FileSource(file, "canary")
    try:
        return np.concatenate([chunk.samples.astype(np.float64) async for chunk in source])
    finally:
        await source.close()


def of_sound(samples: Pcm) -> Canary:
    """What to look for, so that 60 ms of it in a row are found wherever they begin."""
    windows = [samples[at : at + WINDOW] for at in range(0, len(samples) - WINDOW, _APART)]
    return Canary("sound", (*number_traces(windows, 32_768.0), *_coarse(samples)))


def _coarse(samples: Pcm) -> Iterator[Trace]:
    """8 bits a sample, of the burst alone: where it is quiet they are all alike."""
    burst = samples[: round(_BURST_S * SAMPLE_RATE)]
    for at in range(0, len(burst) - 2 * WINDOW, _APART):
        high = burst[at : at + 2 * WINDOW] >> 8
        yield Trace("8-bit samples", high.astype(np.int8).tobytes())
        yield Trace("8-bit wav", (high + 128).astype(np.uint8).tobytes())


def written(samples: Pcm) -> Iterator[tuple[str, bytes]]:
    """The whole sound as programs write sound down."""
    floats = (samples / 32_768).astype("<f4")
    wav = io.BytesIO()
    with wave.open(wav, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    yield "wav", wav.getvalue()
    yield "float32", floats.tobytes()
    yield "base64", base64.encodebytes(samples.tobytes()).replace(b"\n", b"")
    yield "hexadecimal", samples.tobytes().hex().encode()
    yield "JSON", json.dumps(samples.tolist()).encode()
    yield "JSON bytes", json.dumps({"audio": base64.b64encode(floats.tobytes()).decode()}).encode()
