"""A picture that a page sent, decoded: a plain JPEG of modest size, and nothing else. Only a tap imports this."""

import io
from typing import Final

import numpy as np
from PIL import Image

from hub.core.errors import MediaError
from hub.media.frame import Pixels

MOST_SIDE: Final = 1280
"""Pixels of its longer side: four times as many as the eyes have a use for."""
_KNOWN: Final = "send a plain JPEG, as a canvas makes it"


def read_page_picture(data: bytes | bytearray) -> Pixels:
    """The picture as (height, width, 3) uint8 RGB. Raises `MediaError` for all that a page's canvas does not make.

    Size and kind are looked at before anything is decoded. Pictures that come in many passes are refused: a few bytes
    can ask for thousands of passes over the whole picture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if image.format != "JPEG" or image.mode not in ("RGB", "L") or image.info.get("progressive"):
                raise MediaError("a picture of an unusual kind", remedy=_KNOWN)
            if not (1 <= image.width <= MOST_SIDE and 1 <= image.height <= MOST_SIDE):
                raise MediaError(f"a picture of {image.width} x {image.height} pixels", remedy=_KNOWN)
            return np.array(image.convert("RGB"), np.uint8)
    except MediaError:
        raise
    except Exception as error:  # what a decoder raises at broken data is of any kind
        raise MediaError("this is not a picture, or a broken one", remedy=_KNOWN) from error
