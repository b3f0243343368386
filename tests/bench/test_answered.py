"""The benchmark of who answers, with real ears and meshes."""

import pytest

from hub.bench.answered import heard
from hub.guard.syscalls import this_architecture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]


async def test_words_that_were_heard_in_pace_are_answered_once_by_the_near_hub() -> None:
    found = await heard(wakes=4, homes=2)
    in_pace = found.total() - found["out of pace"]
    if not in_pace:
        pytest.skip("this machine keeps no pace")
    assert found["right"] == in_pace, found
