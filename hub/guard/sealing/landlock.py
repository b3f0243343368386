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
from hub.guard.sealing.libc import call
from hub.guard.sealing.syscalls import Architecture

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
_RULE: Final = struct.Struct("=Qi")


def version(architecture: Architecture) -> int:
    """Which version of Landlock this kernel offers; 0 when none."""
    result, _ = call(architecture.numbers["landlock_create_ruleset"], 0, 0, _ASK_VERSION)
    return max(0, result)


class Landlock:
    """What a process may still reach, found out before it is restricted: for a fork, before the fork.

    Nothing is left but reading `readable` (files, and folders with all in them), and reading and writing `devices`
    (device nodes; as they are now: one that is plugged in later is another). Paths that do not exist are passed over.
    """

    def __init__(self, architecture: Architecture, readable: Iterable[Path], devices: Iterable[Path] = ()) -> None:
        have = self.version = version(architecture)
        numbers = architecture.numbers
        self._make, self._add = numbers["landlock_create_ruleset"], numbers["landlock_add_rule"]
        self._restrict = numbers["landlock_restrict_self"]
        rights = _FILE_RIGHTS[min(max(have, 1), max(_FILE_RIGHTS))]
        tcp, scopes = _TCP if have >= _VERSION_WITH_TCP else 0, _SCOPES if have >= _VERSION_WITH_SCOPES else 0
        self._attributes = ctypes.create_string_buffer(struct.pack("=QQQ", rights, tcp, scopes), 24)
        self._attribute_bytes = 24 if scopes else 16 if tcp else 8
        self._rule = ctypes.create_string_buffer(_RULE.size)
        self._rights = {name: right for path in readable if (right := _to_read(name := str(path)))}
        for device in devices:
            if device.is_char_device():  # never a folder, or a file that somebody put there
                self._rights[str(device)] = (_READ_FILE | _WRITE_FILE | _DEVICE_IOCTL) & rights

    def restrict(self, more: Iterable[str] = ()) -> None:
        """Restrict this thread, and those it starts; it may read `more` too. Nothing happens where there is no
        Landlock. Needs `no_new_privs`. Raises `SealError` when the kernel refuses.
        """
        if self.version == 0:
            return
        made = call(self._make, ctypes.addressof(self._attributes), self._attribute_bytes, 0)
        rules = _checked(made, "landlock_create_ruleset")
        try:
            for path, rights in self._rights.items():
                self._allow(rules, path, rights)
            for path in more:
                if rights := _to_read(path):
                    self._allow(rules, path, rights)
            _checked(call(self._restrict, rules, 0), "landlock_restrict_self")
        finally:
            os.close(rules)

    def _allow(self, rules: int, path: str, rights: int) -> None:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            _RULE.pack_into(self._rule, 0, rights, handle)
            made = call(self._add, rules, _PATH_BENEATH, ctypes.addressof(self._rule), 0)
            if made[0] < 0:
                _checked(made, f"landlock_add_rule for {path}")
        finally:
            os.close(handle)


def _to_read(path: str) -> int:
    """The rights that reading takes, 0 for what is not there."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 -- run in each cage, where pathlib costs pages
    except OSError:
        return 0
    return _READ_FILE | (_READ_DIRECTORY if stat.S_ISDIR(mode) else 0)


def _checked(answer: tuple[int, int], what: str) -> int:
    result, error = answer
    if result < 0:
        raise SealError(f"{what}: {os.strerror(error)}", remedy="see `hearth doctor` for what this kernel can do")
    return result
