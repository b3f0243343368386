import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import UsageError
from hub.media.ring import RingBuffer


@given(st.lists(st.integers(0, 25), max_size=20), st.integers(0, 60), st.integers(0, 60))
def test_it_keeps_the_newest_and_counts_from_the_start(sizes: list[int], start: int, length: int) -> None:
    ring = RingBuffer(10, rate=1)
    everything = np.arange(1, sum(sizes) + 1, dtype=np.int16)
    at = 0
    for size in sizes:
        ring.write(everything[at : at + size])
        at += size
    assert ring.end == len(everything)
    assert len(ring) == min(10, len(everything))
    low = max(start, len(everything) - 10, 0)
    assert ring.between(start, start + length).tolist() == everything[low : start + length].tolist()
    assert ring.last(4).tolist() == everything[max(0, len(everything) - 4) :].tolist()


def test_what_it_gives_is_a_copy() -> None:
    ring = RingBuffer(1, rate=4)
    ring.write(np.array([1, 2, 3, 4], np.int16))
    ring.last(1)[:] = 9
    assert ring.last(1).tolist() == [1, 2, 3, 4]


def test_release_zeroes_the_memory() -> None:
    ring = RingBuffer(1, rate=4)
    ring.write(np.array([1, 2, 3, 4], np.int16))
    memory = ring._samples
    ring.release()
    assert not memory.any()
    assert len(ring) == 0
    ring.write(np.array([5], np.int16))
    assert ring.last(1).tolist() == [5]
    assert ring.end == 5


def test_a_buffer_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        RingBuffer(0)
