"""What this hub says, on its way to Zenoh: sending may block when the network is slow, and the event loop must not.

Sending takes some microseconds as long as the links are clear, less than handing the message to another thread does,
so it is done at once. When it was held up (a link is full) a thread of its own sends for the next second. What waits
for that thread is bounded in bytes; beyond that, `hand` waits, so that a fast sender is slowed down and forgets
nothing.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)
_MOST_BYTES: Final = 8 * 1024 * 1024
_MOST_JOBS: Final = 4096
_BATCH: Final = 64
_HELD_UP_S: Final = 0.03
_CAUTIOUS_S: Final = 1.0


class Outbox:
    """Runs jobs in order, on a thread of its own. Use it from one event loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[tuple[Callable[[], object], int]] = deque()
        self._size = 0
        self._cautious_until = 0.0
        self._lock = threading.Condition()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"mesh out {name[:8]}", daemon=True)
        self._thread.start()

    async def hand(self, job: Callable[[], object], size: int) -> None:
        """Have `job` run, which sends `size` bytes. Waits while too much is under way; what it raises is logged."""
        if self._clear():
            self._do(job)
            return
        while self._full():
            turn: asyncio.Future[None] = self._loop.create_future()
            self._waiting.append(turn)
            if not self._full():  # the thread may have made room between the two looks
                break
            await turn
        self._post(job, size)

    def offer(self, job: Callable[[], object], size: int) -> None:
        """As `hand`, without waiting: for what was let in already."""
        if self._clear():
            self._do(job)
        else:
            self._post(job, size)

    def _clear(self) -> bool:
        return not self._jobs and time.monotonic() >= self._cautious_until and not self._closed

    def _post(self, job: Callable[[], object], size: int) -> None:
        with self._lock:
            if self._closed:
                return
            self._jobs.append((job, size))
            self._size += size
            if len(self._jobs) == 1:
                self._lock.notify()

    def _full(self) -> bool:
        return (self._size >= _MOST_BYTES or len(self._jobs) >= _MOST_JOBS) and not self._closed

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._jobs and not self._closed:
                    self._lock.wait()
                if not self._jobs:
                    return
                batch = [self._jobs[number] for number in range(min(_BATCH, len(self._jobs)))]
            for job, _ in batch:
                self._do(job)
            with self._lock:
                for _, size in batch:
                    self._jobs.popleft()  # only now: what is under way keeps later ones from overtaking it
                    self._size -= size
                room = self._size < _MOST_BYTES // 2 and len(self._jobs) < _MOST_JOBS // 2
            if room and self._waiting:
                self._call(self._let_in)

    def _do(self, job: Callable[[], object]) -> None:
        began = time.monotonic()
        try:
            job()
        except Exception as error:
            log.debug("could not be sent", error=f"{type(error).__name__}: {error}")
        now = time.monotonic()
        if now - began > _HELD_UP_S:
            self._cautious_until = now + _CAUTIOUS_S

    def _call(self, function: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop is closed
            self._closed = True

    def _let_in(self) -> None:
        while self._waiting:  # those for whom there is no room after all will wait again
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)

    async def close(self) -> None:
        """Send what is queued (for a second at most) and end."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        for turn in self._waiting:
            if not turn.done():
                turn.set_result(None)
        self._waiting.clear()
        await asyncio.to_thread(self._thread.join, 1.0)
