"""What commands say when the hub that runs beside them is gone."""

import socket
from pathlib import Path

import pytest

from hub.cli import beside
from hub.cli.doctor.device_checks import devices
from hub.core.errors import UnavailableError
from hub.core.paths import HomePaths


@pytest.fixture
def gone() -> beside.RunningHub:
    """A hub that ran at a port where nobody listens any more."""
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        return beside.RunningHub(url=f"http://127.0.0.1:{once.getsockname()[1]}", token="")


async def test_a_hub_that_died_meanwhile_is_told_in_plain_words(gone: beside.RunningHub) -> None:
    with pytest.raises(UnavailableError, match="the hub over this home does not answer any more"):
        await beside.get(gone, "api/v1/peers")
    with pytest.raises(UnavailableError, match="`hearth run` starts it"):
        await beside.post(gone, "api/v1/peers/pair", {})


async def test_the_doctor_says_so_too(gone: beside.RunningHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(beside, "running_hub", lambda _paths: gone)
    assert [finding.detail async for finding in devices(HomePaths(tmp_path))] == ["it runs, and does not answer"]
