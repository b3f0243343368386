"""Landlock: which files a process can still see, and that it reaches no TCP port and no process outside.

Reference: the kernel's Documentation/userspace-api/landlock.rst. Kernels from 5.13 on have it where it is enabled;
TCP came with its version 4 (6.7), abstract sockets and signals with version 6 (6.12).
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hub.core.errors import SealError
from hub.guard.libc import call
from hub.guard.syscalls import Architecture

_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIRECTORY: Final = 1 << 3
_DEVICE_IOCTL: Final = 1 << 15  # from version 5 on; before, nothing kept anybody from it
_FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP: Final = 0b11  # bind, connect
_SCOPES: Final = 0b11  # abstract UNIX sockets, signals
_VERSION_WITH_TCP: Final = 4
_VERSION_WITH_SCOPES: Final = 6
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1


def version(architecture: Architecture) -> int:
    """Which version of Landlock this kernel offers; 0 when none."""
    result, _ = call(architecture.numbers["landlock_create_ruleset"], 0, 0, _ASK_VERSION)
    return max(0, result)


def restrict(architecture: Architecture, readable: Iterable[Path], devices: Iterable[Path] = ()) -> int:
    """Leave this thread, and those it starts, nothing but reading `readable` (files, and folders with all in them), and
    reading and writing `devices` (device nodes; as they are now: one that is plugged in later is another).

    Paths that do not exist are passed over. Returns Landlock's version, 0 where the kernel has none and nothing
    happened. Needs `no_new_privs`. Raises `SealError` when the kernel refuses.
    """
    have = version(architecture)
    if have == 0:
        return 0
    numbers = architecture.numbers
    rights = _FILE_RIGHTS[min(have, max(_FILE_RIGHTS))]
    attributes = struct.pack(
        "=QQQ",
        rights,
        _TCP if have >= _VERSION_WITH_TCP else 0,
        _SCOPES if have >= _VERSION_WITH_SCOPES else 0,
    )
    size = 24 if have >= _VERSION_WITH_SCOPES else 16 if have >= _VERSION_WITH_TCP else 8
    memory = ctypes.create_string_buffer(attributes, len(attributes))
    made = call(numbers["landlock_create_ruleset"], ctypes.addressof(memory), size, 0)
    rules = _checked(made, "landlock_create_ruleset")
    try:
        for path in readable:
            _allow(numbers["landlock_add_rule"], rules, path)
        for device in devices:
            if device.is_char_device():  # never a folder, or a file that somebody put there
                use = (_READ_FILE | _WRITE_FILE | _DEVICE_IOCTL) & rights
                _allow(numbers["landlock_add_rule"], rules, device, use)
        _checked(call(numbers["landlock_restrict_self"], rules, 0), "landlock_restrict_self")
    finally:
        os.close(rules)
    return have


def _allow(number: int, rules: int, path: Path, rights: int | None = None) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if rights is None:
            rights = _READ_FILE | (_READ_DIRECTORY if stat.S_ISDIR(os.fstat(handle).st_mode) else 0)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle), 12)
        _checked(call(number, rules, _PATH_BENEATH, ctypes.addressof(rule), 0), f"landlock_add_rule for {path}")
    finally:
        os.close(handle)


def _checked(answer: tuple[int, int], what: str) -> int:
    result, error = answer
    if result < 0:
        raise SealError(f"{what}: {os.strerror(error)}", remedy="see `hearth doctor` for what this kernel can do")
    return result
