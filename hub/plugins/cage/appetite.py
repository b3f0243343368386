"""How much processor, memory and threads another process takes, and whether that is more than a skill may."""

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_USER_TICKS, _SYSTEM_TICKS, _THREADS, _PAGES = 11, 12, 17, 21
"""Where they stand in /proc/PID/stat after the name, see proc(5)."""


class Appetite(Struct, frozen=True, kw_only=True):
    """What a process has taken: seconds of processor since it began, threads, bytes of memory."""

    cpu_s: float
    threads: int
    memory: int


class Limits(Struct, frozen=True, kw_only=True):
    """What a skill may take: `cpu_share` of one processor in the long run, and `cpu_burst_s` seconds beyond that."""

    cpu_share: float = 0.25
    cpu_burst_s: float = 10.0
    threads: int = 32
    memory_mb: int = 256


def appetite(pid: int) -> Appetite | None:
    """What process `pid` has taken, None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return Appetite(
        cpu_s=(int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) / _TICKS_A_SECOND,
        threads=int(fields[_THREADS]),
        memory=int(fields[_PAGES]) * _PAGE_BYTES,
    )


class Diet:
    """Follows one process: `too_much` is asked now and then, with the time that passed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen_s = 0.0
        self._over_s = 0.0

    def too_much(self, now: Appetite, passed_s: float) -> str:
        """What it takes too much of, in words; empty when all is well."""
        limits = self._limits
        self._over_s = max(0.0, self._over_s + now.cpu_s - self._seen_s - limits.cpu_share * passed_s)
        self._seen_s = now.cpu_s
        if self._over_s > limits.cpu_burst_s:
            return f"kept a processor busy for {self._over_s:.0f} s"
        if now.threads > limits.threads:
            return f"had {now.threads} threads; {limits.threads} are allowed"
        if now.memory > 2 * limits.memory_mb * 1024 * 1024:  # its own limit stops it long before, unless it found a way
            return f"took {now.memory // (1024 * 1024)} MB of memory"
        return ""
