"""The benchmark of shared states, with fewer processes."""

from hub.bench.state_visible import seen_everywhere


async def test_every_change_is_seen_at_every_other_hub() -> None:
    found = await seen_everywhere(hubs=3, changes=5)
    assert len(found) == 5
    assert all(ms > 0 for ms in found)
