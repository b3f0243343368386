"""Arrays on the wire: a header that says their shapes and kinds, then their bytes. Nothing in them is ever executed.

A frame is the four letters `HUP1`, the header's length in bytes (32 bits, little-endian), the header (MessagePack), and
then each array's elements in turn, little-endian, in C order, without gaps. An array is either `f4` (32-bit floats) or
`i1` (8-bit integers that are multiplied by the array's `scale`). A reader checks every length against the bytes that
are there before it makes an array, so that no header can ask for memory.
"""

import math
import struct
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from hub.core.errors import ProtocolError
from hub.learning.network import Weights

MOST_BYTES: Final = 64 * 1024 * 1024
"""No frame is larger."""
_MAGIC: Final = b"HUP1"
_LENGTH: Final = struct.Struct("<I")
_MOST_HEADER: Final = 64 * 1024
_SIZES: Final = {"f4": 4, "i1": 1}
_STEPS: Final = 127
_TINY: Final = float(np.finfo(np.float32).tiny)

_Size = Annotated[int, Meta(ge=0, le=2**31)]


class _Described(Struct, frozen=True, array_like=True):
    shape: Annotated[tuple[_Size, ...], Meta(max_length=4)]
    kind: Literal["f4", "i1"]
    scale: float


class _Header(Struct, frozen=True, array_like=True):
    about: bytes
    arrays: Annotated[tuple[_Described, ...], Meta(max_length=1024)]


class Frame(Struct, frozen=True):
    """What a frame holds: `about` says what it is for, in the sender's own encoding, and the arrays (float32)."""

    about: bytes
    arrays: Weights


def pack(about: bytes, arrays: Sequence[NDArray[np.float32]], *, int8: bool = False) -> bytes:
    """A frame of these arrays; with `int8` each is rounded to 255 steps of its own (an error of 0.4 % of its largest).

    Numbers too small to be normal floats go as zero, since a reader refuses them.
    """
    described: list[_Described] = []
    parts: list[bytes] = []
    for array in arrays:
        plain = np.ascontiguousarray(_without_subnormals(np.asarray(array, np.float32)))
        if int8:
            scale, steps = _quantised(plain)
            described.append(_Described(plain.shape, "i1", scale))
            parts.append(steps.tobytes())
        else:
            described.append(_Described(plain.shape, "f4", 1.0))
            parts.append(plain.astype("<f4", copy=False).tobytes())
    header = msgspec.msgpack.encode(_Header(about, tuple(described)))
    return b"".join((_MAGIC, _LENGTH.pack(len(header)), header, *parts))


def unpack(body: bytes) -> Frame:
    """The frame in `body`. Raises `ProtocolError` for whatever is not one, to the byte."""
    if len(body) > MOST_BYTES:
        raise ProtocolError(f"a frame of {len(body)} bytes is too large", remedy=f"at most {MOST_BYTES}")
    start = len(_MAGIC) + _LENGTH.size
    if len(body) < start or body[: len(_MAGIC)] != _MAGIC:
        raise ProtocolError("no frame of arrays")
    (length,) = _LENGTH.unpack_from(body, len(_MAGIC))
    if length > min(_MOST_HEADER, len(body) - start):
        raise ProtocolError("the frame's header is longer than the frame")
    try:
        header = msgspec.msgpack.decode(body[start : start + length], type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"the frame's header cannot be read: {error}") from error
    # Python's integers do not overflow, so that a product of sizes is what it says.
    if sum(math.prod(a.shape) * _SIZES[a.kind] for a in header.arrays) != len(body) - start - length:
        raise ProtocolError("the frame's arrays are not as long as its header says")
    arrays, at = [], start + length
    for described in header.arrays:
        arrays.append(_array(body, at, described))
        at += math.prod(described.shape) * _SIZES[described.kind]
    return Frame(header.about, arrays)


def _array(body: bytes, at: int, described: _Described) -> NDArray[np.float32]:
    count = math.prod(described.shape)
    plain = np.frombuffer(body, f"<{described.kind}", count, at).reshape(described.shape)
    if described.kind == "f4":
        return plain.astype(np.float32)
    if not math.isfinite(described.scale):
        raise ProtocolError("an array's scale is no number")
    with np.errstate(over="ignore", under="ignore"):  # what comes of it is judged with the floats
        return plain.astype(np.float32) * np.float32(described.scale)


def _quantised(array: NDArray[np.float32]) -> tuple[float, NDArray[np.int8]]:
    scale = float(np.abs(array).max(initial=0.0)) / _STEPS
    if scale < _TINY:
        return 0.0, np.zeros(array.shape, np.int8)
    steps = np.rint(array / np.float32(scale))
    return scale, np.clip(steps, -_STEPS, _STEPS).astype(np.int8)


def _without_subnormals(array: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(np.abs(array) < _TINY, np.float32(0.0), array)
