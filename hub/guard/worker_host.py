"""The host of a worker process: keeps it alive, speaks with it, and tells the home when something was lost."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec
import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, SealError, WorkerDiedError
from hub.core.events import WorkerLost, WorkerReady
from hub.guard.framing import Frame, Received, StartOrder, frame
from hub.guard.sealing.seal import SealStatus
from hub.guard.worker_process import WorkerProcess

log = structlog.get_logger(__name__)
M = TypeVar("M")
_QUEUE: Final = 1024
_EVERYWHERE: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # it could not get out, and need not try
}


class WorkerUp(Struct, frozen=True):
    """The worker is up, for the `life`-th time: whatever it must know has to be told (again)."""

    life: int


class WorkerDown(Struct, frozen=True):
    """The worker is gone, and with it what it was doing. It comes back by itself."""

    reason: str


class WorkerPatience(Struct, frozen=True, kw_only=True):
    """How long a host waits, in seconds: for models to load, for a sign of life, before the first and last restart,
    and for it to leave when it is told to.
    """

    load_s: float = 120.0
    silent_s: float = 30.0
    first_wait_s: float = 0.1
    longest_wait_s: float = 30.0
    leave_s: float = 3.0


_PATIENCE: Final = WorkerPatience()


class WorkerHost(Generic[M]):
    """Runs `entry` (`module:function`, see `worker_main.Entry`) in a sealed process and restarts it when it dies.

    `answers` is the type (a tagged union of structs) of what the worker says; anything else ends it.
    """

    def __init__(
        self,
        name: str,
        entry: str,
        config: dict[str, Any],
        bus: Bus,
        answers: Any,
        *,
        readable: tuple[Path, ...] = (),
        devices: tuple[Path, ...] = (),
        search: tuple[Path, ...] = (),
        allow_unsealed: bool = False,
        memory_mb: int = 4096,
        patience: WorkerPatience = _PATIENCE,
        environment: Mapping[str, str] | None = None,
        lost: Callable[[], str] = lambda: "what it was doing",
    ) -> None:
        """`lost` says in a person's words what a death costs at that moment; `allow_unsealed` is the household's
        word that a worker may run where it cannot be sealed.
        """
        self.name = name
        self.status = SealStatus()
        self._order = StartOrder(
            entry=entry,
            config=msgspec.msgpack.encode(config),
            readable=tuple(map(str, readable)),
            devices=tuple(map(str, devices)),
            search=tuple(map(str, search)),
            memory_mb=memory_mb,
        )
        self._bus = bus
        self._decoder = msgspec.msgpack.Decoder(answers)
        self._allow_unsealed = allow_unsealed
        self._patience = patience
        self._environment = {**_EVERYWHERE, **(environment or {})}
        self.lost = lost
        self._answers: asyncio.Queue[M | WorkerUp | WorkerDown] = asyncio.Queue(_QUEUE)
        self._process: WorkerProcess | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = False
        self._last_line = ""
        self.lives = 0

    @property
    def pid(self) -> int | None:
        """The process's id, None while there is none."""
        return self._process.pid if self._process is not None else None

    @property
    def up(self) -> bool:
        """Whether it is ready for work."""
        return self._up

    async def start(self) -> None:
        """Start the worker; returns when it is ready.

        Raises `SealError` when it cannot be sealed and the household did not insist, and whatever else keeps it from
        becoming ready the first time (`ModelError`, ...). Later deaths are restarts.
        """
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.get_running_loop().create_task(self._keep(first), name=f"worker {self.name}")
        try:
            await first
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the worker for good."""
        task, self._task = self._task, None
        await cancelled(task)

    async def send(self, message: Struct, descriptors: Sequence[int] = ()) -> None:
        """Send a message of the worker's vocabulary, and copies of open descriptors with it.

        Raises `WorkerDiedError` while it is down.
        """
        process = self._process
        if descriptors and process is not None and self._up:
            process.hand_over(descriptors)
        await self._put(frame(Frame.MESSAGE, msgspec.msgpack.encode(message)))

    async def send_sound(self, number: int, samples: bytes | memoryview) -> None:
        """Send samples of stream `number` (int16, 16 kHz, mono; at most 64 KiB); waits while the worker is behind."""
        await self._put(frame(Frame.SOUND, bytes(samples), number))

    async def _put(self, data: bytes) -> None:
        process = self._process
        if process is None or not self._up:
            raise WorkerDiedError(f"{self.name} is down", remedy="it is being restarted; try again in a moment")
        await process.put(data)

    async def messages(self) -> AsyncIterator[M | WorkerUp | WorkerDown]:
        """What the worker says, in order, with a mark wherever it came up or went down. For one listener."""
        while True:
            yield await self._answers.get()

    async def _keep(self, first: asyncio.Future[None]) -> None:
        loop = asyncio.get_running_loop()
        wait = self._patience.first_wait_s
        while True:
            began = loop.time()
            try:
                reason = await self._live(first)
            except SealError as error:
                if not self._allow_unsealed or not self._order.seal:
                    return _give_up(first, error)
                log.warning("worker runs unsealed, as the household insists", worker=self.name, why=str(error))
                self._order = msgspec.structs.replace(self._order, seal=False)
                continue
            except HearthError as error:
                if not first.done():
                    return _give_up(first, error)
                reason = str(error)
            if not first.done():
                return _give_up(first, WorkerDiedError(f"{self.name} {reason} before it was ready"))
            if loop.time() - began > self._patience.longest_wait_s:
                wait = self._patience.first_wait_s
            log.warning("worker lost", worker=self.name, reason=reason, said=self._last_line, restart_s=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._patience.longest_wait_s)

    async def _live(self, first: asyncio.Future[None]) -> str:
        """One life; returns how it ended, or raises the error that ended it."""
        process = self._process = await WorkerProcess.spawn(self.name, self._order, self._environment)
        ended = ""
        try:
            async for received in process.frames(self._deadline):
                await self._take(received, first)
        except (HearthError, msgspec.DecodeError) as error:
            ended = str(error)
            process.kill()
            if isinstance(error, HearthError):
                raise
            raise ProtocolError(f"{self.name} sent what it may not: {error}") from error
        finally:
            ended = await self._went_down(process, ended)
        return ended

    def _deadline(self) -> float:
        return self._patience.silent_s if self._up else self._patience.load_s

    async def _take(self, received: Received, first: asyncio.Future[None]) -> None:
        if received.kind is Frame.MESSAGE:
            await self._answers.put(self._decoder.decode(received.body))
        elif received.kind is Frame.SEALED:
            self.status = msgspec.msgpack.decode(received.body, type=SealStatus)
        elif received.kind is Frame.READY and not self._up:
            await self._came_up(first)

    async def _came_up(self, first: asyncio.Future[None]) -> None:
        self._up = True
        self.lives += 1
        await self._answers.put(WorkerUp(self.lives))
        self._bus.publish(WorkerReady(worker=self.name, sealed=self.status.sealed))
        if not first.done():
            first.set_result(None)

    async def _went_down(self, process: WorkerProcess, reason: str) -> str:
        was_up, self._up, self._process = self._up, False, None
        stopping = self._task is None or self._task.cancelling() > 0
        how = await process.end(self._patience.leave_s)
        self._last_line = process.last_line
        if was_up and not stopping:
            await self._answers.put(WorkerDown(reason or how))
            self._bus.publish(WorkerLost(worker=self.name, lost=self.lost()))
        return reason or how


def _give_up(first: asyncio.Future[None], error: HearthError) -> None:
    if not first.done():
        first.set_exception(error)
    else:
        log.error("worker stays down", error=str(error))
