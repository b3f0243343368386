"""What a process gives up of itself before it is sealed: privileges, core dumps, other processes' view of it."""

import contextlib
import ctypes
import os
import resource
import signal
import struct
from typing import Final

from hub.core.errors import SealError
from hub.guard.libc import call
from hub.guard.syscalls import Architecture

_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_DUMPABLE: Final = 4  # PR_SET_DUMPABLE
_NO_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS
_CAPABILITY_VERSION: Final = 0x20080522
_READ_ANY_FILE: Final = 1 << 2  # CAP_DAC_READ_SEARCH: root may run models that another user keeps


def give_up(architecture: Architecture, memory_mb: int, *, keep_reading: bool = True) -> None:
    """Die with the parent, never gain privileges, never leave a core file with sound in it, stay under `memory_mb`.

    `keep_reading`: root may still read what other users keep, which Landlock then narrows. Raises `SealError` when
    `no_new_privs` cannot be set, which both filters need.
    """
    prctl = architecture.numbers["prctl"]
    call(prctl, _DIE_WITH_PARENT, signal.SIGKILL)
    call(prctl, _DUMPABLE, 0)
    result, error = call(prctl, _NO_NEW_PRIVILEGES, 1)
    if result != 0:
        raise SealError(f"no_new_privs: {os.strerror(error)}", remedy="use a kernel from 3.5 on")
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, 512)
    limit(resource.RLIMIT_DATA, memory_mb * 1024 * 1024)
    _drop_capabilities(architecture.numbers["capset"], keep_reading)


def limit(what: int, value: int) -> None:
    """Allow this process no more than `value` of the resource `what`, for good."""
    with contextlib.suppress(ValueError, OSError):  # a lower limit is there already
        resource.setrlimit(what, (value, value))


def _drop_capabilities(number: int, keep_reading: bool) -> None:
    keep = _READ_ANY_FILE if keep_reading and os.geteuid() == 0 else 0
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(struct.pack("=6I", keep, keep, 0, 0, 0, 0))
    call(number, ctypes.addressof(header), ctypes.addressof(sets))
