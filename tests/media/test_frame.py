import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
import structlog

from hub.core.bus import Bus
from hub.core.errors import MediaError, RawMediaError
from hub.media.frame import VideoFrame


def frame() -> VideoFrame:
    return VideoFrame(np.full((4, 6, 3), 200, np.uint8), "hallway", 1.5)


WAYS_OUT: dict[str, Callable[[VideoFrame], Any]] = {
    "bus": lambda f: Bus().publish(f),  # type: ignore[arg-type]
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "dict": lambda f: dict(f),
    "list": lambda f: list(f),
    "json": json.dumps,
    "json with fallback": lambda f: json.dumps(f, default=repr),
    "msgspec json": msgspec.json.encode,
    "msgspec msgpack": msgspec.msgpack.encode,
    "msgspec builtins": msgspec.to_builtins,
    "repr": repr,
    "str": str,
    "format": lambda f: f"{f}",
    "bytes": bytes,
    "log": lambda f: structlog.get_logger().warning("seen", frame=f),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_frame_cannot_leave_ram(way: str) -> None:
    with pytest.raises(RawMediaError):
        WAYS_OUT[way](frame())


def test_a_released_frame_is_zeroed_and_empty() -> None:
    pixels = np.full((4, 6, 3), 200, np.uint8)
    picture = VideoFrame(pixels, "hallway", 0.0)
    picture.release()
    assert not pixels.any()
    assert len(picture) == 0
    assert picture  # still a frame, to be asked about


def test_a_frame_knows_its_size() -> None:
    assert (frame().width, frame().height, frame().stream, frame().t) == (6, 4, "hallway", 1.5)


def test_a_frame_takes_a_copy_of_what_it_could_not_zero() -> None:
    pixels = np.frombuffer(b"\1" * 12, np.uint8).reshape(2, 2, 3)
    VideoFrame(pixels, "hallway", 0.0).release()
    assert pixels.all()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 6), np.uint8),
        np.zeros((4, 6, 4), np.uint8),
        np.zeros((4, 6, 3), np.float32),
        np.zeros((0, 6, 3), np.uint8),
    ],
)
def test_only_uint8_rgb_is_a_frame(pixels: np.ndarray[Any, Any]) -> None:
    with pytest.raises(MediaError):
        VideoFrame(pixels, "hallway", 0.0)
