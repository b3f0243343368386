"""A camera of this machine, by OpenCV's capture (V4L2). Only a tap imports this."""

import time
from collections.abc import Callable, Generator
from typing import Any, Final, Protocol

import cv2
import numpy as np

from hub.core.errors import MediaError
from hub.media.frame import LONGEST_SIDE, Pixels, VideoFrame
from hub.media.pace import Pace

_WIDTH: Final = 640
_HEIGHT: Final = 480
_MOST_FAILURES: Final = 5
"""Reads in a row that gave nothing: it was unplugged."""
_LONGEST_READ_S: Final = 5.0
"""A read that gave nothing for so long is as good as several."""


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802 -- OpenCV's name
        """Whether there is a camera."""
        ...

    def set(self, prop: int, value: float) -> bool:
        """Ask for a property."""
        ...

    def read(self) -> tuple[bool, Any]:
        """Whether there was a frame, and the frame: uint8 BGR."""
        ...

    def release(self) -> None:
        """Close the camera."""
        ...


OpenCapture = Callable[[str], Capture]


def open_v4l2(device: str) -> Capture:
    """The camera at a path such as /dev/video0; `isOpened` tells whether there is one."""
    return cv2.VideoCapture(device, cv2.CAP_V4L2)


class UsbCamera:
    """Frames as they come, `t` being when: seconds of `time.monotonic`, which all processes share."""

    def __init__(
        self, device: str, *, rate: float = 0.0, stream: str = "", open_capture: OpenCapture = open_v4l2
    ) -> None:
        """`device` is its path. At most `rate` frames a second are given; 0: all."""
        self._device = device
        self._open_capture = open_capture
        self._pace = Pace(rate)
        self._stream = stream or device

    def frames(self) -> Generator[VideoFrame, None, None]:
        """Opens the camera and closes it at the iteration's end; iterate again when it is back.

        Raises `MediaError` when it cannot be opened, or is unplugged.
        """
        capture = self._opened()
        failures, seen = 0, time.monotonic()
        try:
            while True:
                there, picture = capture.read()
                now = time.monotonic()
                failures, seen = (0, now) if there else (failures + 1, seen)
                if failures >= _MOST_FAILURES or now - seen > _LONGEST_READ_S:
                    raise MediaError("the camera gives no pictures any more", place=self._device, remedy="plug it in")
                if there and self._pace.due(now):
                    yield VideoFrame(self._rgb(picture), self._stream, now)
        finally:
            capture.release()

    def _opened(self) -> Capture:
        remedy = "is it plugged in, not in use by another program, and may the hub's user open it (group video)?"
        try:
            capture = self._open_capture(self._device)
        except cv2.error as error:
            raise MediaError("the camera cannot be opened", place=self._device, remedy=remedy) from error
        if not capture.isOpened():
            capture.release()
            raise MediaError("the camera cannot be opened", place=self._device, remedy=remedy)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest frame, not the oldest
        return capture

    def _rgb(self, picture: Any) -> Pixels:
        known = isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.size > 0
        if not known or not (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (1, 3))):
            raise MediaError("the camera gives pictures of an unknown kind", place=self._device, remedy="use another")
        grey = picture.ndim == 2 or picture.shape[2] == 1
        scale = LONGEST_SIDE / max(picture.shape[:2])
        if scale < 1:
            size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB if grey else cv2.COLOR_BGR2RGB), np.uint8)
