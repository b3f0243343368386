"""Sealing: a process cuts itself off from network, files, programs and other processes, for good.

It keeps the descriptors that it has, threads, memory, and reading the files that it is made of. Everything native that
it loads afterwards runs inside. Linux only, on x86-64 and arm64; see docs/decisions for what was tried.
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.core.errors import SealError
from hub.guard import landlock, privileges, seccomp
from hub.guard.readable import readable_paths
from hub.guard.self_check import failed_checks
from hub.guard.syscalls import this_architecture

MEMORY_MB = 4096
_NO_LANDLOCK: Final = "this kernel has no Landlock: workers can read files, but send nothing anywhere"
_NO_LANDLOCK_WITH_DEVICES: Final = (
    "this kernel has no Landlock: a camera's worker can read files and change those that the hub may change, "
    "but send nothing anywhere"
)


class SealStatus(Struct, frozen=True, kw_only=True):
    """What a process found when it tried its own bars after sealing.

    `sealed`: no network, programs, processes or new files, tried and refused. `landlock` is that filter's version in
    this kernel; 0: none, so that files can still be read (and not sent anywhere). `trouble`: what is wrong, in words.
    """

    sealed: bool = False
    landlock: int = 0
    trouble: tuple[str, ...] = ()


def seal(
    readable: Iterable[Path] = (),
    devices: Collection[Path] = (),
    *,
    memory_mb: int = MEMORY_MB,
    caged: bool = False,
) -> SealStatus:
    """Seal this process and try whether it holds.

    `readable` are files and folders that it may read beside Python, the hub and system libraries, `devices` device
    nodes that it may also write to, such as a camera. `caged`: for the code of strangers, see `hub.guard.cage`. Raises
    `SealError` when this system cannot seal, when threads run already (they would stay outside), or when a bar did not
    hold.
    """
    architecture = this_architecture()
    if architecture is None:
        raise SealError("sealing needs Linux on x86-64 or arm64", remedy="see docs/privacy.md for other systems")
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 -- pathlib is not imported for this
        raise SealError("threads run already", remedy="seal before importing native code")
    # Without Landlock nothing would narrow what root reads, and strangers' code has no models of others to read.
    keep_reading = not caged or landlock.version(architecture) > 0
    privileges.give_up(architecture, memory_mb, keep_reading=keep_reading)
    version = landlock.restrict(architecture, readable_paths(readable), devices)
    seccomp.install(architecture, seccomp.program_for(architecture, os.getpid(), devices=bool(devices), caged=caged))
    failed = failed_checks(architecture, files=version > 0)
    if failed:
        raise SealError(f"sealed, and yet could {', '.join(failed)}", remedy="run `hearth doctor` and report this")
    trouble = () if version else (_NO_LANDLOCK_WITH_DEVICES if devices else _NO_LANDLOCK,)
    return SealStatus(sealed=True, landlock=version, trouble=trouble)
