"""Stand-ins for a camera of this machine, in the place of `cv2.VideoCapture`."""

import time
from typing import Any

import numpy as np

Read = tuple[bool, Any]


class FakeCapture:
    """Shows `frames` pictures, blue on the left and red on the right (BGR), and is unplugged then."""

    def __init__(self, frames: int = 20, shape: tuple[int, ...] = (480, 640, 3), *, opened: bool = True) -> None:
        self.left = frames
        self.shape = shape
        self.opened = opened
        self.asked: dict[int, float] = {}
        self.released = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

    def set(self, prop: int, value: float) -> bool:
        self.asked[prop] = value
        return True

    def read(self) -> Read:
        time.sleep(0.002)
        if self.left <= 0:
            return False, None
        self.left -= 1
        picture = np.zeros(self.shape, np.uint8)
        picture[:, : self.shape[1] // 2] = 250 if len(self.shape) == 2 else (250, 0, 0)
        picture[:, self.shape[1] // 2 :] = 100 if len(self.shape) == 2 else (0, 0, 250)
        return True, picture

    def release(self) -> None:
        self.released += 1


def open_fake(_device: str) -> FakeCapture:
    """A camera that is unplugged after twenty frames, and back at once."""
    return FakeCapture()


def open_device(device: str) -> FakeCapture:
    """A camera that really opens its device node, as V4L2 does."""
    import os

    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK))
    except OSError:
        return FakeCapture(opened=False)
    return FakeCapture(frames=10**9)
