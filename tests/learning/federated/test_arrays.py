"""Frames of arrays: what goes in comes out, and nothing else is ever read."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ProtocolError
from hub.learning.federated.arrays import pack, unpack

ARRAYS = [np.arange(6, dtype=np.float32).reshape(2, 3) - 2.5, np.zeros(0, np.float32), np.float32([7.0])]


def test_arrays_come_back_as_they_were() -> None:
    frame = unpack(pack(b"about", ARRAYS))
    assert frame.about == b"about"
    for before, after in zip(ARRAYS, frame.arrays, strict=True):
        assert after.dtype == np.float32 and after.shape == before.shape
        np.testing.assert_array_equal(before, after)


def test_int8_is_a_quarter_and_near() -> None:
    array = np.random.default_rng(0).normal(size=4000).astype(np.float32)
    body = pack(b"", [array], int8=True)
    assert len(body) < array.nbytes / 3.9
    [after] = unpack(body).arrays
    assert np.abs(after - array).max() <= np.abs(array).max() / 127 * 0.51


def test_numbers_too_small_to_be_normal_go_as_zero() -> None:
    tiny = np.array([1e-40, -1e-42, 1.0], np.float32)
    for int8 in (False, True):
        [after] = unpack(pack(b"", [tiny], int8=int8)).arrays
        assert after.tolist()[:2] == [0.0, 0.0]
    assert unpack(pack(b"", [np.array([1e-40], np.float32)], int8=True)).arrays[0].tolist() == [0.0]


def described(shape: tuple[int, ...], kind: str = "f4", scale: float = 1.0, data: bytes = b"") -> bytes:
    header = msgspec.msgpack.encode([b"", [[shape, kind, scale]]])
    return b"HUP1" + len(header).to_bytes(4, "little") + header + data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"HUP1",
        b"\x80\x04\x95",  # how a pickle begins
        b"\x93NUMPY\x01\x00",
        b"HUP1\xff\xff\xff\xff",
        described((2,), data=b"\0" * 7),
        described((2,), data=b"\0" * 9),
        described((2**31, 2**31, 2**31, 2**31)),  # more than 64 bits can say
        described((2**40,)),
        described((-1,)),
        described((1, 1, 1, 1, 1), data=b"\0" * 4),
        described((1,), kind="O", data=b"\0" * 8),
        described((1,), kind="f8", data=b"\0" * 8),
        described((1,), kind="i1", scale=float("nan"), data=b"\1"),
        described((1,), kind="i1", scale=float("inf"), data=b"\1"),
    ],
)
def test_what_is_no_frame_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack(body)


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 255))
def test_garbage_raises_nothing_but_a_protocol_error(garbage: bytes, at: int, byte: int) -> None:
    changed = bytearray(pack(b"x", ARRAYS))
    changed[at % len(changed)] = byte
    for body in (garbage, b"HUP1" + garbage, bytes(changed)):
        try:
            unpack(body)
        except ProtocolError:
            continue
