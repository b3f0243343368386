"""The filter's verdicts, by running its program as the kernel would, for both architectures on any machine."""

import errno
import struct

import pytest

from hub.guard.sealing import bpf, seccomp
from hub.guard.sealing.syscalls import ARCHITECTURES, NEWEST, Architecture

PID = 4_711
EPERM, EACCES, ENOSYS = (bpf.errno(n) for n in (errno.EPERM, errno.EACCES, errno.ENOSYS))
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_CLOEXEC, O_TMPFILE = 0, 1, 2, 0o100, 0o1000, 0o2000000, 0o20200000

FORBIDDEN = """
socket connect bind listen accept accept4 execve execveat unshare setns ptrace process_vm_readv pidfd_open tkill
pidfd_send_signal unlinkat renameat2 mkdirat mount bpf keyctl perf_event_open setuid capset shmget mq_open
"""


@pytest.fixture(params=sorted(ARCHITECTURES))
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


def verdict(architecture: Architecture, call: str | int, *arguments: int, audit: int | None = None) -> int:
    return verdict_of(seccomp.build(architecture, PID), architecture, call, *arguments, audit=audit)


def verdict_of(
    program: list[bpf.Instruction],
    architecture: Architecture,
    call: str | int,
    *arguments: int,
    audit: int | None = None,
) -> int:
    number = architecture.numbers[call] if isinstance(call, str) else call
    words = [a & 0xFFFFFFFFFFFFFFFF for a in (*arguments, *[0] * (6 - len(arguments)))]
    data = struct.pack("=IIQ6Q", number, architecture.audit if audit is None else audit, 0, *words)
    return bpf.run(program, data)


@pytest.mark.parametrize("call", FORBIDDEN.split())
def test_forbidden_whatever_the_arguments(architecture: Architecture, call: str) -> None:
    assert verdict(architecture, call, 1, 2, 3, 4, 5, 6) == EPERM


@pytest.mark.parametrize("call", ["clone3", "openat2", "io_uring_setup", "io_uring_enter"])
def test_what_a_filter_cannot_look_into_is_not_there(architecture: Architecture, call: str) -> None:
    assert verdict(architecture, call) == ENOSYS


def test_calls_of_kernels_to_come_are_not_there(architecture: Architecture) -> None:
    for number in (NEWEST + 1, 467, 1_000, 0x40000000 + 41, 0xFFFFFFFF):
        assert verdict(architecture, number) == ENOSYS


def test_another_architectures_calls_kill(architecture: Architecture) -> None:
    assert verdict(architecture, "socket", audit=0x40000003) == bpf.KILL_PROCESS


@pytest.mark.parametrize("flags", [O_RDONLY, O_CLOEXEC, O_RDONLY | 0o200000])
def test_reading_is_allowed(architecture: Architecture, flags: int) -> None:
    assert verdict(architecture, "openat", -100, 0, flags) == bpf.ALLOW


@pytest.mark.parametrize("flags", [O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_TMPFILE, O_RDWR | O_CLOEXEC])
def test_writing_is_not(architecture: Architecture, flags: int) -> None:
    assert verdict(architecture, "openat", -100, 0, flags) == EACCES
    if "open" in architecture.numbers:
        assert verdict(architecture, "open", 0, flags) == EACCES


THREAD = 0x3D0F00  # what glibc's pthread_create asks for
FORK = 0x1200011


@pytest.mark.parametrize(
    ("flags", "allowed"), [(THREAD, True), (FORK, False), (0x11, False), (THREAD | 0x10000000, False), (0x4111, False)]
)
def test_threads_but_no_processes(architecture: Architecture, flags: int, allowed: bool) -> None:
    assert verdict(architecture, "clone", flags) == (bpf.ALLOW if allowed else EPERM)


@pytest.mark.parametrize(
    ("family", "kind", "allowed"),
    [(1, 1, True), (1, 1 | 0o2000000, True), (1, 1 | 0o4000, True), (1, 2, False), (1, 5, False), (2, 1, False)],
)
def test_only_stream_pairs(architecture: Architecture, family: int, kind: int, allowed: bool) -> None:
    assert verdict(architecture, "socketpair", family, kind) == (bpf.ALLOW if allowed else EPERM)


