# It tries the calls themselves, as code that means harm would:
# ruff: noqa: PTH101, PTH104, PTH108, PTH109, PTH115, PTH123, PTH208, PTH211, S, ASYNC, PLW
"""Tries every way out of the cage that it knows, and tells how each ended."""

import ctypes
import errno
import fcntl
import json
import mmap
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.sdk import Context, Skill

skill = Skill()
X86 = os.uname().machine == "x86_64"
GIGABYTES = 10 * 1024**3
_MANY = 100


@skill.intent("attempt")
async def attempt(ctx: Context, hub: int, victim: int, secret: str, port: int) -> str:
    """How each attempt ended: "went through", or why it did not."""
    ways = _network(port) | _processes(hub, victim) | _kernel(hub) | _files(secret, hub, victim) | _memory()
    return json.dumps({name: _outcome(way) for name, way in ways.items()})


def _network(port: int) -> dict[str, Callable[[], Any]]:
    pair = socket.socketpair()[0]
    return {
        "tcp": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "tcp by ctypes": lambda: _libc("socket", 2, 1, 0),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        "ipv6": lambda: socket.socket(socket.AF_INET6),
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM),
        "dns": lambda: socket.getaddrinfo("example.org", 80),
        "abstract socket": lambda: socket.socket(socket.AF_UNIX).connect("\0hearth-test"),
        "abstract from a pair": lambda: pair.connect("\0hearth-test"),
        "datagram pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        "listen": lambda: pair.listen(),
        "bind": lambda: pair.bind("\0hearth-harm"),
        "its own channel elsewhere": lambda: socket.socket(fileno=os.dup(3)).connect("\0hearth-test"),
    }


def _processes(hub: int, victim: int) -> dict[str, Callable[[], Any]]:
    ways: dict[str, Callable[[], Any]] = {
        "fork": _fork,
        "fork by ctypes": lambda: _libc("fork"),
        "vfork": lambda: _syscall(58) if X86 else _syscall(220, 17),
        "clone3": lambda: _syscall(435, 0, 88),
        "posix_spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "subprocess": lambda: subprocess.run(["/bin/true"], check=True),
        "multiprocessing": lambda: multiprocessing.get_context("fork").Process(target=print).start(),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "exec by ctypes": lambda: _libc("execv", b"/bin/true", None),
        "kill everybody": lambda: os.kill(-1, signal.SIGKILL),
        "kill its group": lambda: os.kill(0, signal.SIGKILL),
        "leave its group": os.setsid,
    }
    for name, pid in {"hub": hub, "zygote": os.getppid(), "sibling": victim}.items():
        ways |= {
            f"kill the {name}": lambda pid=pid: os.kill(pid, signal.SIGKILL),
            f"tkill the {name}": lambda pid=pid: _syscall(200 if X86 else 130, pid, 9),
            f"tgkill the {name}": lambda pid=pid: _syscall(234 if X86 else 131, pid, pid, 9),
            f"sigqueue the {name}": lambda pid=pid: _syscall(129 if X86 else 138, pid, 9, 0),
            f"pidfd of the {name}": lambda pid=pid: os.pidfd_open(pid),
            f"ptrace the {name}": lambda pid=pid: _syscall(101 if X86 else 117, 16, pid, 0, 0),
            f"read memory of the {name}": lambda pid=pid: _syscall(310 if X86 else 270, pid, 0, 0, 0, 0, 0),
            f"write memory of the {name}": lambda pid=pid: _syscall(311 if X86 else 271, pid, 0, 0, 0, 0, 0),
            f"limit the {name}": lambda pid=pid: _syscall(302 if X86 else 261, pid, 7, 0, 0),
            f"slow the {name}": lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 19),
            f"idle the {name}": lambda pid=pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
            f"pin the {name}": lambda pid=pid: os.sched_setaffinity(pid, {0}),
            f"let the kernel signal the {name}": lambda pid=pid: fcntl.fcntl(3, 8, pid),
            f"let a socket signal the {name}": lambda pid=pid: fcntl.ioctl(3, 0x8901, pid.to_bytes(4, "little")),
        }
    return ways


def _kernel(hub: int) -> dict[str, Callable[[], Any]]:
    return {
        "io_uring": lambda: _syscall(425, 8, 0),
        "io_uring with arguments": lambda: _syscall(425, 8, ctypes.addressof(ctypes.create_string_buffer(120))),
        "bpf": lambda: _syscall(321 if X86 else 280, 0, 0, 0),
        "keyctl": lambda: _syscall(250 if X86 else 219, 0, 0),
        "mount": lambda: _libc("mount", b"none", b"/mnt", b"tmpfs", 0, None),
        "unshare": lambda: _libc("unshare", 0x10000000),
        "root": lambda: os.setresuid(0, 0, 0),
        "outlive the hub": lambda: _prctl(1, 0),
        "be looked into": lambda: _prctl(4, 1),
        "any signal it likes": lambda: fcntl.fcntl(3, 10, 9),
        "perf": lambda: _syscall(298 if X86 else 241, 0, 0, 0, 0, 0),
        "a call of tomorrow": lambda: _syscall(900),
        "type into a terminal": lambda: fcntl.ioctl(0, 0x5412, b"x"),
        "raise its limits": lambda: __import__("resource").setrlimit(9, (1 << 40, 1 << 40)),
        "core files": lambda: __import__("resource").setrlimit(4, (1 << 30, 1 << 30)),
        "faster": lambda: os.nice(-5) and None,
    }


