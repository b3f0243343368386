"""The kernel's own record of a run of the eyes: no network call of theirs succeeds, whichever MediaPipe they load."""

import asyncio
import re
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.settings import Settings
from hub.inference.store import ModelStore
from hub.perception.eyes.build import build_eyes
from hub.satellites.viewer import viewer

pytestmark = [
    pytest.mark.eyes,
    pytest.mark.sealed,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]
ROOT: Final = Path(__file__).parents[3]
FILM: Final = ROOT / "config" / "demo" / "films" / "thumb_up.mp4"
NEWEST: Final = ROOT / ".venv" / "newest-mediapipe"
"""A MediaPipe that sends usage metrics; `make newest-mediapipe` fetches it."""
CALLS: Final = "socket,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,execve,seccomp"
SENT_HERE: Final = re.compile(r"NULL, 0\) += ")
"""To the other end of its own socket pair, not to an address."""


async def traced_run(search: tuple[Path, ...], trace: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """Show a film to traced eyes; the version of MediaPipe that they ran, and their calls after they were sealed."""
    wrapper = trace.parent / "traced-python"
    wrapper.write_text(f"""#!/bin/sh\nexec strace -f -qq -o {trace} -e trace={CALLS} {sys.executable} "$@"\n""")
    wrapper.chmod(0o755)
    plain, bus = sys.executable, Bus()
    try:
        eyes = await asyncio.to_thread(build_eyes, Settings(), ModelStore(), bus, search=search)
    except HearthError as error:
        pytest.skip(f"the models are not here: {error}")
    monkeypatch.setattr(sys, "executable", str(wrapper))
    await eyes.start()
    assert eyes.sealed
    monkeypatch.setattr(sys, "executable", plain)  # only the eyes are traced
    seen: list[str] = []
    maps = Path(f"/proc/{_child_of(eyes.pid)}/maps").read_text()
    try:
        async with viewer(eyes, bus) as showing:
            end = await showing.look(FILM, lambda event, _t: seen.append(type(event).__name__))
    finally:
        await eyes.stop()
    assert end["frames"] > 20
    assert "GestureSeen" in seen
    lines = trace.read_text().splitlines()
    sealed = next(n for n, line in enumerate(lines) if "seccomp(SECCOMP_SET_MODE_FILTER" in line)
    library = next(line.split()[-1] for line in maps.splitlines() if "mediapipe" in line)
    return library, lines[sealed + 1 :]


def _child_of(pid: int | None) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])


async def test_no_network_call_of_the_eyes_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, calls = await traced_run((), tmp_path / "trace", monkeypatch)
    assert [call for call in calls if _through(call)] == []
    assert _attempts(calls) == []


async def test_a_mediapipe_that_phones_home_does_not_get_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (NEWEST / "made").exists():
        pytest.skip("run `make newest-mediapipe`")
    library, calls = await traced_run((NEWEST,), tmp_path / "trace", monkeypatch)
    assert library.startswith(str(NEWEST.resolve()))
    assert [call for call in calls if _through(call)] == []
    assert _attempts(calls), "it tries, and is refused"


def _attempts(calls: list[str]) -> list[str]:
    """Reaches for a network, but those of the worker's first thread, which tries its own bars when it is sealed."""
    first = calls[0].split()[0]
    return [call for call in calls if "AF_INET" in call and call.split()[0] != first]


def _through(call: str) -> bool:
    """Whether a traced line is a call that reached for something and was let."""
    made = re.match(r"\d+ +(\w+)\(.*\) += (-?\d+)", call)
    return made is not None and int(made[2]) >= 0 and not SENT_HERE.search(call)
