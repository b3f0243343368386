"""Cells: the one thing that is replicated. A cell is a last-writer-wins register under a key.

Merging keeps the cell with the higher stamp, so that it is commutative, associative and idempotent (M. Shapiro et al.,
"Conflict-free Replicated Data Types", 2011). A removed cell stays as a tombstone until every member has seen it. An
observed-remove set is made of cells as well, see `hub.swarm.state.sets`.
"""

import hashlib
import math
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.errors import ProtocolError
from hub.swarm.state.stamps import Stamp

LONGEST_KEY: Final = 280
LARGEST_VALUE: Final = 16 * 1024
"""Bytes of a value as JSON."""
BUCKETS: Final = 256


class Cell(Struct, frozen=True, array_like=True):
    """A register: `value` as `stamp` has written it, or `gone`. `at` (UTC seconds, the writer's clock) is for display
    and decides nothing.
    """

    key: str
    stamp: Stamp
    value: Any = None
    gone: bool = False
    at: float = 0.0


def text_of(value: Any) -> bytes:
    """A value as JSON that is the same for equal values. Raises `ProtocolError` for what is no plain JSON."""
    try:
        text = msgspec.json.encode(value, order="sorted")
        if msgspec.json.decode(text) != value:
            raise ProtocolError("a value that JSON cannot hold")
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ProtocolError(f"a value that cannot be kept: {error}") from error
    if len(text) > LARGEST_VALUE:
        raise ProtocolError(f"a value of {len(text)} bytes")
    return text


def wins(one: Cell, other: Cell) -> bool:
    """Whether `one` replaces `other`. Two cells of the same stamp can only come of a restored backup or a liar; still
    every hub must choose the same.
    """
    if one.stamp != other.stamp:
        return one.stamp > other.stamp
    return (one.gone, text_of(one.value)) > (other.gone, text_of(other.value))


def fingerprint(cell: Cell) -> bytes:
    """Sixteen bytes that differ for cells that differ (in more than `at`)."""
    text = msgspec.msgpack.encode((cell.key, cell.stamp, cell.gone, text_of(cell.value)))
    return hashlib.blake2b(text, digest_size=16).digest()


def bucket_of(key: str) -> int:
    """The bucket of a key: digests are compared bucket by bucket."""
    return hashlib.blake2b(key.encode(), digest_size=1).digest()[0]


def check_form(cell: Cell) -> None:
    """Raise `ProtocolError` unless the cell is well formed; what its kind asks is `hub.swarm.state.kinds`' business."""
    if not 0 < len(cell.key) <= LONGEST_KEY or not cell.key.isprintable():
        raise ProtocolError("a change under a key that cannot be one")
    if not 0 < len(cell.stamp.hub) <= 64:
        raise ProtocolError("a change by a hub that cannot be one")
    if not math.isfinite(cell.at):
        raise ProtocolError("a change at no time")
    if cell.gone and cell.value is not None:
        raise ProtocolError("a removal with a value")
    text_of(cell.value)
