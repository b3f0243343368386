"""Group commit: writes that arrive together share one transaction, and each returns when it is on the disk."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Executable

from hub.core.errors import HearthError, StoreError
from hub.core.uninterrupted import uninterrupted
from hub.store.faults import is_about_the_rows, store_error

Commit = Callable[[list[Executable]], Awaitable[list[int]]]
"""Run statements in one transaction; return the rows each touched. Raises what the database raises."""

_MOST_AT_ONCE = 200


class _Write:
    __slots__ = ("done", "statements")

    def __init__(self, statements: tuple[Executable, ...]) -> None:
        self.statements = statements
        self.done: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()


class GroupCommit:
    """Queues writes and commits them in order, as many at once as have gathered.

    A commit costs a wait for the disk whatever is in it, so twenty lights that are switched together pay once.
    """

    def __init__(self, commit: Commit, place: str) -> None:
        self._commit = commit
        self._place = place
        self._waiting: deque[_Write] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._closed = False

    async def write(self, *statements: Executable) -> list[int]:
        """Commit `statements` together; returns the number of rows that each touched. Raises `StoreError`.

        A caller that is cancelled does not take the write back.
        """
        if self._closed:
            raise StoreError("the database is closed", place=self._place, remedy="start the hub again")
        write = _Write(statements)
        self._waiting.append(write)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.get_running_loop().create_task(self._run(), name="store:commit")
        return await write.done

    async def close(self) -> None:
        """Take no more writes, and return when those taken are committed or failed."""
        self._closed = True
        if self._runner is not None:
            await uninterrupted(self._runner)

    async def _run(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))]
            error = await self._try(group)
            if error is None:
                continue
            if len(group) > 1 and is_about_the_rows(error):
                # One of them is at fault: each alone, so that it fails alone.
                for write in group:
                    alone = await self._try([write])
                    if alone is not None:
                        self._fail([write], alone)
            else:
                self._fail(group, error)

    async def _try(self, group: list[_Write]) -> Exception | None:
        try:
            counts = await self._commit([statement for write in group for statement in write.statements])
        except Exception as error:
            return error
        for write in group:
            own, counts = counts[: len(write.statements)], counts[len(write.statements) :]
            if not write.done.done():
                write.done.set_result(own)
        return None

    def _fail(self, group: list[_Write], error: Exception) -> None:
        for write in group:
            if not write.done.done():
                # Each waiter gets an error of its own: a raised exception collects the traceback of who raised it.
                fault: Any = error if isinstance(error, HearthError) else store_error(error, self._place)
                write.done.set_exception(fault)
