"""Recordings as arrays, and noise mixed under them: what the accuracy benchmarks hear.

Levels: the signal-to-noise ratio of a short utterance is the mean power of its loudest 0.3 s (its vowels; pauses
before and after must not count) to the mean power of the piece of noise that lies under it. Which piece that is
depends on the clip's number alone, so every run and every engine hears the same mixture.
"""

import os
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import UsageError
from hub.media.decode import AudioFile

RATE: Final = 16_000
LOUDEST_S: Final = 0.3
_STRIDE: Final = 314_187  # samples from one clip's piece of noise to the next one's
_SUFFIXES: Final = frozenset({".wav", ".flac", ".mp3", ".ogg"})

Sound = NDArray[np.int16]


def recordings(*parts: str) -> Path:
    """A folder below `$HEARTH_DATA`; `UsageError` where there is none."""
    root = os.environ.get("HEARTH_DATA", "")
    folder = Path(root, *parts)
    if not root or not folder.exists():
        remedy = "set HEARTH_DATA to a folder laid out as docs/data.md says"
        raise UsageError("the real recordings are not on this machine", place=str(folder), remedy=remedy)
    return folder


def clips(folder: Path) -> list[Path]:
    """The sound files of a folder, by name."""
    return sorted(p for p in folder.iterdir() if p.suffix in _SUFFIXES)


def read(path: Path) -> Sound:
    """A sound file as 16 kHz mono."""
    with AudioFile(path) as file:
        pieces = list(file.read())
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def padded(sound: Sound, before_s: float = 1.5, after_s: float = 1.0) -> Sound:
    """The sound with digital silence around it."""
    silence = [np.zeros(int(s * RATE), np.int16) for s in (before_s, after_s)]
    return np.concatenate([silence[0], sound, silence[1]])


def loudest_power(sound: Sound) -> float:
    """Mean power of the loudest 0.3 s (of all of it, when it is shorter)."""
    energy = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2)])
    length = min(int(LOUDEST_S * RATE), len(sound))
    return float((energy[length:] - energy[:-length]).max() / length) if length else 0.0


def piece(noise: Sound, number: int, length: int) -> NDArray[np.float64]:
    """The `length` samples of the noise that belong to clip `number`."""
    begin = number * _STRIDE % max(1, len(noise) - length)
    return np.resize(noise[begin : begin + length].astype(np.float64), length)


def mixed(sound: Sound, noise: Sound, number: int, snr_db: float) -> Sound:
    """The sound, padded, with noise under all of it; scaled down as a whole where it would clip.

    `number` is the clip's own: it chooses the piece of noise.
    """
    speech = padded(sound).astype(np.float64)
    under = piece(noise, number, len(speech))
    power = max(float(np.mean(under**2)), 1e-9)
    mixture = speech + under * np.sqrt(loudest_power(sound) / power / 10 ** (snr_db / 10))
    level = min(1.0, 32767 / max(float(np.abs(mixture).max()), 1.0))
    quantised: Sound = (mixture * level).round().astype(np.int16)
    return quantised
