"""Films: the pictures of a video file with their times, decoded as they are read, by PyAV. Only a tap imports this."""

import math
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from hub.core.errors import MediaError
from hub.media.frame import LONGEST_SIDE, Pixels, VideoFrame
from hub.media.pace import Pace

_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,mjpeg,h264,hevc,m4v,mpegvideo,ivf,obu,dv,apng"
)
"""Containers that hold their pictures themselves: no playlist, whose parts would lie elsewhere."""
_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
_KNOWN: Final = "give an mp4, webm, mkv, mov or avi film"
_MOST_PIXELS: Final = 8192 * 8192
_MOST_BROKEN: Final = 500
"""Packets in a row without a picture: there are none to come."""


class Film:
    """A video file. Use it in a `with`. `seconds` is its length as the file tells it, 0.0 when it does not."""

    def __init__(
        self,
        file: BinaryIO,
        place: str = "",
        *,
        rate: float = 0.0,
        stream: str = "",
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """At most `rate` frames a second of film are given; 0: all. `place` is the file's name, `stream` the frames'.

        `meanwhile` is called for each piece that is decoded, also of frames that are not given. Raises `MediaError`
        that says what is wrong when there are no moving pictures in the file.
        """
        self._place = place
        self._stream = stream or place
        self._pace = Pace(rate)
        self._meanwhile = meanwhile
        try:
            self._container = av.open(file, mode="r", container_options=_OPTIONS, metadata_errors="replace")
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._error("this is not a film, or a broken one", _KNOWN) from error
        videos = [v for v in self._container.streams.video if not v.disposition & v.disposition.attached_pic]
        if not videos or videos[0].codec_context is None:
            self._container.close()
            raise self._error("there are no moving pictures in it that can be decoded", _KNOWN)
        self._video: Any = videos[0]
        self._video.codec_context.options = {"max_pixels": str(_MOST_PIXELS)}
        self.seconds = max(0.0, (self._container.duration or 0) / av.time_base)
        self._turn_to_rgb = PictureMaker()

    def _error(self, message: str, remedy: str) -> MediaError:
        return MediaError(message, place=self._place, remedy=remedy)

    def frames(self) -> Iterator[VideoFrame]:
        """The frames, upright, their longer side at most `LONGEST_SIDE`; `t` is seconds from the film's start.

        Ends at the file's end or where it is cut off. Raises `MediaError` when nothing, or no more, can be decoded.
        """
        begin = float((self._video.start_time or 0) * (self._video.time_base or 0))
        step = 1 / float(self._video.average_rate or 25)
        last = -step
        for decoded in self._decoded():
            t = decoded.time - begin if decoded.time is not None else last + step
            last = max(t if math.isfinite(t) else last + step, last, 0.0)  # never back, whatever the file says
            if self._pace.due(last):
                yield VideoFrame(self._turn_to_rgb(decoded), self._stream, last)

    def _decoded(self) -> Iterator[Any]:
        found, broken = False, 0
        packets = self._container.demux(self._video)
        while True:
            self._meanwhile()
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                for decoded in packet.decode():
                    found, broken = True, 0
                    yield decoded
            except av.error.EOFError:
                break
            except av.error.InvalidDataError:
                pass  # damaged here; further on it may be whole again
            except av.FFmpegError as error:
                raise self._error(f"the film is broken: {error.strerror}", "convert it to mp4") from error
            broken += 1
            if broken > _MOST_BROKEN:
                raise self._error("no picture in it can be decoded", "convert it to mp4")
        if not found:
            raise self._error("no picture in it can be decoded", _KNOWN)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class PictureMaker:
    """Decoded frames of any pixel format, size and rotation to upright RGB of bounded size."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, decoded: av.VideoFrame) -> Pixels:
        """(height, width, 3) uint8 RGB, the longer side at most `LONGEST_SIDE`."""
        scale = min(1.0, LONGEST_SIDE / max(decoded.width, decoded.height, 1))
        width, height = max(1, round(decoded.width * scale)), max(1, round(decoded.height * scale))
        pixels = self._reformatter.reformat(decoded, width=width, height=height, format="rgb24").to_ndarray()
        quarters = round(decoded.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(pixels, quarters), np.uint8)
