"""Sound as the acoustic model likes it: with a little noise, for digital silence between words misleads it."""

from typing import Final

import numpy as np

from hub.perception.speech.recognizer import Pcm

NOISE_BELOW_DB: Final = 24.0
"""How far under the sound's own level the noise is."""


def with_noise(pcm: Pcm) -> Pcm:
    """`pcm` with noise `NOISE_BELOW_DB` under its level; the same sound gets the same noise."""
    sound = pcm.astype(np.float32)
    level = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    noise = np.random.default_rng(0).normal(0.0, level * 10 ** (-NOISE_BELOW_DB / 20), len(pcm))
    return np.clip(np.rint(sound + noise), -32768, 32767).astype(np.int16)
