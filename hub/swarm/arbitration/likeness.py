"""Whether two hubs heard the same sound: their outlines of loudness laid over each other.

The two stand where the hubs' shared time puts them, and may be moved by at most `SHIFT_S`: so much do microphones and
networks delay. Amplitudes are compared, not decibels, for there the voice stands out of each room's own noise.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.perception.ears.trail import LEVELS, STEP_S, amplitudes

ONSET_S: Final = 0.3
"""Wake words that began further apart than this are two."""
SHIFT_S: Final = 0.075
ALIKE: Final = 0.6
"""Correlation from which two outlines are of one sound. Measured on 60 people's "alexa" (echo, three levels, noises
of their own): quiet rooms 100 % above it, with 5 and 10 dB of kitchen noise in one of the rooms 92 %; two different
people's "alexa" within 300 ms of each other: 29 % above it, which costs one of them an answer."""
_SHIFTS: Final = sorted(range(-round(SHIFT_S / STEP_S), round(SHIFT_S / STEP_S) + 1), key=abs)
_LEAST_OVERLAP: Final = 12


def likeness(one: bytes, other: bytes, behind_s: float) -> float:
    """The greatest correlation, 0 to 1, of two outlines of which `other` ends `behind_s` seconds after `one`.

    0 for outlines that hardly overlap or say nothing (silence, steady noise).
    """
    return max(_correlations(one, other, behind_s))


def alike(one: bytes, other: bytes, behind_s: float) -> bool:
    """Whether the two outlines are of one sound."""
    if not len(one) == len(other) == LEVELS:
        return False
    return any(found >= ALIKE for found in _correlations(one, other, behind_s))


def _correlations(one: bytes, other: bytes, behind_s: float) -> Iterator[float]:
    """The correlations, those of the smallest shifts first."""
    behind = round(behind_s / STEP_S)
    a, b = amplitudes(one), amplitudes(other)
    return (_correlation(a, b, behind + shift) for shift in _SHIFTS)


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64], behind: int) -> float:
    """The correlation of what the two have in common when `b` ends `behind` steps after `a`."""
    if abs(behind) > LEVELS - _LEAST_OVERLAP:
        return 0.0
    if behind >= 0:
        a, b = a[behind:], b[: len(b) - behind]
    else:
        a, b = a[:behind], b[-behind:]
    a, b = a - a.mean(), b - b.mean()
    spread = float((a @ a) * (b @ b))
    return max(0.0, float(a @ b) / spread**0.5) if spread > 0 else 0.0
