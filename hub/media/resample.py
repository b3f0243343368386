"""Any sampling rate to another, chunk by chunk, as if the stream had come in one piece."""

import math
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from hub.core.errors import MediaError
from hub.media.chunk import SAMPLE_RATE, Pcm

LOWEST_RATE: Final = 4_000
HIGHEST_RATE: Final = 192_000
_ZERO_CROSSINGS: Final = 16  # of the sinc, to each side
_KAISER_BETA: Final = 9.0  # 90 dB down outside the band
_ROLL_OFF: Final = 0.93  # the pass band's end, as a part of the lower Nyquist frequency
_MOST_WEIGHTS: Final = 2_000_000  # more phases than that: a rate that no device has
_BLOCK: Final = 8_192  # output samples at a time: bounds the memory that a long chunk takes


class Resampler:
    """Mono int16 at `source_rate` to mono int16 at `rate` with a polyphase windowed sinc.

    The output depends on the samples alone, not on how they were cut into chunks. It has no delay: the first output
    sample is the first input sample's moment. Method: Smith, "Digital Audio Resampling", CCRMA 1984.
    """

    def __init__(self, source_rate: int, rate: int = SAMPLE_RATE) -> None:
        """Raises `MediaError` for a source rate outside `LOWEST_RATE` to `HIGHEST_RATE`."""
        if not LOWEST_RATE <= source_rate <= HIGHEST_RATE:
            raise MediaError(f"sound at {source_rate} Hz", remedy=f"use a rate from {LOWEST_RATE} to {HIGHEST_RATE} Hz")
        common = math.gcd(source_rate, rate)
        self._up, self._down = rate // common, source_rate // common
        if self._up * _reach(self._up, self._down) > _MOST_WEIGHTS:
            raise MediaError(f"sound at {source_rate} Hz", remedy="use a usual rate, such as 16000, 44100 or 48000 Hz")
        self._filters = _filters(self._up, self._down)  # phase x tap, earliest sample first
        taps = self._filters.shape[1]
        self._ahead = taps // 2  # samples after an output's moment that it needs
        self._kept = np.zeros(taps - self._ahead - 1, np.float32)  # input that the next outputs need, oldest first
        self._first = -len(self._kept)  # position of `_kept[0]` in the input
        self._next = 0  # position of the next output sample
        self._seen = 0

    def process(self, samples: Pcm) -> Pcm:
        """The output that `samples`, after all before them, make possible; shorter or longer by the filter's reach."""
        if self._up == self._down:
            return samples
        self._seen += len(samples)
        return self._run(samples)

    def finish(self) -> Pcm:
        """The rest of the output, once the input has ended. The resampler is done then."""
        if self._up == self._down:
            return np.zeros(0, np.int16)
        wanted = -(-self._seen * self._up // self._down)
        rest = self._run(np.zeros(self._ahead + 1, np.int16))
        surplus = max(0, self._next - wanted)
        return rest[: len(rest) - surplus]

    def _run(self, samples: Pcm) -> Pcm:
        data = np.concatenate((self._kept, samples.astype(np.float32)))
        last = self._first + len(data) - 1 - self._ahead  # newest input position whose neighbours are all here
        count = max(0, (last * self._up + self._up - 1) // self._down - self._next + 1) if last >= 0 else 0
        out = np.empty(count, np.int16)
        for begin in range(0, count, _BLOCK):
            moments = (self._next + np.arange(begin, min(count, begin + _BLOCK))) * self._down
            out[begin : begin + _BLOCK] = self._outputs(data, moments)
        self._next += count
        oldest = self._next * self._down // self._up - (self._filters.shape[1] - self._ahead - 1)
        drop = min(max(0, oldest - self._first), len(data))
        self._kept = data[drop:].copy()
        self._first += drop
        return out

    def _outputs(self, data: NDArray[np.float32], moments: NDArray[np.int64]) -> NDArray[np.float64]:
        taps = self._filters.shape[1]
        starts = moments // self._up - (taps - self._ahead - 1) - self._first
        windows = sliding_window_view(data, taps)[starts]
        exact = np.einsum("ij,ij->i", windows, self._filters[moments % self._up], dtype=np.float64)
        clipped: NDArray[np.float64] = np.clip(np.rint(exact), -32768, 32767)
        return clipped


def _cutoff(up: int, down: int) -> float:
    return _ROLL_OFF * min(1.0, up / down)  # as a part of the input's Nyquist frequency


def _reach(up: int, down: int) -> int:
    return math.ceil(_ZERO_CROSSINGS / _cutoff(up, down))  # input samples to each side


def _filters(up: int, down: int) -> NDArray[np.float32]:
    """For each phase the taps that weigh the input samples around an output sample, earliest first."""
    cutoff, reach = _cutoff(up, down), _reach(up, down)
    offsets = np.arange(-reach, reach + 1)[None, :] - np.arange(up)[:, None] / up  # input samples from the moment
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (offsets / (reach + 1)) ** 2, 0, None))) / np.i0(_KAISER_BETA)
    taps = cutoff * np.sinc(cutoff * offsets) * window
    normalised: NDArray[np.float32] = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return normalised
