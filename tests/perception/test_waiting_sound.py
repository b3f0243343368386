"""Sound put in pieces of any length comes out whole, in order, and is zeroed when it is forgotten."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.waiting_sound import WaitingSound


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 7))
def test_nothing_is_lost_or_mixed_up(lengths: list[int], step: int) -> None:
    whole = np.arange(sum(lengths), dtype=np.int16)
    waiting, at = WaitingSound(), 0
    for length in lengths:
        waiting.put(whole[at : at + length])
        at += length
    assert len(waiting) == len(whole)
    taken = [waiting.take(min(step, len(waiting))) for _ in range(0, len(whole), step)]
    assert np.array_equal(np.concatenate([*taken, np.zeros(0, np.int16)]), whole)
    assert not waiting


def test_what_is_forgotten_is_zeroed_where_that_can_be() -> None:
    ours, theirs = np.ones(8, np.int16), np.frombuffer(b"\1\0" * 4, np.int16)
    waiting = WaitingSound()
    waiting.put(ours)
    waiting.put(theirs)
    assert waiting.take(3).tolist() == [1, 1, 1]
    waiting.zero()
    assert ours[3:].tolist() == [0] * 5 and len(waiting) == 0
