"""A process that nothing holds is found out: every bar is tried, and what went through is named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub.guard.sealing.syscalls import this_architecture

pytestmark = pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64")
MADE = Path("/tmp/hearth-seal-check")
TRIES = """
import json, os, signal, subprocess
from hub.guard.sealing.self_check import attempts, failed_checks
from hub.guard.sealing.syscalls import this_architecture
with subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL) as parent:  # traced in place of the test's process
    print(os.getpid(), json.dumps(failed_checks(attempts(this_architecture(), parent.pid, files=True))), flush=True)
    os.kill(parent.pid, signal.SIGKILL)  # `Popen.kill` takes one that is traced for one that ended
"""


def test_what_an_unsealed_process_can_do_is_named() -> None:
    had = MADE.exists()
    ran = subprocess.run([sys.executable, "-c", TRIES], capture_output=True, text=True, timeout=60, check=True)
    if not had:
        MADE.unlink()
    [line] = ran.stdout.splitlines()  # the process that it could start said nothing
    failed = set(json.loads(line.partition(" ")[2]))
    sockets = {f"open {kind} socket" for kind in ("an internet", "a datagram", "a UNIX", "a netlink")}
    assert sockets | {"pair datagram sockets", "start a process", "run a program", "make a file"} <= failed
    assert {"signal its parent", "read a stranger's file", "look at its parent"} <= failed
    assert "not start a thread" not in failed
