"""openWakeWord's mel spectrogram: an FFT in place of its graph's convolutions with sine and cosine.

The graph in `melspectrogram.onnx` computes a windowed DFT by two convolutions of 512 x 257 weights and limits every
call's output to 80 dB below that call's maximum. The window and the mel matrix are read from the graph; whether its
convolutions are that DFT is checked, not believed.
"""

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError
from hub.perception.wake.detection import FRAME

HOP = 160
ROWS = FRAME // HOP
"""Mel rows a step."""
CONTEXT = 3 * HOP
"""Samples before a frame that its first rows reach back to."""
_FFT = 512
_BINS = 32
_OFFSETS = HOP * np.arange(ROWS)[:, None] + np.arange(_FFT)[None, :]


class MelFrontEnd:
    """Mel rows for many frames at once, each frame limited to 80 dB below its own maximum as the graph does it."""

    def __init__(self, graph: bytes) -> None:
        """Read window and mel matrix from the bytes of `melspectrogram.onnx`; `ModelError` if it is another graph."""
        import onnx
        from onnx import numpy_helper

        weights = {i.name: numpy_helper.to_array(i) for i in onnx.load_from_string(graph).graph.initializer}
        kernels = [w[:, 0] for w in weights.values() if w.shape == (_FFT // 2 + 1, 1, _FFT)]
        mels = [w for w in weights.values() if w.shape == (_FFT // 2 + 1, _BINS)]
        if len(kernels) != 2 or len(mels) != 1 or not _is_dft(*kernels):
            raise ModelError("this is not the mel spectrogram of openWakeWord", remedy="run `hearth models verify`")
        self._window = np.ascontiguousarray(kernels[0][0], np.float32)
        self._mel = np.ascontiguousarray(mels[0], np.float32)

    def rows(self, chunks: NDArray[np.int16], first: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Chunks of CONTEXT + FRAME samples, shape (n, 1760) -> mel rows, shape (n, 8, 32).

        Where `first` (shape (n,)) is true the chunk is the first of its stream: its context never sounded, and the
        three rows that reach into it are the ones with which the reference's buffer starts.
        """
        framed = chunks.astype(np.float32)[:, _OFFSETS] * self._window
        spectrum = np.fft.rfft(framed, axis=-1)
        power = spectrum.real**2 + spectrum.imag**2
        level = 10 * np.log10(np.maximum(power @ self._mel, np.float32(1e-10)))
        level[first, : CONTEXT // HOP] = -np.inf  # they must not count for the maximum
        level = np.maximum(level, level.max(axis=(1, 2), keepdims=True) - 80)
        mel: NDArray[np.float32] = (level / 10 + 2).astype(np.float32, copy=False)
        mel[first, : CONTEXT // HOP] = 1
        return mel


def _is_dft(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    """Whether the two kernels are the real and the imaginary part of one window's DFT."""
    angle = 2 * np.pi / _FFT * np.outer(np.arange(_FFT // 2 + 1), np.arange(_FFT))
    window = a[0]
    real = np.allclose(a, window * np.cos(angle), atol=1e-5)
    return bool(real and np.allclose(np.abs(b), np.abs(window * np.sin(angle)), atol=1e-5))
