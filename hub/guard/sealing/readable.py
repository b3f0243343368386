"""The files that a sealed worker must still read: Python, its packages, the hub's own code, system libraries."""

import functools
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SYSTEM: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system",
    "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random",
)  # fmt: skip
"""Shared libraries, and what native code asks the machine about its processors and memory."""

_INSTALLED: Final = ("stdlib", "platstdlib", "purelib", "platlib")


def readable_paths(extra: Iterable[Path] = ()) -> list[Path]:
    """What a worker may read after sealing: `extra` (its model files) and what it is made of."""
    return [*what_it_is_made_of(), *extra]


@functools.cache
def what_it_is_made_of() -> tuple[Path, ...]:
    """System libraries, Python and the hub. Before a fork, so that each child need not find it out."""
    python = [Path(path) for name, path in sysconfig.get_paths().items() if name in _INSTALLED]
    python.append(Path(sys.base_prefix) / "lib")
    hub = Path(__file__).resolve().parents[2]
    return (*map(Path, _SYSTEM), *python, hub)
