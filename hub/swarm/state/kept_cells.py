"""`KeptCells`: the cells as this hub has them, in memory and in its store. Nothing here speaks with other hubs.

A change is on the disk before anybody hears of it, so that a digest never promises what a power cut could take back.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from hub.core.clock import Clock
from hub.core.errors import ProtocolError, ValueRefusedError
from hub.swarm.owner import Tell
from hub.swarm.state import kinds
from hub.swarm.state.cells import Cell, wins
from hub.swarm.state.keeping import CellTable
from hub.swarm.state.listeners import Listeners
from hub.swarm.state.messages import Dead, Delta, Root
from hub.swarm.state.replica import GRACE_S, Replica, Verdict
from hub.swarm.state.stamps import LamportClock


class KeptCells:
    """`await load()` before anything else. `tell` hears of hubs that say what they may not."""

    def __init__(self, hub: str, table: CellTable, clock: Clock, tell: Tell) -> None:
        self.hub = hub
        self.replica = Replica()
        self.listeners = Listeners()
        self.unsaid: set[str] = set()
        """Keys that were written here since the other hubs were told."""
        self._table = table
        self._clock = clock
        self._tell = tell
        self._lamport = LamportClock(hub, clock)
        self._writing = asyncio.Lock()

    async def load(self) -> None:
        """Read what was kept. Raises `StoreError`."""
        cells, context, counter = await self._table.load()
        self.replica = Replica(cells, context)
        self._lamport = LamportClock(self.hub, self._clock, max(counter, self.replica.highest(), *context.values(), 0))

    async def write(self, values: Mapping[str, Any], gone: Iterable[str]) -> list[Cell]:
        """Set values by key and remove keys, together; the cells that this made, on the disk when it returns.

        Raises `StoreError`, and `ValueRefusedError` for what cannot be shared.
        """
        now = self._clock.now()
        async with self._writing:
            plain = {key: kinds.plain(value) for key, value in values.items()}
            cells = [Cell(key, self._lamport.tick(), value, at=now) for key, value in plain.items()]
            removed = [key for key in gone if self.replica.get(key) is not None]
            cells += [Cell(key, self._lamport.tick(), gone=True, at=now) for key in removed]
            try:
                for cell in cells:
                    kinds.check(cell)
            except ProtocolError as error:
                raise ValueRefusedError(error.message, remedy="make it smaller and plainer") from error
            await self._put(cells)
            self.unsaid.update(cell.key for cell in cells)
        return cells

    def take_unsaid(self) -> list[Cell]:
        """What this hub wrote and has not told yet; from now on it has."""
        unsaid, self.unsaid = self.unsaid, set()
        cells = [cell for key in sorted(unsaid) if (cell := self.replica.raw(key)) is not None]
        return [cell for cell in cells if cell.stamp.hub == self.hub]

    # -- what other hubs say -------------------------------------------------------------------------------------------

    async def merge(self, sender: str, said: Delta) -> None:
        """Take what is newer than what is here. Raises `ProtocolError` for what a hub may not say, `StoreError`."""
        async with self._writing:
            taken: dict[str, Cell] = {}
            for cell in said.cells:
                kinds.check(cell)
                if not said.relayed and cell.stamp.hub != sender:
                    raise ProtocolError("a hub speaks in another's name")
                rival = taken.get(cell.key)
                verdict = self.replica.judge(cell)
                if verdict is Verdict.TOO_MUCH:
                    self._tell(sender, "the shared state is full: changes of this hub are not taken")
                elif (
                    verdict is Verdict.NEW
                    and (rival is None or wins(cell, rival))
                    and self._admitted(sender, cell.stamp.counter)
                ):
                    taken[cell.key] = cell
            await self._put(list(taken.values()))

    async def bury(self, said: Dead) -> None:
        """Let go of cells that were removed and that all others have let go of. Raises `StoreError`."""
        async with self._writing:
            until = self._clock.monotonic() + GRACE_S
            buried: list[str] = []
            for key, stamp in said.entries:
                cell = self.replica.get(key)
                if cell and cell.stamp == stamp and stamp.hub == self.hub and stamp.counter > self.replica.loaded:
                    # Written in this life, after a backup was restored: its counter had been given out before.
                    await self._put([Cell(key, self._lamport.tick(), cell.value, at=cell.at)])
                    self.unsaid.add(key)
                elif self.replica.bury(key, stamp, until):
                    buried.append(key)
            if buried:
                await self._table.forget(buried, {}, self._lamport.counter)
        self.listeners.tell(buried)

    async def settle(self, members: set[str]) -> Root:
        """Let go of what can go, now that these are the home's other hubs; how the cells hash then."""
        async with self._writing:  # no counter is given out whose cell is not here yet
            now = self._clock.monotonic()
            gone = self.replica.settle(self.hub, members, now + GRACE_S)
            if gone:
                await self._table.forget(gone, self.replica.context, self._lamport.counter)
            self.replica.expire(now)
            return Root(self.replica.root(), self._lamport.counter, self._clock.now())

    async def agrees(self, sender: str, said: Root) -> bool | None:
        """Whether a hub that says how its cells hash has the same; None when it is not believed yet."""
        async with self._writing:
            if said.counter and not self._admitted(sender, said.counter):
                return None
            same = said.root == self.replica.root()
            if same:
                self.replica.agree(sender, said.counter)
            return same

    async def _put(self, cells: list[Cell]) -> None:
        if not cells:
            return
        await self._table.save(cells)
        for cell in cells:
            self.replica.put(cell)
        self.listeners.tell([cell.key for cell in cells])

    def _admitted(self, sender: str, counter: int) -> bool:
        if self._lamport.admit(counter):
            return True
        self._tell(sender, "a hub's counter is far ahead of all others': it is followed slowly, and may be lying")
        return False
