"""The cage: what a forked process loses before it runs the code of strangers.

It is a seal (`hub.guard.sealing.seal`) with less in it than a worker's: fewer descriptors, no memory but its own and
little of that, and the last place in the queue for the processor.
"""

import fcntl
import os
import resource
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hub.guard.sealing import privileges
from hub.guard.sealing.seal import Seal, SealStatus

CHANNEL: Final = 3
"""The descriptor that the caged process speaks through; the only one beside the standard three."""
_MOST_DESCRIPTORS: Final = 128
_LAST_IN_THE_QUEUE: Final = 10
_FIRST_TO_GO: Final = b"1000"  # when the machine runs out of memory


def keep_only(channel: int, said: int) -> None:
    """Close every descriptor but `channel`, which becomes number 3, and `said`, which stdout and stderr go to."""
    channel, said = os.dup(channel), os.dup(said)  # neither may be in the other's way
    nothing = os.open(os.devnull, os.O_RDONLY)
    high = [_above(fd) for fd in (nothing, said, said, channel)]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=False)
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- pathlib would open one more
        if int(name) > CHANNEL:
            try:  # noqa: SIM105 -- see `_write`
                os.close(int(name))
            except OSError:
                pass  # the listing's own


def _above(descriptor: int) -> int:
    """A copy whose number none of the kept descriptors needs."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, CHANNEL + 1)


def ready_seal() -> Seal:
    """What `shut` puts on, made by the parent before it forks."""
    return Seal([Path("/usr/share/zoneinfo")], caged=True, parent=os.getpid())


def shut(seal: Seal, readable: Iterable[str], *, memory_mb: int) -> SealStatus:
    """Cage this process for good; `readable` is what it may read beside Python, the hub's code and system libraries.

    Raises `SealError` where that cannot be done.
    """
    os.nice(_LAST_IN_THE_QUEUE)  # stepping back is never refused
    _write("/proc/self/oom_score_adj", _FIRST_TO_GO)
    # Shared memory counts as address space only, and what is mapped already is shared with the zygote.
    privileges.limit(resource.RLIMIT_AS, _address_space() + memory_mb * 1024 * 1024)
    privileges.limit(resource.RLIMIT_FSIZE, 0)
    privileges.limit(resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS)
    privileges.limit(resource.RLIMIT_MSGQUEUE, 0)
    privileges.limit(resource.RLIMIT_MEMLOCK, 0)
    return seal.put_on(readable, memory_mb=memory_mb)


def _write(path: str, data: bytes) -> None:
    """Where that can be done: a cage is no less one without it.

    Not with pathlib or a file object: each would cost every cage pages of its own.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.write(handle, data)
    except OSError:
        pass
    finally:
        os.close(handle)


def _address_space() -> int:
    """Bytes that are mapped now."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        pages = int(os.read(statm, 100).split()[0])
    finally:
        os.close(statm)
    return pages * resource.getpagesize()