def test_sending_to_the_other_end_only(architecture: Architecture) -> None:
    assert verdict(architecture, "sendto", 3, 0x7000, 10, 0, 0, 0) == bpf.ALLOW
    assert verdict(architecture, "sendto", 3, 0x7000, 10, 0, 0x7FFF0000, 16) == EPERM
    assert verdict(architecture, "sendto", 3, 0x7000, 10, 0, 0x7FFF_0000_0000, 16) == EPERM


@pytest.mark.parametrize("call", ["kill", "tgkill", "rt_sigqueueinfo"])
def test_signals_to_itself_only(architecture: Architecture, call: str) -> None:
    assert verdict(architecture, call, PID, 6) == bpf.ALLOW
    for other in (1, 0, -1, -PID, PID + 1):
        assert verdict(architecture, call, other, 6) == EPERM


def test_limits_of_itself_only(architecture: Architecture) -> None:
    assert verdict(architecture, "prlimit64", 0) == bpf.ALLOW
    assert verdict(architecture, "prlimit64", PID) == bpf.ALLOW
    assert verdict(architecture, "prlimit64", 1) == EPERM


def test_no_typing_into_terminals(architecture: Architecture) -> None:
    assert verdict(architecture, "ioctl", 0, 0x5412) == EPERM
    assert verdict(architecture, "ioctl", 0, 0x541C) == EPERM
    assert verdict(architecture, "ioctl", 0, 0x5401) == bpf.ALLOW


@pytest.mark.parametrize(("x86", "arm"), [(0, 63), (9, 222), (202, 98), (232, 22), (319, 279), (47, 212), (435, 435)])
def test_everyday_calls_pass(x86: int, arm: int) -> None:
    # read, mmap, futex, epoll, memfd_create, recvmsg; and clone3 as the counter-example
    expected = ENOSYS if x86 == arm else bpf.ALLOW
    assert verdict(ARCHITECTURES["x86_64"], x86) == expected
    assert verdict(ARCHITECTURES["aarch64"], arm) == expected


def test_no_call_stands_twice() -> None:
    for architecture in ARCHITECTURES.values():
        numbers = list(architecture.numbers.values())
        assert len(numbers) == len(set(numbers))


def test_the_program_is_what_the_kernel_takes(architecture: Architecture) -> None:
    program = seccomp.build(architecture, PID)
    assert len(program) < 4_096
    assert len(bpf.assemble(program)) == 8 * len(program)
    assert all(0 <= step.if_true < 256 and 0 <= step.if_false < 256 for step in program)


@pytest.mark.parametrize("caged", [False, True])
@pytest.mark.parametrize("devices", [False, True])
def test_what_is_made_before_the_fork_is_the_same_program(
    architecture: Architecture, devices: bool, caged: bool
) -> None:
    ready = seccomp.Filter(architecture, devices=devices, caged=caged)
    for pid in (PID, 1, 2**22):
        ready.made_for(pid)
        assert ready.program == bpf.assemble(seccomp.build(architecture, pid, devices=devices, caged=caged))


@pytest.mark.parametrize("command", [8, 10, 15])
def test_nobody_else_is_signalled_in_its_stead(architecture: Architecture, command: int) -> None:
    assert verdict(architecture, "fcntl", 3, command, 1) == EPERM
    assert verdict(architecture, "fcntl", 3, 3) == bpf.ALLOW
    assert verdict(architecture, "ioctl", 3, 0x8901) == EPERM
    assert verdict(architecture, "ioctl", 3, 0x8902) == EPERM


@pytest.mark.parametrize(
    "call",
    ["memfd_create", "memfd_secret", "sched_setaffinity", "sched_setscheduler", "sched_setattr", "sched_setparam"],
)
def test_what_only_the_code_of_strangers_may_not(architecture: Architecture, call: str) -> None:
    assert verdict(architecture, call) == bpf.ALLOW
    caged = seccomp.build(architecture, PID, caged=True)
    assert verdict_of(caged, architecture, call) == EPERM


@pytest.mark.parametrize(("option", "allowed"), [(1, False), (4, False), (15, True), (38, True)])
def test_a_caged_process_stays_tied_to_the_hub(architecture: Architecture, option: int, allowed: bool) -> None:
    caged = seccomp.build(architecture, PID, caged=True)
    assert verdict_of(caged, architecture, "prctl", option, 0) == (bpf.ALLOW if allowed else EPERM)
    assert len(caged) < 4_096
