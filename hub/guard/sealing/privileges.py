"""What a process gives up of itself before it is sealed: privileges, core dumps, other processes' view of it."""

import ctypes
import os
import resource
import signal
import struct
from typing import Final

from hub.core.errors import SealError
from hub.guard.sealing.libc import call
from hub.guard.sealing.syscalls import Architecture

_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_DUMPABLE: Final = 4  # PR_SET_DUMPABLE
_NO_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS
_CAPABILITY_VERSION: Final = 0x20080522
_READ_ANY_FILE: Final = 1 << 2  # CAP_DAC_READ_SEARCH: root may run models that another user keeps


class Privileges:
    """What there is to give up, found out before a fork.

    `keep_reading`: root may still read what other users keep, which Landlock then narrows.
    """

    def __init__(self, architecture: Architecture, *, keep_reading: bool = True) -> None:
        self._prctl, self._capset = architecture.numbers["prctl"], architecture.numbers["capset"]
        keep = _READ_ANY_FILE if keep_reading and os.geteuid() == 0 else 0
        self._header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0))
        self._sets = ctypes.create_string_buffer(struct.pack("=6I", keep, keep, 0, 0, 0, 0))

    def give_up(self, memory_mb: int) -> None:
        """Die with the parent, never gain privileges, never leave a core file with sound in it, stay under `memory_mb`.

        Raises `SealError` when `no_new_privs` cannot be set, which both filters need.
        """
        call(self._prctl, _DIE_WITH_PARENT, signal.SIGKILL)
        call(self._prctl, _DUMPABLE, 0)
        result, error = call(self._prctl, _NO_NEW_PRIVILEGES, 1)
        if result != 0:
            raise SealError(f"no_new_privs: {os.strerror(error)}", remedy="use a kernel from 3.5 on")
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_NOFILE, 512)
        limit(resource.RLIMIT_DATA, memory_mb * 1024 * 1024)
        call(self._capset, ctypes.addressof(self._header), ctypes.addressof(self._sets))


def limit(what: int, value: int) -> None:
    """Allow this process no more than `value` of the resource `what`, for good."""
    try:  # noqa: SIM105 -- run in each cage, where contextlib costs pages
        resource.setrlimit(what, (value, value))
    except (ValueError, OSError):
        pass  # a lower limit is there already
