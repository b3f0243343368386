"""The filter that cuts a process off: no new sockets, no programs, no processes, no new files, no reach to others.

Threads, memory, reading what is open, epoll and stream socket pairs (which reach nobody but their other end, and
which asyncio needs) still work.
"""

import ctypes
import errno
import os
import struct
from typing import Final

from hub.core.errors import SealError
from hub.guard.sealing import bpf
from hub.guard.sealing.bpf import Instruction
from hub.guard.sealing.libc import call
from hub.guard.sealing.syscalls import NEWEST, Architecture

_FORBIDDEN: Final = """
socket connect bind listen accept accept4 sendmmsg
execve execveat fork vfork unshare setns
ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp migrate_pages move_pages
pidfd_open pidfd_getfd pidfd_send_signal tkill setpriority ioprio_set
truncate rename renameat renameat2 mkdir mkdirat rmdir link linkat unlink unlinkat symlink symlinkat mknod mknodat
chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
mount umount2 move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr pivot_root chroot
name_to_handle_at open_by_handle_at fanotify_init quotactl quotactl_fd swapon swapoff acct
keyctl add_key request_key bpf perf_event_open userfaultfd init_module finit_module delete_module
kexec_load kexec_file_load reboot sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex
iopl ioperm modify_ldt syslog vhangup personality
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset setpgid setsid
shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_notify
"""

_ABSENT: Final = "clone3 openat2 io_uring_setup io_uring_enter io_uring_register"
"""Calls whose arguments a filter cannot see; libraries fall back to the older call when told they do not exist."""

_CAGED_TOO: Final = "memfd_create memfd_secret sched_setparam sched_setscheduler sched_setaffinity sched_setattr"
"""What native models may need and a skill does not: memory that no limit counts, and the pace of other processes."""

_SENDS_SIGNALS: Final = "kill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"

_CLONE_THREAD: Final = 0x00010000
_CLONE_NEW_NAMESPACE: Final = 0x7E020000  # every CLONE_NEW*
_OPEN_TO_WRITE: Final = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20000000  # WRONLY, RDWR, CREAT, TRUNC, TMPFILE
_OPEN_FOR_BOTH: Final = 0o2  # RDWR: what a device asks for; which ones, Landlock says
_NEVER_ASKED_OF_DEVICES: Final = (
    *(0x5412, 0x541C),  # TIOCSTI, TIOCLINUX: typing into the user's terminal
    *(0x8901, 0x8902),  # FIOSETOWN, SIOCSPGRP: whom the kernel signals in the process's stead
)
_NEVER_ASKED_OF_DESCRIPTORS: Final = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: the same, with any signal
_STAYS_WITH_A_CAGE: Final = (1, 4)  # PR_SET_PDEATHSIG, PR_SET_DUMPABLE
_UNIX: Final = 1
_STREAM: Final = 1
_SOCKET_TYPE: Final = 0xF

_ANY_PROCESS: Final = b"\xf1\xee\xdd\x7e"
"""Stands for the process's own id in a program that is not for one yet; no process has this one."""

_NOT_PERMITTED: Final = bpf.end(bpf.errno(errno.EPERM))
_NO_ACCESS: Final = bpf.end(bpf.errno(errno.EACCES))
_NOT_IMPLEMENTED: Final = bpf.end(bpf.errno(errno.ENOSYS))
_ALLOWED: Final = bpf.end(bpf.ALLOW)


def build(architecture: Architecture, pid: int, *, devices: bool = False, caged: bool = False) -> list[Instruction]:
    """The filter for a process `pid` on `architecture`; with `devices` it may open for reading and writing what there
    is, but make and empty nothing: a filter cannot see which path is meant. `caged`: for the code of strangers.
    """
    numbers = architecture.numbers
    program = [
        bpf.load(bpf.ARCHITECTURE),
        bpf.skip_if_equal(architecture.audit, 1),
        bpf.end(bpf.KILL_PROCESS),
        bpf.load(bpf.NUMBER),
        bpf.skip_unless_greater(NEWEST, 1),
        _NOT_IMPLEMENTED,
    ]
    verdicts = {name: [_NOT_PERMITTED] for name in _FORBIDDEN.split()}
    verdicts |= {name: [_NOT_IMPLEMENTED] for name in _ABSENT.split()}
    verdicts |= {name: _only_when(0, pid) for name in _SENDS_SIGNALS.split()}
    verdicts |= _conditional(pid, _OPEN_TO_WRITE & ~_OPEN_FOR_BOTH if devices else _OPEN_TO_WRITE)
    if caged:
        verdicts |= {name: [_NOT_PERMITTED] for name in _CAGED_TOO.split()}
        verdicts["prctl"] = _unless_one_of(_STAYS_WITH_A_CAGE, 0)
    for name, body in verdicts.items():
        if name in numbers:
            program += [bpf.skip_unless_equal(numbers[name], len(body)), *body]
    return [*program, _ALLOWED]


