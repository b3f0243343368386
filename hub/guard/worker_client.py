"""Whoever has work for a worker: waits until it is up, and tells each new one how things stand."""

import abc
import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct

from hub.core.cancelled import cancelled
from hub.core.errors import UnavailableError, WorkerDiedError
from hub.guard.worker_host import WorkerDown, WorkerHost, WorkerUp

M = TypeVar("M")
_COMES_BACK_S: Final = 30.0


class WorkerClient(abc.ABC, Generic[M]):
    """Base of what a worker does for the hub. Call `start` before anything else.

    `host` is the worker's and has no other client. `off` says that it was not started, `away` that it died and does
    not come back.
    """

    def __init__(self, host: WorkerHost[M], *, off: str, away: str) -> None:
        self._host = host
        self._off, self._away = off, away
        self._up = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    @property
    def sealed(self) -> bool:
        """Whether the worker really has no network."""
        return self._host.status.sealed

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._host.pid

    async def start(self) -> None:
        """Start the worker; returns when it is ready for work.

        Raises `SealError` when it cannot be sealed, and what else keeps it from being ready (`ModelError`, ...).
        """
        self._listening = asyncio.get_running_loop().create_task(self._listen_to_worker())
        try:
            await self._host.start()
        except BaseException:
            await self.stop()
            raise
        await self._up.wait()

    async def stop(self) -> None:
        """End the worker, and with it whatever it holds open."""
        try:
            await self._host.stop()
        finally:
            task, self._listening = self._listening, None
            await cancelled(task)

    @abc.abstractmethod
    async def _restore(self) -> None:
        """Tell a new worker how things stand."""

    @abc.abstractmethod
    def _died(self, down: WorkerDown) -> None:
        """What it was doing is lost."""

    @abc.abstractmethod
    def _take(self, said: M) -> None:
        """Something that it says."""

    async def _say(self, message: Struct, descriptors: Sequence[int] = ()) -> None:
        """Tell the worker, if there is one: the next one is told how things stand."""
        with contextlib.suppress(WorkerDiedError):
            await self._host.send(message, descriptors)

    async def _wait_until_up(self) -> None:
        """Return while there is a worker. Raises `UnavailableError` before the start, `WorkerDiedError`."""
        if self._listening is None:
            raise UnavailableError(self._off, remedy="see `hearth doctor`")
        try:
            async with asyncio.timeout(_COMES_BACK_S):  # unlike wait_for it never swallows that we are cancelled
                await self._up.wait()
        except TimeoutError:
            raise WorkerDiedError(self._away, remedy="see `hearth doctor`") from None

    async def _listen_to_worker(self) -> None:
        async for said in self._host.messages():
            if isinstance(said, WorkerUp):
                with contextlib.suppress(WorkerDiedError):  # gone again already; the next one is told
                    await self._restore()
                    self._up.set()
            elif isinstance(said, WorkerDown):
                self._up.clear()
                self._died(said)
            else:
                self._take(said)
