"""The hub's end of the zygote: starts it when it is first needed, and forks caged processes from it."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import msgspec

from hub.core.errors import HearthError, SealError, WorkerDiedError
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.zygote.messages import (
    MOST_BYTES,
    NOT_CAGED,
    CageOrder,
    Ended,
    Fork,
    Forked,
    Kill,
    Warm,
    to_hub,
)
from hub.guard.zygote.said_lines import SaidLines

_ROOT: Final = Path(__file__).resolve().parents[3]
_LEFT_OUT: Final = ("ssl", "typing_extensions")
"""What asyncio and msgspec import if it is there and do well without: 6 ms. Integrations get TLS back (`caged_tls`)."""
_BOOT: Final = (  # nothing of what it imports is garbage: looking for some would take 5 ms
    f"import gc, sys; gc.disable(); sys.modules.update(dict.fromkeys({_LEFT_OUT})); root = sys.argv[1]; "
    "sys.path.insert(0, root); from hub.guard.zygote.main import main; sys.path.remove(root); "
    "sys.exit(main(int(sys.argv[2]), *sys.argv[3:]))"
)
_KEPT_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "TZ")
_START_S: Final = 60.0
_LEAVE_S: Final = 3.0
_END_S: Final = 30.0


class Caged:
    """A caged process. `connection` is the hub's end of its socket; `ended` becomes how it ended, in words."""

    def __init__(self, who: str, zygote: "Zygote", number: int, connection: socket.socket, said: SaidLines) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.pid = 0
        self.forked: asyncio.Future[None] = loop.create_future()
        self.forked.add_done_callback(_retrieve)
        self.ended: asyncio.Future[HearthError] = loop.create_future()
        self._zygote, self._number, self._who, self._lines = zygote, number, who, said
        self._reading = loop.create_task(said.run(), name=f"said by {who}")

    def kill(self) -> None:
        """End it at once; `ended` tells when it is gone."""
        self._zygote.send(Kill(self._number))

    async def gone(self) -> HearthError:
        """Wait for its end: `SealError` when it could not be caged, `WorkerDiedError` for every other end."""
        try:
            async with asyncio.timeout(_END_S):
                error = await asyncio.shield(self.ended)
        except TimeoutError:
            return WorkerDiedError(f"{self._who} does not end", remedy="restart the hub")
        await asyncio.wait([self._reading], timeout=_LEAVE_S)
        self._reading.cancel()
        if self._lines.last and isinstance(error, SealError):
            return SealError(self._lines.last, remedy=error.remedy)
        return error

    @property
    def said_last(self) -> str:
        """The last line that it printed."""
        return self._lines.last

    def over(self, code: int | None) -> None:
        """The zygote's word that it ended; None: the zygote is gone, and so is it."""
        if not self.ended.done():
            self.ended.set_result(_how(self._who, code))
        if not self.forked.done():
            self.forked.set_exception(_how(self._who, code))


