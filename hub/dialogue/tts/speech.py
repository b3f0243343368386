"""What every engine of speech gives, and what they share: bounds on text and sound."""

import struct
from typing import Final, NamedTuple, Protocol

import numpy as np

from hub.core.errors import UnavailableError
from hub.media.chunk import Pcm

MAX_TEXT: Final = 1000
"""Characters that are spoken in one go."""
MAX_SECONDS: Final = 120
"""Longest speech; an engine that gives more is cut off."""
TIMEOUT_SECONDS: Final = 20.0
_HEADER: Final = 44


class Speech(NamedTuple):
    """Spoken text: int16 mono `samples` at `rate` Hz."""

    samples: Pcm
    rate: int

    @property
    def seconds(self) -> float:
        """How long it takes to say."""
        return len(self.samples) / self.rate


class Engine(Protocol):
    """Something that speaks. Cancelling the call stops the engine."""

    name: str

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        """`text` spoken. Raises `UnavailableError` when the engine fails, is missing or takes too long."""
        ...


def speakable(text: str) -> str:
    """`text` as one line of bounded length, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:MAX_TEXT]).split())


def silence(rate: int = 16_000) -> Speech:
    """Nothing said."""
    return Speech(np.zeros(0, np.int16), rate)


def from_wav(data: bytes, engine: str) -> Speech:
    """A 16-bit mono wav file as an engine writes it to a pipe, its length fields not to be trusted.

    Raises `UnavailableError` when it is anything else.
    """
    fail = UnavailableError(f"{engine} gave no sound", remedy=f"try {engine} by hand")
    if len(data) < _HEADER or data[:4] != b"RIFF" or data[8:16] != b"WAVEfmt ":
        raise fail
    size, kind, channels, rate, _, _, bits = struct.unpack("<IHHIIHH", data[16:36])
    start = data.find(b"data", 20 + size)
    if kind != 1 or channels != 1 or bits != 16 or not 4_000 <= rate <= 192_000 or start < 0:
        raise fail
    sound = data[start + 8 : start + 8 + 2 * MAX_SECONDS * rate]
    return Speech(np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.int16), int(rate))
