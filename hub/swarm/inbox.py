"""What other hubs said, on its way from Zenoh's threads to the event loop: bounded, and fair between hubs.

Each sender has a queue of its own, and the loop takes one message of each in turn. A sender whose queue is full is
made to wait: Zenoh reads no more of its link, so that TCP slows it down. If the loop does not catch up in a moment,
what it says is dropped until there is room again, because the few threads of Zenoh's that read links must not all be
held by one hub; that is told once.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

import structlog

log = structlog.get_logger(__name__)
Deliver = Callable[[str, str, bytes], None]
"""Takes sender, topic and body, on the event loop."""
_MOST_MESSAGES: Final = 8192
_MOST_BYTES: Final = 16 * 1024 * 1024
_PATIENCE_S: Final = 0.25
_SLICE: Final = 256


class _Queue:
    __slots__ = ("dropped", "messages", "room", "size")

    def __init__(self, lock: threading.Lock) -> None:
        self.messages: deque[tuple[str, bytes]] = deque()
        self.size = 0
        self.dropped = 0
        self.room = threading.Condition(lock)

    def full(self) -> bool:
        return len(self.messages) >= _MOST_MESSAGES or self.size >= _MOST_BYTES


class Inbox:
    """Hands messages to `deliver` on `loop`. `put` is for the threads that hear, everything else for the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, deliver: Deliver) -> None:
        self._loop = loop
        self._deliver = deliver
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._due = False
        self._closed = False
        self.dropped = 0

    def put(self, sender: str, messages: Iterable[tuple[str, bytes]]) -> None:
        """Queue topics and bodies; waits up to a quarter of a second while the sender's queue is full, then drops."""
        with self._lock:
            queue = self._queues.get(sender)
            if queue is None:
                queue = self._queues[sender] = _Queue(self._lock)
            for topic, body in messages:
                if queue.full() and not self._make_room(queue, sender):
                    continue
                queue.messages.append((topic, body))
                queue.size += len(body)
            self._wake()

    def _wake(self) -> None:
        if not self._due and not self._closed:
            self._due = True
            self._call(self._drain)

    def _make_room(self, queue: _Queue, sender: str) -> bool:
        """Whether there is room. Called with the lock held."""
        self._wake()
        if not queue.dropped and queue.room.wait_for(lambda: self._closed or not queue.full(), _PATIENCE_S):
            return not self._closed
        if not queue.dropped:
            log.warning("a hub says more than can be heard; some of it is dropped", hub=sender)
        queue.dropped += 1
        self.dropped += 1
        return False

    def _call(self, function: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop is closed: nobody is left to hear
            self._closed = True

    def _drain(self) -> None:
        with self._lock:
            batch = self._take()
            more = any(queue.messages for queue in self._queues.values())
            self._due = more and not self._closed
        for sender, topic, body in batch:
            if self._closed:
                return
            self._deliver(sender, topic, body)
        if more:
            self._loop.call_soon(self._drain)

    def _take(self) -> list[tuple[str, str, bytes]]:
        batch: list[tuple[str, str, bytes]] = []
        waiting = [(sender, queue) for sender, queue in self._queues.items() if queue.messages]
        while waiting and len(batch) < _SLICE:
            for sender, queue in waiting:
                topic, body = queue.messages.popleft()
                queue.size -= len(body)
                batch.append((sender, topic, body))
            waiting = [(sender, queue) for sender, queue in waiting if queue.messages]
        for queue in self._queues.values():
            if not queue.full():
                queue.room.notify_all()
                if len(queue.messages) < _MOST_MESSAGES // 2:
                    queue.dropped = 0
        return batch

    def forget(self, keep: frozenset[str]) -> None:
        """Drop what hubs other than these said."""
        with self._lock:
            for sender in self._queues.keys() - keep:
                self._queues.pop(sender).room.notify_all()

    def close(self) -> None:
        """Deliver no more, and let go of every thread that waits."""
        with self._lock:
            self._closed = True
            for queue in self._queues.values():
                queue.messages.clear()
                queue.room.notify_all()
