"""Whether a seal holds: a sealed process really tries what it must not be able to do.

The attempts are system calls that are made ready beforehand: whatever else Python touches after a fork is copied.
"""

import _thread
import ctypes
import errno
import os
import signal
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.guard.sealing.libc import call
from hub.guard.sealing.syscalls import Architecture

_THREAD_S: Final = 30.0
_REFUSED: Final = (errno.EPERM, errno.EACCES, errno.ENOSYS)
_UNIX, _INTERNET, _INTERNET_6, _NETLINK = 1, 2, 10, 16
_STREAM, _DATAGRAM, _RAW = 1, 2, 3
_HERE: Final = -100  # AT_FDCWD
_ATTACH: Final = 16  # PTRACE_ATTACH
_NEW_FILE: Final = os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW


class Attempt(Struct, frozen=True):
    """A system call that must be refused: what it would be in words, its number and arguments, what these point to."""

    what: str
    number: int
    arguments: tuple[int, ...]
    kept: tuple[object, ...] = ()


def attempts(architecture: Architecture, parent: int, *, files: bool) -> list[Attempt]:
    """What a sealed child of the process `parent` must fail at. `files`: reading files of no concern too."""
    numbers = architecture.numbers
    pair = ctypes.create_string_buffer(8)

    def on(what: str, name: str, path: str, *flags: int) -> Attempt:
        text = ctypes.create_string_buffer(os.fsencode(path))
        place = (ctypes.addressof(text),) if name == "execve" else (_HERE, ctypes.addressof(text))
        return Attempt(what, numbers[name], (*place, *flags), (text,))

    found = [
        Attempt("open an internet socket", numbers["socket"], (_INTERNET, _STREAM, 0)),
        Attempt("open a datagram socket", numbers["socket"], (_INTERNET_6, _DATAGRAM, 0)),
        Attempt("open a UNIX socket", numbers["socket"], (_UNIX, _STREAM, 0)),
        Attempt("open a netlink socket", numbers["socket"], (_NETLINK, _RAW, 0)),
        Attempt("pair datagram sockets", numbers["socketpair"], (_UNIX, _DATAGRAM, 0, ctypes.addressof(pair)), (pair,)),
        Attempt("start a process", numbers["clone"], (signal.SIGCHLD,)),
        on("run a program", "execve", "/nonexistent/program"),
        Attempt("signal its parent", numbers["kill"], (parent, 0)),
        on("make a file", "openat", "/tmp/hearth-seal-check", _NEW_FILE, 0o600),  # noqa: S108 -- must fail
        Attempt("use io_uring", numbers["io_uring_setup"], (1, 0)),
        Attempt("trace a process", numbers["ptrace"], (_ATTACH, parent)),
        Attempt("open a process", numbers["pidfd_open"], (parent, 0)),
    ]
    if files:
        found += [
            on("read a stranger's file", "openat", "/etc/passwd", os.O_RDONLY),
            on("write to a stranger's file", "openat", "/etc/passwd", os.O_RDWR),
            on("look at its parent", "openat", f"/proc/{parent}/status", os.O_RDONLY),
        ]
    return found


def failed_checks(tried: Iterable[Attempt]) -> list[str]:
    """What the process could do although it must not, or cannot do although it must; empty when all is well.

    A process of which anything is told here is not fit to go on: what it could do has been done.
    """
    failed, me = [], os.getpid()
    for attempt in tried:
        _, error = call(attempt.number, *attempt.arguments)
        if os.getpid() != me:
            os._exit(0)  # the process that could be started
        if error not in _REFUSED:
            failed.append(attempt.what)
    if not _threads_run():
        failed.append("not start a thread")
    return failed


def _threads_run() -> bool:
    done = _thread.allocate_lock()
    done.acquire()
    try:
        _thread.start_new_thread(done.release, ())
    except RuntimeError:
        return False
    return done.acquire(timeout=_THREAD_S)
