"""Runs a command as an ordinary user from tests that run as root."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_NOBODY = "65534"
_TO_SEARCH = 0o001


def as_ordinary_user(command: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run `command`; skips the test where root cannot become somebody else who still finds Python."""
    if os.geteuid() != 0:
        return _run(command, cwd)
    for tool in ("setpriv", "unshare", "mount"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    become = ["setpriv", "--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups", *command]
    hidden = _closed_folder(Path(sys.base_prefix).resolve())
    if hidden is None:
        return _run(become, cwd)
    # Python lies in a folder of root's own: show it, and nothing else of that folder, to this command alone.
    python, shown = shlex.quote(str(Path(sys.base_prefix).resolve())), shlex.quote(str(hidden))
    script = f"""
        set -e
        mount --bind {python} /mnt
        mount -t tmpfs -o mode=755 tmpfs {shown}
        mkdir -p {python}
        mount --bind /mnt {python}
        exec {shlex.join(become)}
    """
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine makes no mount namespaces")
    return _run(["unshare", "--mount", "sh", "-c", script], cwd)


def _run(command: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False)


def _closed_folder(path: Path) -> Path | None:
    """The topmost folder on the way to `path` that others may not enter."""
    return next((p for p in reversed([path, *path.parents]) if not p.stat().st_mode & _TO_SEARCH), None)
