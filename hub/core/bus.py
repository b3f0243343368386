"""The bus: who wants to know of a fact is told.

Three ways to listen, from cheapest: `subscribe` calls a plain function at once, inside `publish`; `handle` runs an
async function in a task of its own behind a bounded queue; `stream` is that queue as an async iterator. A queue
that is full follows its stated policy, so that a slow listener costs only itself.
"""

import asyncio
import enum
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import structlog

from hub.core.cancelled import cancelled
from hub.core.entries import enter
from hub.core.errors import RawMediaError
from hub.core.events import Event

E = TypeVar("E", bound=Event)
Callback = Callable[[Any], None]
Subscription = tuple[tuple[type[Event], ...], Callback]
log = structlog.get_logger(__name__)


class Overflow(enum.Enum):
    """What a full queue does with one more event."""

    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"
    LATEST = "latest"  # keep one: the newest


class Stream(Generic[E]):
    """A bounded queue of events. Iterate over it; leave its `with` block, or `close()` it, to stop listening."""

    def __init__(self, bus: "Bus", kinds: tuple[type[E], ...], size: int, full: Overflow, name: str) -> None:
        self.name = name
        self.dropped = 0
        self._size = 1 if full is Overflow.LATEST else size
        self._keeps_old = full is Overflow.DROP_NEWEST
        self._queue: deque[E] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self._cancel = bus.subscribe(kinds, self._put)

    def _put(self, event: E) -> None:
        queue = self._queue
        if len(queue) >= self._size:
            self.dropped += 1
            if self._keeps_old:
                return
            queue.popleft()
        queue.append(event)
        if self._waiter is not None:
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None

    def close(self) -> None:
        """Stop listening; an iteration in progress ends once the queue is empty."""
        self._closed = True
        self._cancel()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    async def get(self) -> E:
        """The next event; raises `StopAsyncIteration` when the stream is closed and empty."""
        queue = self._queue
        while not queue:
            if self._closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return queue.popleft()

    def pending(self) -> int:
        """How many events wait."""
        return len(self._queue)

    async def drain(self, handler: Callable[[E], Awaitable[None]]) -> None:
        """Call `handler` for every event until closed. What it raises is logged; it hurts only this listener."""
        queue = self._queue
        popleft = queue.popleft
        while True:
            while queue:
                event = popleft()
                try:
                    await handler(event)
                except Exception:
                    log.exception("event handler failed", handler=self.name, event_type=type(event).__name__)
            if self._closed:
                return
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def __aiter__(self) -> AsyncIterator[E]:
        while True:
            try:
                yield await self.get()
            except StopAsyncIteration:
                return


class Bus:
    """Tells subscribers of events by type, subclasses included.

    Not thread-safe: publish from the event loop's thread (`loop.call_soon_threadsafe(bus.publish, event)`).
    """

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._routes: dict[type, tuple[Callback, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.published = 0

    def subscribe(self, kinds: type[E] | tuple[type[E], ...], callback: Callable[[E], None]) -> Callable[[], None]:
        """Call `callback(event)` synchronously for every event of `kinds`; returns the function that ends it."""
        self._routes.clear()
        entry: Subscription = (kinds if isinstance(kinds, tuple) else (kinds,), callback)
        return enter(self._subscriptions, entry, left=self._routes.clear)

    def stream(
        self,
        kinds: type[E] | tuple[type[E], ...],
        *,
        size: int = 256,
        full: Overflow = Overflow.DROP_OLDEST,
        name: str = "",
    ) -> Stream[E]:
        """A bounded queue of the events of `kinds`, from now on."""
        return Stream(self, kinds if isinstance(kinds, tuple) else (kinds,), size, full, name)

    def handle(
        self,
        kinds: type[E] | tuple[type[E], ...],
        handler: Callable[[E], Awaitable[None]],
        *,
        size: int = 256,
        full: Overflow = Overflow.DROP_OLDEST,
        name: str = "",
    ) -> Callable[[], None]:
        """Run `await handler(event)` for every event, one at a time, in a task of its own; returns its end."""
        stream = self.stream(kinds, size=size, full=full, name=name or getattr(handler, "__qualname__", "handler"))
        task = asyncio.get_running_loop().create_task(stream.drain(handler), name=f"bus:{stream.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def cancel() -> None:
            stream.close()
            task.cancel()

        return cancel

    async def close(self) -> None:
        """End every handler's task and forget all subscribers."""
        self._subscriptions.clear()
        self._routes.clear()
        await cancelled(*self._tasks)

    def publish(self, event: Event) -> None:
        """Tell every subscriber. A plain callback that raises is logged and hurts nobody else."""
        kind = type(event)
        callbacks = self._routes.get(kind)
        if callbacks is None:
            callbacks = self._route(kind)
        self.published += 1
        for callback in callbacks:
            try:
                callback(event)
            except Exception:
                log.exception("event callback failed", callback=repr(callback), event_type=kind.__name__)

    def _route(self, kind: type) -> tuple[Callback, ...]:
        if not issubclass(kind, Event):
            raise RawMediaError(
                f"only events travel on the bus, not {kind.__name__}", remedy="media stays in its ring buffer"
            )
        route = tuple(callback for kinds, callback in self._subscriptions if issubclass(kind, kinds))
        self._routes[kind] = route
        return route
