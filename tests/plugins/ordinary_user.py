"""Runs a command as an ordinary user from tests that run as root."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

_NOBODY = "65534"
_TO_SEARCH = 0o001


def as_ordinary_user(command: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run `command`; skips the test where root cannot become somebody else who still finds Python and the hub."""
    if os.geteuid() != 0:
        return _run(command, cwd)
    for tool in ("setpriv", "unshare", "mount"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    become = ["setpriv", "--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups", *command]
    needed = {Path(path).resolve() for path in (sys.base_prefix, sys.prefix, cwd)}
    hidden = {path: folder for path in needed if (folder := _closed_folder(path)) is not None}
    if not hidden:
        return _run(become, cwd)
    if any(path == folder for path, folder in hidden.items()):
        pytest.skip("Python or the hub lies in a folder that is root's own")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine makes no mount namespaces")
    script = "\n".join([*_showing(hidden), f"cd {shlex.quote(str(cwd))}", f"exec {shlex.join(become)}"])
    return _run(["unshare", "--mount", "sh", "-ec", script], cwd)


def _showing(hidden: dict[Path, Path]) -> Iterable[str]:
    """What shows folders, and nothing else of the closed ones that they lie in, to one mount namespace alone."""
    yield "mount -t tmpfs tmpfs /mnt"
    places = {path: f"/mnt/{number}" for number, path in enumerate(hidden)}
    for path, place in places.items():
        yield f"mkdir {place} && mount --bind {shlex.quote(str(path))} {place}"
    for folder in sorted(set(hidden.values())):
        yield f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(folder))}"
    for path, place in sorted(places.items()):
        shown = shlex.quote(str(path))
        yield f"mkdir -p {shown} && mount --bind {place} {shown}"


def _run(command: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False)


def _closed_folder(path: Path) -> Path | None:
    """The topmost folder on the way to `path` that others may not enter."""
    return next((p for p in reversed([path, *path.parents]) if not p.stat().st_mode & _TO_SEARCH), None)
