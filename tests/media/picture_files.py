"""Pictures and films to test with, made when they are needed."""

import io
from typing import Any

import av
import numpy as np
from PIL import Image

from hub.media.frame import Pixels

CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
"""Top left red, top right green, bottom left blue, bottom right yellow."""


def four_corners(width: int = 64, height: int = 48) -> Pixels:
    """A picture whose quarters tell which way up it is."""
    pixels = np.zeros((height, width, 3), np.uint8)
    middle, centre = height // 2, width // 2
    pixels[:middle, :centre], pixels[:middle, centre:] = CORNERS[0], CORNERS[1]
    pixels[middle:, :centre], pixels[middle:, centre:] = CORNERS[2], CORNERS[3]
    return pixels


def corners_of(pixels: Pixels) -> list[tuple[int, ...]]:
    """The colours in the middle of each quarter, each channel as nothing, half or all."""
    height, width = pixels.shape[:2]
    places = [(height // 4, width // 4), (height // 4, -width // 4), (-height // 4, width // 4)]
    found = [pixels[place] for place in (*places, (-height // 4, -width // 4))]
    return [tuple(int(round(int(c) / 127.5) * 127.5) for c in colour) for colour in found]


def encoded(form: str, image: Any = None, **options: Any) -> bytes:
    """A picture file's bytes."""
    file = io.BytesIO()
    (Image.fromarray(four_corners()) if image is None else image).save(file, form, **options)
    return file.getvalue()


def film(
    form: str = "mp4",
    codec: str = "libx264",
    *,
    frames: int = 30,
    rate: int = 30,
    size: tuple[int, int] = (64, 48),
    sound: bool = False,
    pictures: bool = True,
    rotated: int = 0,
) -> bytes:
    """A film's bytes. Frame n is grey of brightness 40 + n * 4, as far as that goes."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        video = container.add_stream(codec, rate=rate) if pictures else None
        audio = container.add_stream("pcm_s16le" if form == "avi" else "libopus", rate=48_000) if sound else None
        if video is not None:
            video.width, video.height, video.pix_fmt = *size, "yuvj420p" if codec == "mjpeg" else "yuv420p"
            if codec == "libx264":
                video.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "10"}
            for number in range(frames):
                grey = np.full((size[1], size[0], 3), min(255, 40 + number * 4), np.uint8)
                for packet in video.encode(av.VideoFrame.from_ndarray(grey)):
                    container.mux(packet)
            container.mux(video.encode())
        if audio is not None:
            for packet in _silence(audio):
                container.mux(packet)
    return file.getvalue()


def _silence(audio: Any) -> Any:
    silence = av.AudioFrame.from_ndarray(np.zeros((1, 9_600), np.int16), format="s16", layout="mono")
    silence.sample_rate, silence.pts = 48_000, 0
    resampled = av.AudioResampler(audio.format.name, audio.layout, 48_000, 960).resample(silence)
    return [packet for frame in resampled for packet in audio.encode(frame)] + list(audio.encode())
