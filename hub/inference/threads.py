"""How many threads the models of one process may use, all together."""

import os


class ThreadBudget:
    """Threads to hand out. The calling thread of a model is free; only threads beyond it are counted."""

    def __init__(self, total: int = 0) -> None:
        """`total` 0 means as many as the cores this process may run on."""
        self.total = total if total > 0 else usable_cores()
        self._left = self.total - 1

    @property
    def left(self) -> int:
        """Extra threads that can still be granted."""
        return self._left

    def take(self, wanted: int) -> int:
        """Ask for `wanted` threads (0: all that are left); at least 1 is granted, the caller's own."""
        extra = self._left if wanted == 0 else min(max(wanted - 1, 0), self._left)
        self._left -= extra
        return extra + 1

    def give_back(self, granted: int) -> None:
        """Return what `take` granted."""
        self._left = min(self._left + max(granted - 1, 0), self.total - 1)


def usable_cores() -> int:
    """Cores that this process may run on (what a container or taskset leaves of the machine's)."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
