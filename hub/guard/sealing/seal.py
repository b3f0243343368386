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
from hub.guard.sealing import landlock, privileges, seccomp
from hub.guard.sealing.readable import readable_paths
from hub.guard.sealing.self_check import attempts, failed_checks
from hub.guard.sealing.syscalls import this_architecture

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


class Seal:
    """A seal that is ready to be put on: for a process that forks, before it does, since a page that Python touches
    after a fork is copied.

    `readable` are files and folders that may be read beside Python, the hub and system libraries, `devices` device
    nodes that may also be written to, such as a camera. `caged`: for the code of strangers (`hub.guard.zygote.cage`).
    `parent`: the parent of the process that puts it on. Raises `SealError` when this system cannot seal.
    """

    def __init__(
        self,
        readable: Iterable[Path] = (),
        devices: Collection[Path] = (),
        *,
        parent: int,
        caged: bool = False,
    ) -> None:
        architecture = this_architecture()
        if architecture is None:
            raise SealError("sealing needs Linux on x86-64 or arm64", remedy="see docs/privacy.md for other systems")
        self._landlock = landlock.Landlock(architecture, readable_paths(readable), devices)
        version = self._landlock.version
        # Without Landlock nothing would narrow what root reads, and strangers' code has no models of others to read.
        self._privileges = privileges.Privileges(architecture, keep_reading=not caged or version > 0)
        self._filter = seccomp.Filter(architecture, devices=bool(devices), caged=caged)
        self._attempts = attempts(architecture, parent, files=version > 0)
        trouble = () if version else (_NO_LANDLOCK_WITH_DEVICES if devices else _NO_LANDLOCK,)
        self._status = SealStatus(sealed=True, landlock=version, trouble=trouble)

    def put_on(self, more: Iterable[str] = (), *, memory_mb: int = MEMORY_MB) -> SealStatus:
        """Seal this process, which may read `more` too, and try whether it holds.

        Raises `SealError` when the kernel refuses, when threads run already (they would stay outside), or when a bar
        did not hold.
        """
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 -- pathlib is not imported for this
            raise SealError("threads run already", remedy="seal before importing native code")
        self._privileges.give_up(memory_mb)
        self._landlock.restrict(more)
        seccomp.install(self._filter)
        failed = failed_checks(self._attempts)
        if failed:
            raise SealError(f"sealed, and yet could {', '.join(failed)}", remedy="run `hearth doctor` and report this")
        return self._status


def seal(readable: Iterable[Path] = (), devices: Collection[Path] = (), *, memory_mb: int = MEMORY_MB) -> SealStatus:
    """Seal this process now: see `Seal`, whose errors it raises."""
    return Seal(readable, devices, parent=os.getppid()).put_on(memory_mb=memory_mb)
