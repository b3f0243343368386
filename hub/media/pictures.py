"""Still pictures: JPEG, PNG, WebP, BMP and GIF (its first picture) as frames, by Pillow. Only a tap imports this."""

import io
from typing import Any, BinaryIO, Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hub.core.errors import MediaError
from hub.media.frame import LONGEST_SIDE, Pixels
from hub.media.picture_kinds import is_picture

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_PIXELS: Final = 89_478_485
"""Of a picture before it is scaled down; a quarter of a GB of them."""
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_KNOWN: Final = "give a jpg, png, webp, bmp or gif picture"
_WHITE: Final = (255, 255, 255)


def read_picture(file: BinaryIO, place: str = "") -> Pixels:
    """The picture in `file` as (height, width, 3) uint8 RGB, upright, its longer side at most `LONGEST_SIDE`.

    Transparent parts are white. Raises `MediaError` that says what is wrong, before memory is taken for a picture that
    is too large; `place` is the file's name.
    """
    data = file.read(MOST_BYTES + 1)
    try:
        _check(data)
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_size(*image.size)
            return _pixels(image)
    except MediaError as error:
        raise MediaError(error.message, place=place, remedy=error.remedy) from error
    except UnidentifiedImageError as error:
        raise MediaError("this is not a picture, or a broken one", place=place, remedy=_KNOWN) from error
    except Image.DecompressionBombError as error:
        raise MediaError("the picture is too large", place=place, remedy="make it smaller") from error
    except Exception as error:  # what a decoder raises at broken data is of any kind
        why = str(error)[:200] or type(error).__name__
        raise MediaError(f"a broken or unusual picture: {why}", place=place, remedy=_KNOWN) from error


def _check(data: bytes) -> None:
    if not data:
        raise MediaError("the file is empty", remedy=_KNOWN)
    if len(data) > MOST_BYTES:
        raise MediaError("the picture's file is larger than 64 MiB", remedy="make the picture smaller")
    if not is_picture(data[:16]):
        raise MediaError("this is not a picture", remedy=_KNOWN)
    if data[:4] == b"RIFF":  # the only format whose decoder takes memory before it tells the size
        _check_size(*_webp_size(data))


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise MediaError(f"a picture of {width} x {height} pixels", remedy=_KNOWN)
    if width * height > MOST_PIXELS:
        raise MediaError(f"a picture of {width} x {height} pixels is too large", remedy="make it smaller")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height by the first chunk (RFC 9649)."""
    kind, body = data[12:16], data[20:30]
    if len(body) == 10:
        if kind == b"VP8X":
            return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        if kind == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if kind == b"VP8 ":
            return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise MediaError("a broken or unusual webp picture", remedy=_KNOWN)


def _pixels(image: Any) -> Pixels:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a half, a quarter, an eighth
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits of grey
        image = Image.fromarray((np.clip(np.asarray(image), 0, 65_535) >> 8).astype(np.uint8))
    elif "A" in image.mode or "transparency" in image.info:
        opaque = image.convert("RGBA")
        image = Image.new("RGB", image.size, _WHITE)
        image.paste(opaque, mask=opaque.getchannel("A"))
    image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return np.array(image, np.uint8)
