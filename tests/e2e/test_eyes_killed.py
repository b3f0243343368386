"""The eyes and a camera's tap die while somebody is seen: what was lost is told, and seeing goes on."""

import os
import signal
from pathlib import Path

import pytest

from hub.core.events import WorkerLost
from tests.e2e.seeing import (
    CAMERA,
    SEES,
    Seeing,
    children,
    descriptors,
    home_that_sees,
    pointing_film,
    seeing_hub,
    who_has_open,
)
from tests.until import until

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = [*SEES, pytest.mark.slow]


async def kill_the_eyes(seeing: Seeing) -> None:
    eyes = seeing.eyes.pid
    os.kill(eyes, signal.SIGKILL)
    await until(lambda: seeing.hub.eyes is not None and seeing.hub.eyes.pid not in (None, eyes))
    await until(lambda: seeing.of(WorkerLost))
    await seeing.hands()


async def kill_the_tap(seeing: Seeing, film: Path) -> None:
    [tap] = who_has_open(film)
    os.kill(tap.pid, signal.SIGKILL)
    await until(lambda: seeing.of(WorkerLost))
    await seeing.hands()
    assert who_has_open(film) != [tap]


async def test_what_dies_comes_back_and_leaves_nothing_behind(tmp_path: Path) -> None:
    film = pointing_film(tmp_path / "film.mp4")
    async with seeing_hub(home_that_sees(tmp_path / "home", film)) as seeing:
        await seeing.hands()
        before = len(children()), descriptors()
        for _ in range(5):
            seeing.events.clear()
            await kill_the_eyes(seeing)
            assert [(e.worker, e.lost) for e in seeing.of(WorkerLost)] == [("eyes", f"what {CAMERA} showed")]
        for _ in range(2):
            seeing.events.clear()
            await kill_the_tap(seeing, film)
            assert [(e.worker, e.lost) for e in seeing.of(WorkerLost)] == [(f"tap {CAMERA}", f"what {CAMERA} showed")]
        await until(lambda: (len(children()), descriptors()) == before)
    assert children() == []
