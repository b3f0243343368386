"""The zygote: a warm interpreter that forks caged processes and buries them. It runs none of their code itself."""

import contextlib
import gc
import importlib
import io
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hub.core.errors import HearthError, SealError
from hub.guard import cage, landlock, seccomp
from hub.guard.readable import what_it_is_made_of
from hub.guard.syscalls import this_architecture
from hub.guard.zygote_messages import MOST_BYTES, NOT_CAGED, CageOrder, Ended, Fork, Forked, Warm, to_zygote

Entry = Callable[[socket.socket, dict[str, Any]], None]
"""What a caged process becomes: a function of its socket to the hub and of its own configuration."""


def main(control: int, preload: str) -> int:
    """Serve the hub at descriptor `control` until it is gone; the exit code. `preload`: modules, with commas."""
    for module in preload.split(","):
        importlib.import_module(module)
    _print_at_once()
    _find_out()
    time.tzset()  # a caged process cannot read the machine's time zone any more
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it shares
    _Zygote(socket.socket(fileno=control)).serve()
    return 0


def _find_out() -> None:
    """What every child would have to find out, each in memory of its own."""
    what_it_is_made_of()
    if (architecture := this_architecture()) is not None:
        landlock.version(architecture)
        seccomp.program_for(architecture, os.getpid(), caged=True)


class _Zygote:
    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._numbers: dict[int, int] = {}  # of the hub, by process id
        self._wake, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_end)

    def serve(self) -> None:
        self._tell(Warm())
        poll = select.poll()
        poll.register(self._link, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._bury()
            if self._link.fileno() in ready and not self._obey():
                return

    def _obey(self) -> bool:
        """Do one thing that the hub asks; False when it is gone."""
        data, descriptors, _, _ = socket.recv_fds(self._link, MOST_BYTES, 2)
        if not data:
            return False
        message = to_zygote.decode(data)
        if isinstance(message, Fork):
            self._fork(message, descriptors)
        else:
            for pid, number in self._numbers.items():
                if number == message.number:
                    os.kill(pid, signal.SIGKILL)  # it is not buried yet, so the id is still its own
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _fork(self, message: Fork, descriptors: list[int]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(message.order, parent, *descriptors)
        self._numbers[pid] = message.number
        self._tell(Forked(message.number, pid))

    def _bury(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0] != 0:
                number = self._numbers.pop(found[0], None)
                if number is not None:
                    self._tell(Ended(number, os.waitstatus_to_exitcode(found[1])))

    def _tell(self, message: Warm | Forked | Ended) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the next poll notices
            self._link.send(msgspec.msgpack.encode(message))


def _become(order: CageOrder, parent: int, channel: int, said: int) -> None:
    """In the child: never returns, so that it can never act as the zygote."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        del sys.argv[1:]
        cage.keep_only(channel, said)
        cage.shut([Path(path) for path in order.readable], memory_mb=order.memory_mb)
        if os.getppid() != parent:  # it died before the cage could tie this process to it
            raise SealError("the zygote is gone")
    except BaseException as error:  # whatever it was, the code of others must not run
        code = NOT_CAGED
        _say(error)
    else:
        try:
            module, _, function = order.entry.partition(":")
            entry: Entry = getattr(importlib.import_module(module), function)
            entry(socket.socket(fileno=cage.CHANNEL), msgspec.msgpack.decode(order.config))
            code = 0
        except BaseException as error:  # told to the hub, which logs it
            _say(error)
    finally:
        os._exit(code)


def _print_at_once() -> None:
    """What is printed is seen when it is, and not lost with the process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def _say(error: BaseException) -> None:
    text = str(error) if isinstance(error, HearthError) else f"{type(error).__name__}: {error}"
    with contextlib.suppress(OSError, ValueError):
        os.write(2, f"{' '.join(text.split())}\n".encode("utf-8", "replace"))
