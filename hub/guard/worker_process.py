"""One life of a worker process: an exec'd interpreter that holds its sockets to the hub and an empty environment.

One pair carries frames both ways. The other is a hatch: through it the hub hands over descriptors, and nothing else.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, WorkerDiedError
from hub.guard.framing import Frame, FrameReader, Received, StartOrder, frame

log = structlog.get_logger(__name__)
_READ_BYTES: Final = 64 * 1024
_WAITING_BYTES: Final = 32 * 1024  # on their way, beyond the kernel's; more makes the sender wait, and a death dearer
_KERNEL_BYTES: Final = 64 * 1024
_LONGEST_LINE: Final = 300
_LINES_A_LIFE: Final = 200
_KEPT_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_ROOT: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = (
    "import sys; root = sys.argv[1]; sys.path.insert(0, root); from hub.guard.worker_main import main; "
    "sys.path.remove(root); sys.exit(main(int(sys.argv[2]), int(sys.argv[3])))"
)


class WorkerProcess:
    """A running worker. Make one with `spawn`; it is over when `frames` ends."""

    def __init__(
        self,
        name: str,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hatch: socket.socket,
    ) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._reader = reader
        self._writer = writer
        self._hatch = hatch
        self._frames = FrameReader(from_worker=True)
        self.last_line = ""
        """The last thing that it wrote to stderr: after a crash, often why."""
        self._stderr = asyncio.get_running_loop().create_task(self._log_stderr(), name=f"{name} stderr")
        writer.transport.set_write_buffer_limits(high=_WAITING_BYTES)

    @classmethod
    async def spawn(cls, name: str, order: StartOrder, environment: Mapping[str, str]) -> "WorkerProcess":
        """Start a worker and give it its order. Raises `WorkerDiedError` when no process can be started."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        hatch, their_hatch = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        hatch.setblocking(False)
        ends = (theirs.fileno(), their_hatch.fileno())
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        kept = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
        process: asyncio.subprocess.Process | None = None
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(_ROOT), *map(str, ends)),
                pass_fds=ends,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env={**kept, "LANG": "C.UTF-8", **environment},
                cwd="/",
                start_new_session=True,
            )
            reader, writer = await asyncio.open_connection(sock=ours)
        except BaseException as error:
            ours.close()
            hatch.close()
            if process is not None:
                process.kill()
            if isinstance(error, OSError):
                raise WorkerDiedError(f"{name} cannot be started: {error}", remedy="see `hearth doctor`") from error
            raise
        finally:
            theirs.close()
            their_hatch.close()
        worker = cls(name, process, reader, writer, hatch)
        try:
            await worker.put(frame(Frame.START, msgspec.msgpack.encode(order)))
        except BaseException:
            await worker.end(0.0)
            raise
        return worker

    async def put(self, data: bytes) -> None:
        """Send frames; waits while much is on its way. Raises `WorkerDiedError` when the worker is gone."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:
            raise WorkerDiedError(f"{self.name} is gone", remedy="it is being restarted; say it again") from error

    def hand_over(self, descriptors: Sequence[int]) -> None:
        """Give the worker copies of open descriptors. Raises `WorkerDiedError` when it is gone or takes none."""
        try:
            socket.send_fds(self._hatch, [b"d"], list(descriptors))
        except OSError as error:
            raise WorkerDiedError(
                f"{self.name} takes no descriptors: {error}", remedy="it is being restarted"
            ) from error

    async def frames(self, deadline_s: Callable[[], float]) -> AsyncIterator[Received]:
        """What the worker sends, to its end.

        Raises `WorkerDiedError` when it is silent for longer than `deadline_s()`, `ProtocolError` when it sends what is
        not allowed, and the error that it reports when it ends with one.
        """
        while True:
            patience = deadline_s()
            try:
                async with asyncio.timeout(patience):  # unlike wait_for it never swallows that we are cancelled
                    data = await self._reader.read(_READ_BYTES)
            except TimeoutError:
                raise WorkerDiedError(
                    f"{self.name} did not answer for {patience:g} s", remedy="it is being restarted"
                ) from None
            except ConnectionError:
                return
            if not data:
                return
            for received in self._frames.feed(data):
                if received.kind is Frame.FAILED:
                    raise _reported(received.body)
                yield received

    async def end(self, patience_s: float) -> str:
        """Let the worker leave, kill it if it does not, and say how it ended."""
        self._writer.close()
        self._hatch.close()
        try:
            async with asyncio.timeout(patience_s):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        except asyncio.CancelledError:
            self.kill()  # nobody has patience any longer
            await self._process.wait()
            raise
        await cancelled(self._stderr)
        code = self._process.returncode or 0
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended with code {code}" if code else "ended"

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def _log_stderr(self) -> None:
        """Native libraries' complaints to the log: printable, short, and not without end."""
        stderr = self._process.stderr
        assert stderr is not None
        rest, lines = b"", 0
        while data := await stderr.read(4096):
            *whole, rest = (rest + data).split(b"\n")
            rest = rest[-_LONGEST_LINE:]
            for line in whole:
                text = "".join(c if c.isprintable() else "?" for c in line[:_LONGEST_LINE].decode("ascii", "replace"))
                if text.strip() and lines < _LINES_A_LIFE:
                    lines += 1
                    self.last_line = text
                    log.debug("worker says", worker=self.name, line=text)


def _reported(body: bytes) -> HearthError:
    try:
        return HearthError.from_wire(msgspec.msgpack.decode(body, type=dict[str, str]))
    except msgspec.DecodeError as error:
        return ProtocolError(f"an error that cannot be read: {error}")
