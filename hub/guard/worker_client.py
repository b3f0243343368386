"""Whoever has work for a worker: starts it, hears what it says, and tells each new one how things stand."""

import abc
import asyncio
import contextlib
from typing import Generic, TypeVar

from hub.core.cancelled import cancelled
from hub.core.errors import WorkerDiedError
from hub.guard.worker_host import WorkerDown, WorkerHost, WorkerUp
from hub.guard.worker_line import WorkerLine

M = TypeVar("M")


class WorkerClient(abc.ABC, Generic[M]):
    """Base of what a worker does for the hub. Call `start` before anything else.

    `host` is the worker's and has no other client. `off` and `away` are its line's.
    """

    def __init__(self, host: WorkerHost[M], *, off: str, away: str) -> None:
        self._host = host
        self._line = WorkerLine(host, off=off, away=away)
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
        self._line.started = True
        try:
            await self._host.start()
        except BaseException:
            await self.stop()
            raise
        await self._line.up.wait()

    async def stop(self) -> None:
        """End the worker, and with it whatever it holds open."""
        try:
            await self._host.stop()
        finally:
            self._line.started = False
            task, self._listening = self._listening, None
            await cancelled(task)
            self._line.up.clear()

    @abc.abstractmethod
    async def _restore(self) -> None:
        """Tell a new worker how things stand."""

    @abc.abstractmethod
    def _died(self, down: WorkerDown) -> None:
        """What it was doing is lost."""

    @abc.abstractmethod
    def _take(self, said: M) -> None:
        """Something that it says."""

    async def _listen_to_worker(self) -> None:
        async for said in self._host.messages():
            if isinstance(said, WorkerUp):
                with contextlib.suppress(WorkerDiedError):  # gone again already; the next one is told
                    await self._restore()
                    self._line.up.set()
            elif isinstance(said, WorkerDown):
                self._line.up.clear()
                self._died(said)
            else:
                self._take(said)
