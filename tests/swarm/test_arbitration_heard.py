"""The demo's clip at three levels heard by hub processes with ears of their own: the right one answers, each time."""

from collections import Counter

import pytest

from hub.bench.answered import heard
from hub.guard.sealing.syscalls import this_architecture

TIMES = 20


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.sealed
@pytest.mark.timeout(300)
@pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64")
async def test_twenty_times_the_same_clip_is_answered_once_by_the_right_hub() -> None:
    found = await heard(TIMES, homes=4)
    assert Counter(one.verdict for one in found) == {"right": TIMES}, found
