import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hub.core.errors import MediaError
from hub.media.pictures import MOST_BYTES, is_picture, read_picture
from tests.media.picture_files import CORNERS, corners_of, encoded, four_corners

UPRIGHT = list(CORNERS)


def read(data: bytes) -> Any:
    return read_picture(io.BytesIO(data), "hand.jpg")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("BMP", {}),
        ("GIF", {}),
    ],
)
def test_pictures_of_every_format_are_read(form: str, options: dict[str, Any]) -> None:
    data = encoded(form, **options)
    assert is_picture(data[:16])
    pixels = read(data)
    assert (pixels.shape, pixels.dtype) == ((48, 64, 3), np.uint8)
    assert corners_of(pixels) == UPRIGHT
    assert pixels.flags.writeable


@pytest.mark.parametrize(
    ("mode", "form"),
    [("L", "PNG"), ("1", "PNG"), ("P", "GIF"), ("LA", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP"), ("CMYK", "JPEG"),
     ("L", "JPEG"), ("P", "BMP"), ("I;16", "PNG"), ("PA", "PNG")],
)  # fmt: skip
def test_pictures_of_every_kind_of_colour_are_read(mode: str, form: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((48, 64), 51_400, np.uint16))
    elif mode == "PA":
        image = Image.new("RGBA", (64, 48), (200, 200, 200, 255)).quantize()
    else:
        image = Image.new("RGB", (64, 48), (200, 200, 200)).convert(mode)
    pixels = read(encoded(form, image))
    assert pixels.shape == (48, 64, 3)
    assert abs(int(pixels.mean()) - (255 if mode == "1" else 200)) <= 56 * (mode == "1") + 2


def test_transparent_parts_are_white() -> None:
    image = Image.new("RGBA", (64, 48), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 32, 48))
    pixels = read(encoded("PNG", image))
    assert tuple(pixels[10, 10]) == (0, 0, 255)
    assert tuple(pixels[10, 60]) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright_however_the_camera_was_held(orientation: int) -> None:
    turned = four_corners()
    undo = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: np.rot90(p, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(undo(turned)))
    assert corners_of(read(encoded("JPEG", image, exif=exif, quality=95))) == UPRIGHT


def test_the_first_picture_of_an_animated_one_counts() -> None:
    pictures = [Image.new("RGB", (32, 32), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    for form in ("GIF", "WEBP"):
        pixels = read(encoded(form, pictures[0], save_all=True, append_images=pictures[1:]))
        assert pixels[5, 5, 0] > 200
        assert pixels[5, 5, 1] < 50


@pytest.mark.parametrize("size", [(4000, 3000), (100, 5000), (1921, 1)])
def test_large_pictures_are_scaled_down(size: tuple[int, int]) -> None:
    for form in ("JPEG", "PNG"):
        height, width = read(encoded(form, Image.new("RGB", size, (10, 200, 30)))).shape[:2]
        assert max(width, height) == 1920
        assert abs(width / height - size[0] / size[1]) <= size[0] / size[1] / min(width, height)


def png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    image = chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + image + chunk(b"IEND", b"")


def enlarged(form: str) -> bytes:
    """A small picture whose header says 65,535 x 65,535, or what the format can say at most."""
    data = bytearray(encoded(form))
    if form == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = b"\xff" * 4
    elif form == "BMP":
        data[18:26] = struct.pack("<II", 65_535, 65_535)
    elif form == "GIF":
        data[6:10] = b"\xff" * 4
    else:
        at = data.index(b"\x9d\x01\x2a") + 3
        data[at : at + 4] = b"\xff" * 4
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [png_of(65_535, 65_535), png_of(0x7FFFFFFF, 2), png_of(0xFFFFFFFF, 0xFFFFFFFF),
     *(enlarged(form) for form in ("JPEG", "BMP", "GIF", "WEBP"))],
    ids=["png", "png wide", "png beyond", "jpg", "bmp", "gif", "webp"],
)  # fmt: skip
def test_sizes_beyond_all_measure_are_refused_before_memory_is_taken(data: bytes) -> None:
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(MediaError) as caught:
            read(data)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.remedy
    assert caught.value.place == "hand.jpg"


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"BM", png_of(0, 5),
     encoded("JPEG")[:400], encoded("PNG")[:60], encoded("BMP")[:200], encoded("WEBP")[:40], encoded("GIF")[:40]],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_with_a_remedy(data: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        read(data)
    assert caught.value.remedy
    assert caught.value.place == "hand.jpg"


def test_a_file_that_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(MediaError, match="64 MiB"):
        read(encoded("BMP") + bytes(MOST_BYTES))


SAMPLES = [encoded(form) for form in ("JPEG", "PNG", "WEBP", "BMP", "GIF")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12), st.data())
def test_damaged_pictures_are_pictures_or_media_errors(
    sample: bytes, hits: list[tuple[int, int]], draw: st.DataObject
) -> None:
    data = bytearray(sample[: draw.draw(st.integers(0, len(sample)))])
    for place, value in hits:
        if data:
            data[place % len(data)] = value
    try:
        pixels = read(bytes(data))
    except MediaError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    assert max(pixels.shape) <= 1920
