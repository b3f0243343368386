"""System calls that Python has no function for."""

import ctypes
import functools
from typing import Any, Final

_WORDS: Final = 6


def call(number: int, *arguments: int) -> tuple[int, int]:
    """Make the system call `number`; returns its result and errno (0 when it succeeded)."""
    padded = arguments + (0,) * (_WORDS - len(arguments))
    ctypes.set_errno(0)
    result = int(_syscall()(number, *padded))
    return result, ctypes.get_errno() if result == -1 else 0


@functools.cache
def _syscall() -> Any:
    """syscall(2). Made once: each `CDLL` is a class of its own, and a cage makes dozens of calls."""
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    syscall.argtypes = [ctypes.c_long] * (1 + _WORDS)
    return syscall
