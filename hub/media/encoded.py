"""`EncodedPicture`: a picture as it came over a network, on its way to the process that decodes it."""

from typing import Final

from hub.core.errors import MediaError
from hub.media.raw import RawMedia

MOST_BYTES: Final = 256 * 1024
"""Of one picture: 640 x 480 of pure noise as a JPEG of high quality are less."""


class EncodedPicture(RawMedia):
    """A picture that nobody has looked at, `data` being whatever was sent as one.

    Not an event, and nothing that the hub decodes: only a tap does. `release()` zeroes it.
    """

    __slots__ = ("data",)

    data: bytearray

    def __init__(self, data: bytes) -> None:
        """Copies `data`. Raises `MediaError` when it is empty or larger than `MOST_BYTES`."""
        super().__init__()
        if not 0 < len(data) <= MOST_BYTES:
            raise MediaError(f"a picture of {len(data)} bytes", remedy=f"send a JPEG of at most {MOST_BYTES} bytes")
        self.data = bytearray(data)

    def __len__(self) -> int:
        return len(self.data)

    def release(self) -> None:
        """Zero the bytes and let go of them. The picture is empty afterwards."""
        self.data[:] = bytes(len(self.data))
        self.data = bytearray()
