"""The `hearth` command, run as people run it: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Ran = subprocess.CompletedProcess[str]


def hearth(*arguments: str | Path, inside: Sequence[str] = (), **environment: str) -> Ran:
    """Run the command; `inside` is one that runs it, such as `unshare --net`."""
    command = [*inside, sys.executable, "-m", "hub.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=100, check=False, env={**os.environ, **environment}
    )


def lines_of(ran: Ran) -> list[dict[str, Any]]:
    """What a command told with `--json`: every line of its stdout is an object."""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def failed(ran: Ran, *words: str, code: int = 1) -> None:
    """It ended with `code` and one line on stderr that has the `words`."""
    assert ran.returncode == code, ran.stderr
    [line] = ran.stderr.splitlines()
    assert line.startswith("hearth: ")
    assert all(word in line for word in words), line
