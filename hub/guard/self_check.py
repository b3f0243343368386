"""Whether a seal holds: a sealed process really tries what it must not be able to do."""

import _thread
import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

from hub.guard.libc import call
from hub.guard.syscalls import Architecture

_THREAD_S = 30.0
_REFUSED = (errno.EPERM, errno.EACCES, errno.ENOSYS)


def failed_checks(architecture: Architecture, *, files: bool) -> list[str]:
    """What the process could do although it must not, or cannot do although it must; empty when all is well.

    `files`: whether reading files of no concern must be refused too.
    """
    numbers = architecture.numbers
    forbidden: dict[str, Callable[[], None]] = {
        "open an internet socket": lambda: _close(socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "open a datagram socket": lambda: _close(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)),
        "open a UNIX socket": lambda: _close(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        "open a netlink socket": lambda: _close(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
        "pair datagram sockets": lambda: _close(*socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)),
        "start a process": _fork,
        "run a program": lambda: os.execv("/nonexistent/program", ["program"]),  # noqa: S606 -- must fail
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "make a file": _make_file,
        "use io_uring": lambda: _try(numbers["io_uring_setup"], 1, 0),
        "trace a process": lambda: _try(numbers["ptrace"], 16, os.getppid()),
        "open a process": lambda: _try(numbers["pidfd_open"], os.getpid()),
    }
    if files:
        forbidden["read a stranger's file"] = lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))
        forbidden["write to a stranger's file"] = lambda: os.close(os.open("/etc/passwd", os.O_RDWR))
        forbidden["look at its parent"] = lambda: os.close(os.open(f"/proc/{os.getppid()}/status", os.O_RDONLY))
    failed = [what for what, attempt in forbidden.items() if not _refused(attempt)]
    if not _threads_run():
        failed.append("not start a thread")
    return failed


def _refused(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in _REFUSED
    return False


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        one.close()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _make_file() -> None:
    path = Path(f"/tmp/hearth-seal-check-{os.getpid()}")  # noqa: S108 -- must fail, and is removed where it does not
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    path.unlink()


def _try(number: int, *arguments: int) -> None:
    result, error = call(number, *arguments)
    if result < 0:
        raise OSError(error, os.strerror(error))


def _threads_run() -> bool:
    done = _thread.allocate_lock()
    done.acquire()
    try:
        _thread.start_new_thread(done.release, ())
    except RuntimeError:
        return False
    return done.acquire(timeout=_THREAD_S)
