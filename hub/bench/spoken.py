"""Commands as flite's voices say them in a quiet room: the same words and seed give the same samples every time.

The levels are those of the demo home's own clips (config/demo/make_clips.py): speech at half of full scale, half a
second of the room before it and a second after, the room's noise 38 dB under the speech everywhere, because digital
silence misleads recognisers.
"""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.dialogue.tts.flite import Flite
from hub.media.resample import Resampler

VOICES: Final = ("slt", "rms", "awb", "kal16")
RATE: Final = 16_000
LEAD_S, TAIL_S = 0.5, 1.0
PEAK: Final = 0.5
NOISE_BELOW_DB: Final = 38.0
_AUDIBLE: Final = 0.02  # of full scale: what counts as speech when its loudness is taken

Sound = NDArray[np.int16]


async def spoken(text: str, voice: str) -> Sound:
    """`text` by one of `VOICES` as a microphone would have it: int16 mono at 16 kHz.

    Raises `UnavailableError` where flite is not installed.
    """
    speech = await Flite(voice).synthesize(text)
    resampler = Resampler(speech.rate)
    samples = np.concatenate([resampler.process(speech.samples), resampler.finish()])
    return recorded(samples.astype(np.float64) / 32768, seed=zlib.crc32(f"{voice}: {text}".encode()))


def recorded(speech: NDArray[np.float64], *, seed: int) -> Sound:
    """Speech (-1 to 1, at 16 kHz) with a quiet room before, under and after it."""
    speech = speech * (PEAK / max(float(np.abs(speech).max(initial=0.0)), 1e-9))
    loud = speech[np.abs(speech) > _AUDIBLE]
    level = np.sqrt(np.mean(loud**2)) * 10 ** (-NOISE_BELOW_DB / 20) if len(loud) else 0.0
    room = np.concatenate([np.zeros(round(LEAD_S * RATE)), speech, np.zeros(round(TAIL_S * RATE))])
    noise = np.random.default_rng(seed).normal(0.0, level, len(room))
    return np.clip(np.round((room + noise) * 32767), -32768, 32767).astype(np.int16)
