"""What was learnt comes into use in the real, sealed eyes while they run."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import GestureSeen
from hub.core.settings import Settings
from hub.guard.sealing.syscalls import this_architecture
from hub.inference.store import ModelStore
from hub.perception.eyes.build import build_eyes
from hub.satellites.viewer import viewer
from tests.learning.heads import other_head

pytestmark = [
    pytest.mark.eyes,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
FILM: Final = Path(__file__).parents[2] / "config" / "demo" / "films" / "thumb_up.mp4"


async def test_sealed_eyes_read_with_the_head_that_they_are_given_and_keep_it_when_the_next_is_none() -> None:
    bus = Bus()
    try:
        eyes = await asyncio.to_thread(build_eyes, Settings(), ModelStore(), bus)
    except HearthError as error:
        pytest.skip(f"the models are not here: {error}")
    await eyes.start()
    seen: list[set[str]] = []

    async def look() -> None:
        names: set[str] = set()
        async with viewer(eyes, bus) as showing:
            await showing.look(
                FILM, lambda event, _t: names.add(event.name) if isinstance(event, GestureSeen) else None
            )
        seen.append(names)

    try:
        await look()
        for model in (other_head(), b"no network at all"):
            await eyes.use_head(model)
            await look()
        assert eyes.sealed
    finally:
        await eyes.stop()
    assert "thumb_up" in seen[0]
    assert seen[1] == seen[2] == {"fist"}
