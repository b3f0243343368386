"""Sound as the acoustic model likes it: nothing else's tail at its beginning, and a little noise in dead silence.

Sound is int16 mono at 16 kHz throughout.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.perception.speech.recognizer import Pcm

_FRAME: Final = 160  # 10 ms
_HEAD_FRAMES: Final = 85
"""The tail of what came before is looked for in these."""
_LONGEST_TAIL: Final = 50
_PAUSE: Final = 12
_LOUD_DB: Final = 12.0
_NEAR_FLOOR_DB: Final = 7.0
_NOISE_BELOW_DB: Final = 42.0
"""How far under the loudest speech the noise lies: more hides consonants, less leaves digital silence as it is."""
_QUIETEST_DB, _LOUDEST_DB = 5.0, 35.0


def levels(pcm: Pcm) -> NDArray[np.float64]:
    """The level of each whole 10 ms in dB over one step of a sample, the offset taken out."""
    frames = pcm[: len(pcm) // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    frames -= frames.mean(axis=1, keepdims=True)
    power: NDArray[np.float64] = np.maximum(np.square(frames).mean(axis=1), 1.0)
    return 10.0 * np.log10(power)


def tail_length(pcm: Pcm) -> int:
    """Samples at the start that are the end of something else: loud at once, then a pause of at least 120 ms.

    What follows a wake word or a beep may begin with its end or its echo, which a grammar would take for a word. 0
    where there are less than 850 ms, or where the sound begins quietly or goes on without a pause.
    """
    level = levels(pcm[: _HEAD_FRAMES * _FRAME])
    if len(level) < _HEAD_FRAMES:
        return 0
    level = np.convolve(np.pad(level, 2, "edge"), np.ones(5) / 5, "valid")
    floor = float(level.min())
    if level[:9].max() < floor + _LOUD_DB:
        return 0
    near = level < floor + _NEAR_FLOOR_DB
    for frame in range(4, _LONGEST_TAIL):
        if near[frame : frame + _PAUSE].all():
            return frame * _FRAME
    return 0


def may_be_tail(pcm: Pcm) -> bool:
    """Whether `pcm` is loud from its first sample on and too short for `tail_length` to say what of it is a tail."""
    level = levels(pcm[: _HEAD_FRAMES * _FRAME])
    return 0 < len(level) < _HEAD_FRAMES and float(level[:9].max()) >= float(level.min()) + _LOUD_DB


def with_noise(pcm: Pcm) -> Pcm:
    """`pcm` with faint noise far under its speech, clipped to int16; the same sound gets the same noise."""
    level = levels(pcm)
    loudest = float(np.percentile(level, 95)) if len(level) else 0.0
    decibel = min(max(loudest - _NOISE_BELOW_DB, _QUIETEST_DB), _LOUDEST_DB)
    noise = np.random.default_rng(0).normal(0.0, 10.0 ** (decibel / 20.0), len(pcm))
    return np.clip(np.rint(pcm + noise), -32768, 32767).astype(np.int16)
