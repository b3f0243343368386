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

import msgspec

from hub.core.errors import HearthError, SealError
from hub.guard.sealing.seal import Seal
from hub.guard.zygote import cage
from hub.guard.zygote.messages import MOST_BYTES, NOT_CAGED, CageOrder, Ended, Fork, Forked, Warm, to_zygote


def main(control: int, preload: str, rehearsal: str = "") -> int:
    """Serve the hub at descriptor `control` until it is gone; the exit code. `preload`: modules, with commas;
    `rehearsal`: what to call before the first fork (`module:function`).
    """
    for module in preload.split(","):
        importlib.import_module(module)
    _let_import_what_was_left_out()
    sys.dont_write_bytecode = True  # a caged process cannot
    if rehearsal:
        _named(rehearsal)()
    _print_at_once()
    seal = cage.ready_seal()
    time.tzset()  # a caged process cannot read the machine's time zone any more
    gc.freeze()  # a collection in a child would copy every page that it shares
    gc.enable()
    _Zygote(socket.socket(fileno=control), seal).serve()
    return 0


class _Zygote:
    def __init__(self, link: socket.socket, seal: Seal) -> None:
        self._link, self._seal = link, seal
        self._processes: dict[int, tuple[int, int]] = {}
        """Their numbers and process ids, by the descriptors that tell of their ends."""
        self._poll = select.poll()
        self._poll.register(link, select.POLLIN)

    def serve(self) -> None:
        self._tell(Warm())
        link = self._link.fileno()
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != link:
                    self._bury(descriptor)
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        """Do one thing that the hub asks; False when it is gone."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._link, MOST_BYTES, 2)
        except ConnectionResetError:
            return False  # it left before it had read all that it was told
        if not data:
            return False
        message = to_zygote.decode(data)
        if isinstance(message, Fork):
            self._fork(message, descriptors)
        else:
            for number, pid in self._processes.values():
                if number == message.number:
                    os.kill(pid, signal.SIGKILL)  # it is not buried yet, so the id is still its own
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _fork(self, message: Fork, descriptors: list[int]) -> None:
        _ready(message.order.entry)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(message.order, parent, self._seal, *descriptors)
        ends = os.pidfd_open(pid)
        self._processes[ends] = (message.number, pid)
        self._poll.register(ends, select.POLLIN)
        self._tell(Forked(message.number, pid))

    def _bury(self, ends: int) -> None:
        number, pid = self._processes.pop(ends)
        self._poll.unregister(ends)
        os.close(ends)
        _, status = os.waitpid(pid, 0)
        self._tell(Ended(number, os.waitstatus_to_exitcode(status)))

    def _tell(self, message: Warm | Forked | Ended) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the next poll notices
            self._link.send(msgspec.msgpack.encode(message))


def _let_import_what_was_left_out() -> None:
    """A plugin may have what the zygote does without: see `_LEFT_OUT` of the hub's end."""
    for name in [name for name, module in sys.modules.items() if module is None]:
        del sys.modules[name]


def _ready(entry: str) -> None:
    """Import what a process will become, which is the hub's own code, once for all that become the same."""
    module, _, _ = entry.partition(":")
    if module not in sys.modules:
        with contextlib.suppress(ImportError):  # the process says so itself
            importlib.import_module(module)
        gc.freeze()


def _become(order: CageOrder, parent: int, seal: Seal, channel: int, said: int) -> None:
    """In the child: never returns, so that it can never act as the zygote."""
    code = 1
    try:
        del sys.argv[1:]
        cage.keep_only(channel, said)
        cage.shut(seal, order.readable, memory_mb=order.memory_mb)
        if os.getppid() != parent:  # it died before the cage could tie this process to it
            raise SealError("the zygote is gone")
    except BaseException as error:  # whatever it was, the code of others must not run
        code = NOT_CAGED
        _say(error)
    else:
        try:
            _named(order.entry)(socket.socket(fileno=cage.CHANNEL), msgspec.msgpack.decode(order.config))
            code = 0
        except BaseException as error:  # told to the hub, which logs it
            _say(error)
    finally:
        os._exit(code)


def _named(name: str) -> Callable[..., None]:
    """The function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), function)
    return found


def _print_at_once() -> None:
    """What is printed is seen when it is, and not lost with the process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def _say(error: BaseException) -> None:
    text = str(error) if isinstance(error, HearthError) else f"{type(error).__name__}: {error}"
    with contextlib.suppress(OSError, ValueError):
        os.write(2, f"{' '.join(text.split())}\n".encode("utf-8", "replace"))
