"""This process's children, and what the kernel says of them."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_WORKER = "hub.guard.worker_main"


class Worker(Struct, frozen=True):
    """A worker process. `filtered`: the kernel filters each of its system calls; `locked`: and will for good."""

    pid: int
    filtered: bool
    locked: bool


def family() -> list[int]:
    """The ids of all processes that this one started, and of those that these did."""
    parents: dict[int, list[int]] = {}
    for pid, parent in _everybody():
        parents.setdefault(parent, []).append(pid)
    found, waiting = [], [os.getpid()]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def workers() -> list[Worker]:
    """The worker processes of this hub, as the kernel describes them."""
    found = []
    for pid in family():
        try:
            if _WORKER.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes():
                continue
            status = _status(pid)
        except OSError:  # ended meanwhile
            continue
        found.append(Worker(pid, status.get("Seccomp") == "2", status.get("NoNewPrivs") == "1"))
    return found


def _everybody() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                yield int(folder.name), int(_status(int(folder.name))["PPid"])
            except (OSError, KeyError):  # ended meanwhile
                continue


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
