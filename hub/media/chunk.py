"""`AudioChunk`: a piece of sound on its way through the hub."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import MediaError
from hub.media.raw import RawMedia

SAMPLE_RATE: Final = 16_000
"""Samples a second of all sound inside the hub."""

Pcm = NDArray[np.int16]
"""Mono samples at `SAMPLE_RATE`."""


class AudioChunk(RawMedia):
    """Some samples of a stream: int16, mono, 16 kHz, in `samples` (one axis); `t` is the first one's second.

    Not an event: it cannot leave RAM by the bus, pickle, JSON, a log line or a repr. `release()` zeroes the samples.
    """

    __slots__ = ("samples", "stream", "t")

    samples: Pcm
    stream: str
    t: float

    def __init__(self, samples: NDArray[Any], stream: str, t: float) -> None:
        """Takes over `samples`: the giver must not use them again. Raises `MediaError` when not int16 mono."""
        super().__init__()
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise MediaError(
                f"a chunk of {samples.dtype} in {samples.ndim} dimensions", remedy="give int16 samples of one channel"
            )
        self.samples = samples if samples.flags.writeable else samples.copy()
        self.stream = stream
        self.t = t

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE

    def __len__(self) -> int:
        return len(self.samples)

    def release(self) -> None:
        """Zero the samples and let go of them. The chunk is empty afterwards."""
        self.samples[:] = 0
        self.samples = self.samples[:0]