class Zygote:
    """Forks caged processes from a warm interpreter that has imported `preload` and called `rehearsal`."""

    def __init__(self, preload: tuple[str, ...], rehearsal: str = "") -> None:
        self._preload, self._rehearsal = preload, rehearsal
        self._numbers = itertools.count(1)
        self._processes: dict[int, Caged] = {}
        self._starting = asyncio.Lock()
        self._link: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._warm: asyncio.Future[None] | None = None

    async def fork(self, who: str, order: CageOrder) -> Caged:
        """A new caged process, that may still fail to be caged: see `Caged.gone`.

        Raises `SealError` where there can be no cage, `WorkerDiedError` when the zygote cannot be started or dies.
        """
        _require_cages()
        async with self._starting:
            if self._link is None:
                await self._start()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        said, their_said = os.pipe()
        number = next(self._numbers)
        made = self._processes[number] = Caged(who, self, number, ours, SaidLines(who, said))
        try:
            self.send(Fork(number, order), (theirs.fileno(), their_said))
        finally:
            theirs.close()
            os.close(their_said)
        try:
            await made.forked
        except BaseException:
            ours.close()
            raise
        return made

    def send(self, message: Fork | Kill, descriptors: tuple[int, ...] = ()) -> None:
        """Ask the zygote for something; one that is gone has taken its processes along, and is not asked."""
        link = self._link
        data = msgspec.msgpack.encode(message)
        if len(data) > MOST_BYTES:
            raise WorkerDiedError("an order is too large", remedy="give the plugin fewer folders")
        try:
            if link is not None:
                socket.send_fds(link, [data], list(descriptors))
        except OSError:
            self._lost()

    async def close(self) -> None:
        """End the zygote, and with it every process that it forked."""
        process = self._process
        self._lost()
        if process is not None:
            try:
                async with asyncio.timeout(_LEAVE_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        ends = [caged.gone() for caged in self._processes.values()]
        self._processes.clear()
        await asyncio.gather(*ends)

    async def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        warm = self._warm = loop.create_future()
        warm.add_done_callback(_retrieve)
        kept = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(_ROOT), str(theirs.fileno())),
                *(",".join(self._preload), self._rehearsal),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env={**kept, "LANG": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise WorkerDiedError(f"the zygote cannot be started: {error}", remedy="see `hearth doctor`") from error
        finally:
            theirs.close()
        self._link = ours
        loop.add_reader(ours, self._read)
        try:
            async with asyncio.timeout(_START_S):
                await warm
        except TimeoutError:
            self._lost()
            raise WorkerDiedError("the zygote does not start", remedy="see `hearth doctor`") from None

    def _read(self) -> None:
        assert self._link is not None
        try:
            data = self._link.recv(MOST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        message = to_hub.decode(data)
        if isinstance(message, Warm):
            if self._warm is not None and not self._warm.done():
                self._warm.set_result(None)
            return
        caged = self._processes.get(message.number)
        if caged is None:
            return
        if isinstance(message, Forked):
            caged.pid = message.pid
            if not caged.forked.done():
                caged.forked.set_result(None)
        elif isinstance(message, Ended):
            del self._processes[message.number]
            caged.over(message.code)

    def _lost(self) -> None:
        """The zygote is gone, or shall go: it leaves when its link closes, and its processes die with it."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(RuntimeError, ValueError):
                asyncio.get_running_loop().remove_reader(link)
            link.close()
        if self._warm is not None and not self._warm.done():
            self._warm.set_exception(WorkerDiedError("the zygote died", remedy="see `hearth doctor`"))
        for caged in self._processes.values():
            caged.over(None)


def _require_cages() -> None:
    """Raises `SealError` where there can be none."""
    if this_architecture() is None:
        raise SealError("a cage needs Linux on x86-64 or arm64", remedy="see docs/skills.md for other systems")
    try:
        os.close(os.pidfd_open(os.getpid()))  # how the zygote learns that a process ended
    except OSError as error:
        remedy = "use Linux 5.3 or newer, and a container that allows pidfd_open"
        raise SealError(f"a cage needs pidfd_open: {error.strerror}", remedy=remedy) from error


def _retrieve(future: "asyncio.Future[None]") -> None:
    """An error that nobody waits for any more is not one to warn of."""
    if not future.cancelled():
        future.exception()


def _how(who: str, code: int | None) -> HearthError:
    remedy = "it is started again"
    if code is None:
        return WorkerDiedError(f"{who} ended with the zygote", remedy=remedy)
    if code == NOT_CAGED:
        return SealError(f"{who} could not be caged", remedy="see `hearth doctor`")
    if code < 0:
        return WorkerDiedError(f"{who} was killed by {signal.Signals(-code).name}", remedy=remedy)
    return WorkerDiedError(f"{who} ended with code {code}" if code else f"{who} ended", remedy=remedy)
