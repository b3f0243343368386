"""Where the vision worker cannot be cut off from the network a hub does not look, says so, and runs on."""

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from hub.app import Hub, Parts
from hub.core.errors import SealError
from hub.core.events import HandPointed, WorkerReady
from tests.e2e.seeing import CAMERA, SEES, children, home_that_sees, pointing_film, seeing_hub
from tests.guard.test_seal import UNSEALABLE

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = list(SEES)
WEB = "[web]\nport = 0\n"


async def health(hub: Hub) -> dict[str, Any]:
    assert hub.web is not None
    url = f"{hub.web.url}healthz"

    def get() -> dict[str, Any]:
        with urllib.request.urlopen(url, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    return await asyncio.to_thread(get)


async def test_a_hub_that_cannot_seal_its_eyes_runs_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = home_that_sees(tmp_path / "home", pointing_film(tmp_path / "film.mp4", 8), WEB)
    monkeypatch.setattr("hub.guard.worker_process._BOOT", UNSEALABLE)
    async with seeing_hub(paths, Parts.SIGHT | Parts.SATELLITES | Parts.WEB) as seeing:
        assert seeing.hub.eyes is None
        assert children() == []
        told = await health(seeing.hub)
        assert told["status"] == "degraded" and "no filter today" in told["problems"]["eyes"], told
        assert seeing.events == []
    with pytest.raises(SealError):  # a command that was asked to look does not pretend
        async with seeing_hub(paths, Parts.SIGHT):
            pass


async def test_it_looks_where_the_household_insists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = f"{WEB}[seeing]\nallow_unsealed = true\n"
    paths = home_that_sees(tmp_path / "home", pointing_film(tmp_path / "film.mp4", 60), allowed)
    monkeypatch.setattr("hub.guard.worker_process._BOOT", UNSEALABLE)
    async with seeing_hub(paths, Parts.SIGHT | Parts.SATELLITES | Parts.WEB) as seeing:
        await seeing.hands()
        assert seeing.hub.eyes is not None and not seeing.hub.eyes.sealed
        assert not any(event.sealed for event in seeing.of(WorkerReady))
        assert {event.stream for event in seeing.of(HandPointed)} == {CAMERA}
    assert children() == []