def _conditional(pid: int, never_open: int) -> dict[str, list[Instruction]]:
    """What depends on a call's arguments. Every body ends in a verdict. `never_open` are flags of `open`."""
    return {
        "clone": [
            bpf.load(bpf.argument(0)),
            bpf.skip_unless_any_bit(_CLONE_NEW_NAMESPACE, 1),
            _NOT_PERMITTED,
            bpf.skip_unless_any_bit(_CLONE_THREAD, 1),
            _ALLOWED,
            _NOT_PERMITTED,
        ],
        "socketpair": [
            bpf.load(bpf.argument(0)),
            bpf.skip_if_equal(_UNIX, 1),
            _NOT_PERMITTED,
            bpf.load(bpf.argument(1)),
            bpf.mask(_SOCKET_TYPE),
            bpf.skip_if_equal(_STREAM, 1),
            _NOT_PERMITTED,
            _ALLOWED,
        ],
        "sendto": [  # to the other end, not to an address
            *_unless_zero(bpf.argument(4)),
            *_unless_zero(bpf.argument(4, high=True)),
            _ALLOWED,
        ],
        "prlimit64": [bpf.load(bpf.argument(0)), bpf.skip_unless_equal(0, 1), _ALLOWED, *_only_when(0, pid)],
        "open": _unless_opened_with(never_open, 1),
        "openat": _unless_opened_with(never_open, 2),
        "creat": [_NO_ACCESS],
        "ioctl": _unless_one_of(_NEVER_ASKED_OF_DEVICES, 1),
        "fcntl": _unless_one_of(_NEVER_ASKED_OF_DESCRIPTORS, 1),
    }


def _only_when(index: int, value: int) -> list[Instruction]:
    return [bpf.load(bpf.argument(index)), bpf.skip_if_equal(value, 1), _NOT_PERMITTED, _ALLOWED]


def _unless_one_of(values: tuple[int, ...], index: int) -> list[Instruction]:
    steps = (step for value in values for step in (bpf.skip_unless_equal(value, 1), _NOT_PERMITTED))
    return [bpf.load(bpf.argument(index)), *steps, _ALLOWED]


def _unless_zero(offset: int) -> list[Instruction]:
    return [bpf.load(offset), bpf.skip_if_equal(0, 1), _NOT_PERMITTED]


def _unless_opened_with(flags: int, index: int) -> list[Instruction]:
    return [bpf.load(bpf.argument(index)), bpf.skip_unless_any_bit(flags, 1), _NO_ACCESS, _ALLOWED]


class _Program(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1  # SECCOMP_FILTER_FLAG_TSYNC


class Filter:
    """`build`, assembled before the fork for a process whose id is known only after it."""

    def __init__(self, architecture: Architecture, *, devices: bool = False, caged: bool = False) -> None:
        (nobody,) = struct.unpack("=I", _ANY_PROCESS)
        program = bpf.assemble(build(architecture, nobody, devices=devices, caged=caged))
        self.number = architecture.numbers["seccomp"]
        self._memory = ctypes.create_string_buffer(program, len(program))
        self._places = [at for at in range(0, len(program), 4) if program[at : at + 4] == _ANY_PROCESS]
        self._loaded = _Program(len(program) // bpf.INSTRUCTION_BYTES, ctypes.addressof(self._memory))

    def made_for(self, pid: int) -> int:
        """The address of the program for process `pid`, which stays there until it is made for another."""
        for at in self._places:
            struct.pack_into("=I", self._memory, at, pid)
        return ctypes.addressof(self._loaded)

    @property
    def program(self) -> bytes:
        """As it was made last."""
        return self._memory.raw


def install(ready: Filter) -> None:
    """Put every thread of the process under the filter, for good; needs `no_new_privs`.

    Raises `SealError` when the kernel will not.
    """
    result, error = call(ready.number, _SET_MODE_FILTER, _ALL_THREADS, ready.made_for(os.getpid()))
    if result != 0:
        raise SealError(
            f"the kernel refused the seccomp filter: {os.strerror(error)}",
            remedy="use a kernel with CONFIG_SECCOMP_FILTER",
        )
