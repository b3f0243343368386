"""What somebody says, as the file that a browser's microphone hears."""

import asyncio
import wave
from pathlib import Path

import numpy as np

from hub.bench.spoken import RATE, spoken
from hub.media.resample import Resampler

NATIVE = 48_000
ARGS = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""How a browser is started that plays aloud, and whose microphone is played."""
HALF_A_SECOND_PLAYED = "() => Number(document.querySelector('.talk').dataset.played) > 8000"


def microphone_file(path: Path, text: str) -> Path:
    """`text` spoken between two seconds of silence, at a microphone's rate."""
    resampler = Resampler(RATE, NATIVE)
    heard = np.concatenate((resampler.process(asyncio.run(spoken(text, "slt"))), resampler.finish()))
    pause = np.zeros(NATIVE, np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(NATIVE)
        file.writeframes(np.concatenate((pause, heard, pause)).astype("<i2").tobytes())
    return path
