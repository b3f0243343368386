"""What a page may send as a picture, and what it may not."""

import numpy as np
import pytest
from PIL import Image

from hub.core.errors import MediaError, RawMediaError
from hub.media.encoded import MOST_BYTES, EncodedPicture
from hub.media.page_picture import MOST_SIDE, read_page_picture
from tests.media.picture_files import CORNERS, corners_of, encoded, four_corners

JPEG = encoded("JPEG", quality=90)


def claiming(width: int, height: int) -> bytes:
    """A JPEG whose header says that it is of this size."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + JPEG[at + 4 :]


def test_a_canvas_picture_is_decoded_as_it_was_drawn() -> None:
    pixels = read_page_picture(JPEG)
    assert (pixels.shape, pixels.dtype) == ((48, 64, 3), np.uint8)
    assert corners_of(pixels) == [tuple(float(part // 127 * 127.5) for part in colour) for colour in CORNERS]
    grey = read_page_picture(encoded("JPEG", Image.fromarray(four_corners()).convert("L")))
    assert grey.shape == (48, 64, 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        JPEG[: len(JPEG) // 2],
        encoded("PNG"),
        encoded("WEBP"),
        encoded("GIF"),
        encoded("JPEG", progressive=True),
        encoded("JPEG", Image.new("CMYK", (64, 48))),
        encoded("JPEG", Image.new("RGB", (MOST_SIDE + 1, 8))),
        claiming(65_535, 65_535),
        claiming(0, 48),
    ],
)
def test_threat_41_what_no_canvas_makes_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        read_page_picture(data)


@pytest.mark.parametrize("size", [0, MOST_BYTES + 1])
def test_a_picture_is_of_a_bounded_size(size: int) -> None:
    with pytest.raises(MediaError):
        EncodedPicture(bytes(size))


def test_a_picture_that_came_stays_in_memory_and_is_zeroed() -> None:
    picture = EncodedPicture(JPEG)
    with pytest.raises(RawMediaError):
        bytes(picture)
    held = picture.data
    picture.release()
    assert held == bytes(len(JPEG))
    assert len(picture) == 0
