"""A sealed worker may open the device that it was given, and no other, nor any file, for writing."""

import errno
from pathlib import Path
from typing import Any

import pytest

from hub.guard.sealing import bpf, seccomp
from hub.guard.sealing.syscalls import ARCHITECTURES
from hub.guard.worker_host import WorkerUp
from tests.guard.conftest import Start
from tests.guard.test_seccomp import O_CLOEXEC, O_CREAT, O_RDONLY, O_RDWR, O_TMPFILE, O_TRUNC, O_WRONLY, verdict_of

GIVEN = Path("/dev/full")  # stands in for a camera: a device node that can be read and written


@pytest.mark.sealed
async def test_only_the_device_that_was_given_can_be_opened_for_both(host: Start, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("x")
    paths = [str(GIVEN), "/dev/zero", str(mine), "/etc/passwd"]
    worker = await host("opens", {"paths": paths}, devices=(GIVEN, mine, tmp_path))
    assert worker.status.sealed
    found = await _answer(worker)
    assert found[str(GIVEN)] == "went through"
    refused = {name for name, outcome in found.items() if outcome == "EACCES"}
    if worker.status.landlock:
        assert set(found) - refused == {str(GIVEN)}
    else:
        assert any("change" in trouble for trouble in worker.status.trouble)
        assert {name for name in found if name.endswith(("O_WRONLY", "O_CREAT"))} <= refused


@pytest.mark.sealed
async def test_without_a_device_nothing_can_be(host: Start) -> None:
    worker = await host("opens", {"paths": [str(GIVEN)]})
    assert set((await _answer(worker)).values()) == {"EACCES"}


async def _answer(worker: Any) -> dict[str, str]:
    async for said in worker.messages():
        if not isinstance(said, WorkerUp):
            return dict(said["found"])
    raise AssertionError("the worker said nothing")


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_the_filter_lets_through_what_opening_a_device_takes(name: str) -> None:
    architecture = ARCHITECTURES[name]
    program = seccomp.build(architecture, 4_711, devices=True)
    for flags in (O_RDONLY, O_RDWR, O_RDWR | O_CLOEXEC, O_RDWR | 0o4000):
        assert verdict_of(program, architecture, "openat", -100, 0, flags) == bpf.ALLOW
    for flags in (O_WRONLY, O_RDWR | O_CREAT, O_RDWR | O_TRUNC, O_RDWR | O_TMPFILE, O_RDWR | O_WRONLY):
        assert verdict_of(program, architecture, "openat", -100, 0, flags) == bpf.errno(errno.EACCES)
