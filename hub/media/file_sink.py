"""A wav file as a sink: what the hub itself says, where somebody asked for it on disk."""

import asyncio
import wave
from pathlib import Path

import numpy as np

from hub.core.errors import MediaError
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.resample import Resampler


class FileSink:
    """Appends what is played to one 16-bit mono wav file at `rate` Hz."""

    def __init__(self, path: Path, *, rate: int = SAMPLE_RATE) -> None:
        """Raises `MediaError` when the file cannot be written."""
        self._rate = rate
        try:
            self._raw = path.open("wb")
        except OSError as error:
            raise MediaError(
                error.strerror or str(error), place=str(path), remedy="name a file that can be written"
            ) from error
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115 -- closed by close()
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(rate)

    async def play(self, samples: Pcm, rate: int) -> None:
        """Append `samples`, int16 mono at `rate` Hz."""
        await asyncio.to_thread(self._write, samples, rate)

    def _write(self, samples: Pcm, rate: int) -> None:
        if rate != self._rate:
            resampler = Resampler(rate, self._rate)
            samples = np.concatenate((resampler.process(samples), resampler.finish()))
        self._file.writeframes(samples.astype("<i2").tobytes())

    async def close(self) -> None:
        """Finish the file."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._file.close()
        self._raw.close()
