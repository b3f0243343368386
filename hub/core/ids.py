"""64-bit ids that sort by time: 42 bits of milliseconds, 21 bits of sequence, always positive."""

import os
import time
from collections.abc import Callable

EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z; 42 bits of milliseconds last until 2164
_SEQUENCE_BITS = 21


def _id_source(now_ns: Callable[[], int]) -> Callable[[], int]:
    # The next id is never below the last: when the clock steps back or a millisecond is exhausted, ids count on.
    # Starting at a random place in the millisecond keeps two processes of one hub apart.
    last = 0
    start = int.from_bytes(os.urandom(4), "little") >> (32 - _SEQUENCE_BITS + 1)

    def new_id() -> int:
        nonlocal last
        fresh = ((now_ns() // 1_000_000 - EPOCH_MS) << _SEQUENCE_BITS) | start
        last = fresh if fresh > last else last + 1
        return last

    return new_id


new_id: Callable[[], int] = _id_source(time.time_ns)
"""A fresh id: unique within this hub, greater than all before it in this process."""


def id_time(value: int) -> float:
    """The moment an id was made, in UTC seconds (to the millisecond)."""
    return ((value >> _SEQUENCE_BITS) + EPOCH_MS) / 1000
