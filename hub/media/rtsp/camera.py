"""The pictures of an RTSP camera: its packets put together and decoded. Only a tap imports this."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import av

from hub.core.errors import MediaError, ProtocolError
from hub.media.film import PictureMaker
from hub.media.frame import VideoFrame
from hub.media.pace import Pace
from hub.media.rtsp import rtp
from hub.media.rtsp.address import RtspAddress
from hub.media.rtsp.h26x import H264Units, H265Units
from hub.media.rtsp.mjpeg import MjpegUnits
from hub.media.rtsp.rtp import AccessUnits
from hub.media.rtsp.session import Attend, RtspSession

_UNITS: Final[dict[str, Callable[[], AccessUnits]]] = {"h264": H264Units, "hevc": H265Units, "mjpeg": MjpegUnits}
_OPTIONS: Final = {"max_pixels": str(8192 * 8192), "flags": "low_delay"}
_MOST_BROKEN: Final = 200
"""Pictures in a row that cannot be decoded, or packets that are none: the stream is of no use."""
_NO_PICTURE_S: Final = 20.0
_CATCH_UP_S: Final = 0.25


class RtspCamera:
    """Frames as they come, `t` being when: seconds of `time.monotonic`, which all processes share."""

    def __init__(
        self, connection: int, address: RtspAddress, attend: Attend, *, rate: float = 0.0, stream: str = ""
    ) -> None:
        """`connection` is a connected TCP socket's descriptor, the caller's to close."""
        self._session = RtspSession(connection, address, attend)
        self._pace = Pace(rate)
        self._stream = stream

    def frames(self) -> Iterator[VideoFrame]:
        """At most `rate` frames a second, the newest where decoding falls behind.

        Raises `MediaError` or `ProtocolError` when the camera is gone, or does not speak as it should.
        """
        track = self._session.open()
        decoder: Any = av.CodecContext.create(track.codec, "r")
        decoder.options = _OPTIONS
        decoder.thread_count = 1
        turn_to_rgb = PictureMaker()
        sets = b"".join(rtp.START + data for data in track.sets)
        broken, seen, shown = 0, time.monotonic(), 0.0
        for unit in self._units(track.codec, track.payload_type):
            broken += 1
            try:
                pictures = decoder.decode(av.Packet(sets + unit))
            except av.error.InvalidDataError:  # before the first whole picture, or damaged
                pictures = []
            except av.FFmpegError as error:
                raise MediaError(f"the camera's video is broken: {error.strerror}", remedy="set it to H.264") from error
            sets = b""
            now = time.monotonic()
            if pictures:
                broken, seen = 0, now
                if self._session.behind() and now - shown < _CATCH_UP_S:
                    continue  # a newer one has come already
                if self._pace.due(now):
                    shown = now
                    yield VideoFrame(turn_to_rgb(pictures[-1]), self._stream, now)
            elif broken > _MOST_BROKEN or now - seen > _NO_PICTURE_S:
                raise MediaError("the camera's video cannot be decoded", remedy="set it to H.264")

    def _units(self, codec: str, payload_type: int) -> Iterator[bytes]:
        units = _UNITS[codec]()
        broken = 0
        for data in self._session.packets():
            try:
                packet = rtp.parse(data)
            except ProtocolError:
                broken += 1
                if broken > _MOST_BROKEN:
                    raise
                continue
            if packet.payload_type == payload_type:
                yield from units.feed(packet)

    def close(self) -> None:
        """Tell the camera that it is done."""
        self._session.close()
