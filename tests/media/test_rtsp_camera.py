"""A real RTSP camera (GStreamer's server), seen through a sealed tap over a connection that the guard opened."""

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError, UnavailableError
from hub.guard.connect import Guard
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.worker_host import WorkerPatience
from hub.media.slot import Slot, SlotReader
from hub.media.tap.camera import Camera
from hub.media.tap.messages import FromTap, SourceReady, SourceTrouble
from tests.until import until

SERVER = Path(__file__).parent / "rtsp_server.py"
PYTHON = "/usr/bin/python3"
ELEMENTS = {"h264": "x264enc", "h265": "x265enc", "mjpeg": "jpegenc"}
SOON = WorkerPatience(load_s=30, first_wait_s=0.1, longest_wait_s=0.3)


@cache
def missing(element: str) -> bool:
    code = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer;"
        f"Gst.init(None); exit(Gst.ElementFactory.find({element!r}) is None)"
    )
    try:
        return subprocess.run([PYTHON, "-c", code], check=False, capture_output=True, timeout=60).returncode != 0
    except OSError:
        return True


pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]


class Ledger:
    """Where rows are kept."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int, int, str]] = []

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        self.rows.append((who, where, bytes_out, bytes_in, why))


Serve = Callable[..., tuple[subprocess.Popen[bytes], int]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(codec: str = "h264", port: int = 0, auth: str = "none") -> tuple[subprocess.Popen[bytes], int]:
        if missing(ELEMENTS[codec]):
            pytest.skip(f"no GStreamer RTSP server with {ELEMENTS[codec]} here")
        server = subprocess.Popen([PYTHON, str(SERVER), codec, str(port), auth], stdout=subprocess.PIPE)
        running.append(server)
        assert server.stdout is not None
        return server, int(server.stdout.readline())

    yield begin
    for server in running:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


@pytest.fixture
def slot() -> Iterator[Slot]:
    made = Slot.create()
    yield made
    made.close()


async def frame_of(reader: SlotReader, told: list[FromTap]) -> np.ndarray[Any, Any]:
    """A copy of the newest picture."""
    try:
        frame = await until(reader.take)
    except TimeoutError:
        pytest.fail(f"no picture came: {told[-1].error if told and isinstance(told[-1], SourceTrouble) else told}")
    pixels = np.array(frame.pixels)
    frame.release()
    return pixels


@pytest.mark.parametrize(
    ("codec", "auth"), [("h264", "none"), ("h264", "digest"), ("h265", "basic"), ("mjpeg", "none")]
)
async def test_a_camera_is_seen(serve: Serve, slot: Slot, codec: str, auth: str) -> None:
    server, port = serve(codec, auth=auth)
    reader = SlotReader(*map(os.dup, slot.for_reader()))
    told: list[FromTap] = []
    ledger = Ledger()
    guard = Guard(writer=ledger)
    source = f"rtsp://me:s3%20cret@127.0.0.1:{port}/live"
    camera = Camera("porch", source, slot, Bus(), guard, told.append, patience=SOON)
    await camera.start()
    assert camera.sealed
    for _ in range(5):
        pixels = await frame_of(reader, told)
    assert pixels.shape == (480, 640, 3)
    assert [round(int(c) / 191) for c in pixels[100, 20]] == [1, 1, 1]  # the first bar of the test card is grey
    assert pixels[100, 160, 2] < 60 < 150 < pixels[100, 160, 0]  # the second is yellow
    assert isinstance(told[0], SourceReady)
    pid = camera.pid
    assert pid is not None
    await camera.stop()
    await guard.close()
    assert not psutil.pid_exists(pid)
    who, where, _, _, why = ledger.rows[0]
    assert (who, where, why) == ("cameras", f"127.0.0.1:{port}", "look through the camera porch")
    assert sum(row[3] for row in ledger.rows) > 5_000
    assert 300 < sum(row[2] for row in ledger.rows) < 10_000
    assert server.poll() is None


async def test_a_camera_that_was_switched_off_is_seen_again(serve: Serve, slot: Slot) -> None:
    server, port = serve()
    reader = SlotReader(*map(os.dup, slot.for_reader()))
    told: list[FromTap] = []
    camera = Camera("porch", f"rtsp://127.0.0.1:{port}/live", slot, Bus(), Guard(), told.append, patience=SOON)
    await camera.start()
    await frame_of(reader, told)
    pid = camera.pid
    server.kill()
    server.wait()
    await until(lambda: told and isinstance(told[-1], SourceTrouble))
    serve(port=port)
    await until(lambda: isinstance(told[-1], SourceReady))
    await frame_of(reader, told)
    assert camera.pid == pid  # the process went on; only the connection is new
    await camera.stop()


async def test_a_wrong_password_is_told_of_without_being_told(serve: Serve, slot: Slot) -> None:
    _, port = serve(auth="basic")
    told: list[FromTap] = []
    source = f"rtsp://me:guessed@127.0.0.1:{port}/live"
    camera = Camera("porch", source, slot, Bus(), Guard(), told.append, patience=SOON)
    await camera.start()
    await until(lambda: told)
    await camera.stop()
    assert isinstance(told[0], SourceTrouble)
    assert "refuses this user" in str(HearthError.from_wire(told[0].error))
    assert "guessed" not in str(told)


async def test_nobody_there_is_told_of(slot: Slot) -> None:
    told: list[FromTap] = []
    camera = Camera("porch", "rtsp://127.0.0.1:9/live", slot, Bus(), Guard(), told.append, patience=SOON)
    await camera.start()
    await until(lambda: told)
    await camera.stop()
    assert isinstance(told[0], SourceTrouble)
    assert isinstance(HearthError.from_wire(told[0].error), UnavailableError)
