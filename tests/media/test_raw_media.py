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
from hub.media.chunk import AudioChunk


def chunk() -> AudioChunk:
    return AudioChunk(np.arange(160, dtype=np.int16), "kitchen", 1.5)


WAYS_OUT: dict[str, Callable[[AudioChunk], Any]] = {
    "bus": lambda c: Bus().publish(c),  # type: ignore[arg-type]
    "pickle": pickle.dumps,
    "pickle 0": lambda c: pickle.dumps(c, 0),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "dict": lambda c: dict(c),
    "unpacked": lambda c: {**c},
    "list": lambda c: list(c),
    "json": json.dumps,
    "json indented": lambda c: json.dumps(c, indent=1),
    "json with fallback": lambda c: json.dumps(c, default=repr),
    "json inside": lambda c: json.dumps({"a": [c]}),
    "msgspec json": msgspec.json.encode,
    "msgspec json with fallback": lambda c: msgspec.json.encode(c, enc_hook=repr),
    "msgspec msgpack": msgspec.msgpack.encode,
    "msgspec inside": lambda c: msgspec.msgpack.encode({"a": [c]}),
    "msgspec builtins": msgspec.to_builtins,
    "repr": repr,
    "str": str,
    "format": lambda c: f"{c}",
    "percent": lambda c: "%s" % c,  # noqa: UP031
    "bytes": bytes,
    "log": lambda c: structlog.get_logger().warning("heard", chunk=c),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_chunk_cannot_leave_ram(way: str) -> None:
    with pytest.raises(RawMediaError):
        WAYS_OUT[way](chunk())


def test_a_released_chunk_is_zeroed_and_empty() -> None:
    samples = np.arange(1, 161, dtype=np.int16)
    piece = AudioChunk(samples, "kitchen", 0.0)
    piece.release()
    assert not samples.any()
    assert len(piece) == 0
    assert piece  # still a chunk, to be asked about


def test_a_chunk_knows_its_length() -> None:
    assert len(chunk()) == 160
    assert chunk().duration == pytest.approx(0.01)
    assert (chunk().stream, chunk().t) == ("kitchen", 1.5)


def test_a_chunk_takes_a_copy_of_what_it_could_not_zero() -> None:
    samples = np.frombuffer(b"\1\0" * 10, np.int16)
    piece = AudioChunk(samples, "kitchen", 0.0)
    piece.release()
    assert samples.all()


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(4, np.int32)])
def test_only_int16_mono_is_a_chunk(samples: np.ndarray[Any, Any]) -> None:
    with pytest.raises(MediaError):
        AudioChunk(samples, "kitchen", 0.0)
