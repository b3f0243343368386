"""`VideoFrame`: one picture on its way through the hub."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import MediaError
from hub.media.raw import RawMedia

LONGEST_SIDE: Final = 1920
"""Pixels of a frame's longer side, at most; larger pictures are scaled down."""

LATEST_S: Final = 1e9
"""Seconds of a frame's time, at most, either way: a third of a century, and no arithmetic with it overflows."""

Pixels = NDArray[np.uint8]
"""Rows from the top, columns from the left, then red, green and blue."""


class VideoFrame(RawMedia):
    """A picture of a stream: `pixels` (height, width, 3) uint8 RGB, taken at second `t`.

    Not an event: it cannot leave RAM by the bus, pickle, JSON, a log line or a repr. `release()` zeroes the pixels.
    """

    __slots__ = ("pixels", "stream", "t")

    pixels: Pixels
    stream: str
    t: float

    def __init__(self, pixels: NDArray[Any], stream: str, t: float) -> None:
        """Takes over `pixels`: the giver must not use them again. Raises `MediaError` when not uint8 RGB."""
        super().__init__()
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise MediaError(f"a frame of {pixels.dtype}, {pixels.shape}", remedy="give uint8 (height, width, 3) RGB")
        self.pixels = pixels if pixels.flags.writeable else pixels.copy()
        self.stream = stream
        self.t = t

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels.shape[0])

    def __len__(self) -> int:
        return len(self.pixels)

    def release(self) -> None:
        """Zero the pixels and let go of them. The frame is empty afterwards."""
        self.pixels[:] = 0
        self.pixels = self.pixels[:0]