def _files(secret: str, hub: int, victim: int) -> dict[str, Callable[[], Any]]:
    here = str(Path(__file__).parent)
    return {
        "read: a secret": lambda: open(secret).read(),
        "read: passwords": lambda: open("/etc/passwd").read(),
        "read: the hub's environment": lambda: open(f"/proc/{hub}/environ").read(),
        "read: the hub's memory": lambda: open(f"/proc/{hub}/mem", "rb").read(1),
        "read: a sibling's memory": lambda: open(f"/proc/{victim}/mem", "rb").read(1),
        "read: the zygote's environment": lambda: open(f"/proc/{os.getppid()}/environ").read(),
        "read: a sibling's code": lambda: open(f"{here}/../victim/skill.py").read(),
        "read: the root folder": lambda: os.listdir("/"),
        "read: who runs": lambda: os.listdir("/proc"),
        "write its own code": lambda: open(f"{here}/skill.py", "a"),
        "make a file": lambda: open(f"{here}/new", "x"),
        "make a temporary file": lambda: open("/tmp/hearth-harm", "w"),
        "unlink": lambda: os.unlink(secret),
        "rename": lambda: os.rename(secret, secret + "x"),
        "chmod": lambda: os.chmod(secret, 0o777),
        "symlink": lambda: os.symlink("/etc/passwd", f"{here}/link"),
        "mkfifo": lambda: os.mkfifo("/tmp/hearth-harm"),
        "openat2": lambda: _syscall(437, -100, 0, 0, 24),
        "devices": lambda: os.open("/dev/full", os.O_RDWR),
        "a terminal": os.openpty,
    }


def _memory() -> dict[str, Callable[[], Any]]:
    return {
        "ten gigabytes": lambda: bytearray(GIGABYTES),
        "ten gigabytes mapped": lambda: mmap.mmap(-1, GIGABYTES),
        "a file in memory": lambda: os.memfd_create("x"),
        "shared segments": lambda: _syscall(29 if X86 else 194, 0, 4096, 0o1600),
        "many descriptors": lambda: [os.pipe() for _ in range(_MANY)],
    }


def _outcome(way: Callable[[], Any]) -> str:
    try:
        way()
    except socket.gaierror as error:
        return f"no name: {error.errno}"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except (MemoryError, ValueError) as error:
        return type(error).__name__
    return "went through"


def _libc(name: str, *arguments: Any) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _prctl(option: int, value: int) -> None:
    _libc("prctl", option, value, 0, 0, 0)


def _syscall(number: int, *arguments: int) -> None:
    _libc("syscall", ctypes.c_long(number), *(ctypes.c_long(a) for a in arguments))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


@skill.intent("environment")
async def environment(ctx: Context) -> str:
    """What it was given, and what hangs about in its memory."""
    descriptors = {n: os.readlink(f"/proc/self/fd/{n}") for n in "0123"}
    found = {"environment": dict(os.environ), "descriptors": descriptors, "argv": sys.argv[1:], "cwd": os.getcwd()}
    return json.dumps(found)


@skill.intent("spin")
async def spin(ctx: Context) -> None:
    """Never comes back, and lets nobody else run."""
    while True:
        pass


@skill.intent("burn")
async def burn(ctx: Context) -> str:
    """Answers, and keeps a processor busy behind it."""
    threading.Thread(target=_forever, daemon=True).start()
    return "burning"


def _forever() -> None:
    while True:
        pass


@skill.intent("swarm")
async def swarm(ctx: Context) -> str:
    """Answers, with many threads behind it."""
    threading.stack_size(64 * 1024)
    gate = threading.Event()
    for _ in range(_MANY):
        threading.Thread(target=gate.wait, daemon=True).start()
    return "swarming"


@skill.intent("crash")
async def crash(ctx: Context) -> None:
    """Ends without a word."""
    ctypes.string_at(0)


@skill.intent("babble")
async def babble(ctx: Context) -> None:
    """Says what is no message."""
    os.write(3, b"\xff" * 64)


@skill.intent("hello")
async def hello(ctx: Context) -> str:
    """Its process."""
    sys.stderr.write("harmful says hello\x1b[2J" + "!" * 1000 + "\n")
    sys.stderr.flush()
    return str(os.getpid())
