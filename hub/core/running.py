"""Which hub runs over a home: one at a time, and where it can be asked."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from hub.core.errors import StoreError, UsageError
from hub.core.paths import HomePaths

_MOST_BYTES = 200


@contextmanager
def the_only_hub(paths: HomePaths, url: str) -> Iterator[None]:
    """Be the hub of this home, at `url`, within the block; the mark goes with the process, however it ends.

    Raises `UsageError` when another one is, and `StoreError` where the home cannot be written to.
    """
    try:
        mark = os.open(paths.running, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        remedy = "have the home on a disk that is not full, in a directory that this user may write to"
        raise StoreError(f"{error.strerror}", place=str(paths.running), remedy=remedy) from error
    try:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = os.pread(mark, _MOST_BYTES, 0).decode("ascii", "replace")
            raise UsageError(f"a hub runs over {paths.root} already", remedy=f"it is at {there}") from None
        os.ftruncate(mark, 0)
        os.pwrite(mark, url.encode("ascii"), 0)
        yield
    finally:
        os.close(mark)


def running_at(paths: HomePaths) -> str | None:
    """The URL of the hub that runs over this home, None when none does."""
    try:
        mark = os.open(paths.running, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(mark, _MOST_BYTES, 0).decode("ascii", "replace") or None
    finally:
        os.close(mark)
    return None
