"""The canary picture: a hand that shows a gesture, over a band of faint noise, each run another."""

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.bench.audit.trace import WINDOW, Canary, Trace, number_traces, text_traces
from hub.core.bundled import bundled
from hub.media.frame import Pixels

FILM: Final = "films/thumb_up.mp4"
_SHOWN_AT_S: Final = 1.6
_BAND: Final = 16
"""Rows of noise at the lower edge."""
_CONTRAST: Final = 12
"""How far noise changes a colour, of 255: the hand above it is found as it would be without."""
_ROWS_APART: Final = 6
_QUALITIES: Final = (60, 75, 80, 85, 90, 95)
"""What libraries and programs take where nobody tells them a JPEG's quality."""
_RATE: Final = 12


def canary_film(rng: np.random.Generator) -> list[Pixels]:
    """Pictures that have never been taken before, as a camera sees them one after the other. Needs PyAV.

    Somebody raises a thumb, and lets the hand sink.
    """
    import av

    with av.open(str(bundled("config") / "demo" / FILM)) as film:
        pictures = [np.array(frame.to_ndarray(format="rgb24"), np.uint8) for frame in film.decode(video=0)]
    band = rng.integers(-_CONTRAST, _CONTRAST + 1, (_BAND, *pictures[0].shape[1:]))
    for picture in pictures:
        picture[-_BAND:] = np.clip(picture[-_BAND:] + band, 0, 255)
    return pictures


def one_of(pictures: Sequence[Pixels]) -> Pixels:
    """The one of them that is looked for as a compressed picture: the thumb is up."""
    return pictures[round(_SHOWN_AT_S * _RATE)]


def write_film(pictures: Sequence[Pixels], to: Path, seconds: float) -> None:
    """Write a film that shows them again and again, without loss: what is decoded are the pictures, bit for bit."""
    import av

    with av.open(str(to), "w", format="matroska") as film:
        video: Any = film.add_stream("libx264rgb", rate=_RATE, options={"qp": "0", "preset": "ultrafast"})
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = "rgb24"
        for number in range(round(seconds * _RATE)):
            picture = pictures[number % len(pictures)]
            film.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(video.encode(None))


def as_page_sends(picture: Pixels) -> bytes:
    """The picture as a browser's canvas makes a JPEG of it: what is looked for in `of_picture` as one of quality 80."""
    import cv2

    _, made = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return made.tobytes()


def as_tap_sees(jpeg: bytes) -> Pixels:
    """The pixels of such a JPEG."""
    import cv2

    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1], np.uint8)


def of_picture(picture: Pixels, name: str = "picture") -> Canary:
    """What to look for, so that any 6 rows of the band in a row are found."""
    rows = picture[-_BAND::_ROWS_APART]
    return Canary(name, (*_pixels(rows, picture), *_files(picture)))


def _pixels(rows: Pixels, picture: Pixels) -> Iterator[Trace]:
    planes: dict[str, NDArray[np.uint8]] = {"RGB": rows, "BGR": rows[..., ::-1], "grey": _grey(picture)}
    planes |= {f"{name} plane": rows[..., index] for index, name in enumerate(("red", "green", "blue"))}
    for name, plane in planes.items():
        windows = [row.reshape(-1)[at : at + 2 * WINDOW] for row in plane for at in (0, row.size // 2)]
        for trace in number_traces(windows, 255.0):
            yield Trace(f"{name} {trace.form}", trace.data)


def _grey(picture: Pixels) -> NDArray[np.uint8]:
    import av

    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="gray")
    return np.array(frame.to_ndarray()[-_BAND::_ROWS_APART], np.uint8)


def _files(picture: Pixels) -> Iterator[Trace]:
    """Windows of the compressed data of picture files: these are the same whoever writes them with these settings.

    Only from where the noise is in them: what lies above it is in the demo's own film too.
    """
    plain = picture.copy()
    plain[-_BAND:] = 0
    for (name, data), (_, other) in zip(_encoded(picture), _encoded(plain), strict=True):
        for at in range(len(data) // 2, len(data) - 4 * WINDOW, max(1, len(data) // 32)):
            window = data[at : at + 4 * WINDOW]
            if window[: 2 * WINDOW] not in other and window[2 * WINDOW :] not in other:
                yield Trace(name, window)
                yield from text_traces(name, window)


def _encoded(picture: Pixels) -> Iterator[tuple[str, bytes]]:
    import cv2

    for quality in _QUALITIES:
        _, made = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        yield f"JPEG of quality {quality}", made.tobytes()
    _, made = cv2.imencode(".png", picture[..., ::-1])
    yield "PNG", made.tobytes()
    try:
        from PIL import Image
    except ImportError:  # an optional part of the camera's
        return
    for form in ("JPEG", "PNG"):
        file = io.BytesIO()
        Image.fromarray(picture).save(file, form)
        yield f"{form} as Pillow writes it", file.getvalue()


def written(picture: Pixels) -> Iterator[tuple[str, bytes]]:
    """The whole picture as programs write pictures down."""
    yield "pixels", picture.tobytes()
    yield "pixels for OpenCV", picture[..., ::-1].tobytes()
    yield "base64 of pixels", base64.b64encode(picture.tobytes())
    yield "numbers for a network", (picture / 255).astype("<f4").tobytes()
    for name, data in _encoded(picture):
        yield name, data
        yield f"base64 of {name}", base64.b64encode(data)
