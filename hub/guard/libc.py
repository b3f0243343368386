"""System calls that Python has no function for."""

import ctypes
from typing import Final

_WORDS: Final = 6


def call(number: int, *arguments: int) -> tuple[int, int]:
    """Make the system call `number`; returns its result and errno (0 when it succeeded)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    padded = arguments + (0,) * (_WORDS - len(arguments))
    ctypes.set_errno(0)
    result = int(libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) for a in padded)))
    return result, ctypes.get_errno() if result == -1 else 0
