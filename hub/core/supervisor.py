"""Supervised tasks: whatever lives long is restarted with backoff when it fails, and reported."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError
from hub.core.events import TaskFailed

log = structlog.get_logger(__name__)


class Supervisor:
    """Owns long-lived tasks. One that raises is reported as `TaskFailed` and started again after a growing wait."""

    def __init__(self, bus: Bus, *, first_wait_s: float = 0.2, longest_wait_s: float = 30.0) -> None:
        self._bus = bus
        self._first = first_wait_s
        self._longest = longest_wait_s
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.failures: dict[str, str] = {}
        """What is wrong now, by task: until it has run well again for as long as the longest wait."""

    def start(self, name: str, run: Callable[[], Awaitable[None]], *, restart: bool = True) -> None:
        """Run `run()` until `stop(name)`. Returning normally ends it; raising restarts it unless told otherwise."""
        if name in self._tasks:
            raise ValueError(f"task {name!r} is already running")
        task = asyncio.get_running_loop().create_task(self._keep(name, run, restart), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None) if self._tasks.get(name) is task else None)

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]], restart: bool) -> None:
        wait = self._first
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._run(name, run)
            except Exception as error:
                text = str(error) if isinstance(error, HearthError) else f"{type(error).__name__}: {error}"
                self.failures[name] = text
                if loop.time() - began > self._longest:
                    wait = self._first  # it ran well for a while: this is a new trouble
                log.warning("task failed", task=name, error=text, restart_s=wait if restart else None)
                self._bus.publish(TaskFailed(task=name, error=text, restart_s=wait if restart else -1.0))
                if not restart:
                    return
                await asyncio.sleep(wait)
                wait = min(wait * 2, self._longest)
            else:
                self.failures.pop(name, None)
                return

    async def _run(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run it once. What went wrong before is forgotten as soon as it has run well for the longest wait."""
        forget = asyncio.get_running_loop().call_later(self._longest, self.failures.pop, name, None)
        try:
            await run()
        finally:
            forget.cancel()

    def running(self) -> tuple[str, ...]:
        """The names of the tasks that live now."""
        return tuple(self._tasks)

    async def stop(self, name: str) -> None:
        """Cancel one task and wait for its end."""
        await cancelled(self._tasks.pop(name, None))

    async def close(self) -> None:
        """Cancel all tasks, newest first, and wait for their ends."""
        for name in reversed(tuple(self._tasks)):
            await self.stop(name)
