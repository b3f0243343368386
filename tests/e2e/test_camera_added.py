"""A camera of the network, added in the app: the hub looks through it once it has started anew."""

import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import PATIENCE_S, RunningHub
from tests.media.test_rtsp_camera import PYTHON, SERVER, missing

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.eyes,
    pytest.mark.sealed,
    pytest.mark.skipif(missing("jpegenc"), reason="no GStreamer RTSP server here"),
]

FRAMES = re.compile(r'hearth_camera_frames_total\{camera="[^"]*"\} ([0-9.e+]+)')


@pytest.fixture
def port() -> Iterator[int]:
    """Of a camera that asks for a user and a password."""
    with subprocess.Popen([PYTHON, str(SERVER), "mjpeg", "0", "digest"], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.kill()


def frames(hub: RunningHub) -> float:
    """How many it looked at."""
    try:
        with urllib.request.urlopen(f"{hub.url}metrics", timeout=10) as answer:
            found = FRAMES.search(answer.read().decode())
    except OSError:
        return 0.0
    return float(found[1]) if found else 0.0


def test_it_is_looked_through_once_the_hub_has_started_anew(tmp_path: Path, port: int) -> None:
    (tmp_path / "hearth.toml").write_text('[[area]]\nid = "hall"\n')
    hub = RunningHub(tmp_path)
    try:
        camera = {"name": "Hall camera", "source": f"rtsp://me:s3%20cret@127.0.0.1:{port}/live", "area": "hall"}
        hub.wait("api/v1/settings", lambda told: told)
        status, told = hub.post("api/v1/settings", changes={"camera": [camera]})
        assert (status, told["restart"]) == (200, True)
        assert hub.post("api/v1/restart")[0] == 200
        until = time.monotonic() + PATIENCE_S
        while not frames(hub):  # nothing answers for a while
            assert time.monotonic() < until, hub.log()
            time.sleep(0.1)
        assert hub.wait("api/v1/entities/camera.hall", lambda entity: entity)["traits"]["OnOff"] is True
        told = [hub.get(f"api/v1/{path}") for path in ("settings", "privacy", "entities", "logs")]
        assert "s3%20cret" not in str(told) + hub.log()
    finally:
        hub.stop()
