"""Hubs that share state, on a street: driven by hand (`settle`), so that a test of hours takes no time."""

import asyncio
from collections.abc import Iterable

from hub.core.clock import FakeClock
from hub.swarm.state.keeping import MemoryCells
from hub.swarm.state.shared import SharedState
from tests.swarm.street import Street


class Sharers:
    """Hubs by id, each with a table that outlives it and a clock of its own; `told` is what owners were told."""

    def __init__(self, hubs: Iterable[str], street: Street | None = None) -> None:
        self.street = street or Street()
        self.members = set(hubs)
        self.tables = {hub: MemoryCells() for hub in self.members}
        self.clocks = {hub: FakeClock() for hub in self.members}
        self.states: dict[str, SharedState] = {}
        self.told: list[tuple[str, str]] = []

    async def start(self, *hubs: str) -> "Sharers":
        for hub in hubs or sorted(self.members):
            self.tables.setdefault(hub, MemoryCells())
            clock = self.clocks.setdefault(hub, FakeClock())
            mesh = self.street.mesh(hub)
            tell = lambda who, what: self.told.append((who, what))  # noqa: E731
            state = SharedState(mesh, self.tables[hub], clock, lambda: frozenset(self.members), tell)
            await state.start()
            self.states[hub] = state
        return self

    async def stop(self, hub: str) -> None:
        """A power cut: what the hub holds in memory is gone."""
        await self.states.pop(hub).close()
        self.street.remove(hub)

    async def settle(self, rounds: int = 6, *, seconds: float = 5.0) -> None:
        """So many rounds of digests, with all messages under way carried to their end after each."""
        for _ in range(rounds):
            for hub, state in tuple(self.states.items()):
                await self.clocks[hub].advance(seconds)
                await state.compare()
            await self.carry()

    async def carry(self) -> None:
        """Until nobody has anything to say or hear."""
        for _ in range(30):
            for state in tuple(self.states.values()):
                await state.pump()
            busy = bool(self.street._under_way)
            await self.street.settled()
            if not busy:
                await asyncio.sleep(0)
                if not self.street._under_way and not any(s._waiting or s._cells.unsaid for s in self.states.values()):
                    return

    def roots(self) -> set[bytes]:
        return {state.root() for state in self.states.values()}

    def alike(self) -> bool:
        cells = [{k: (c.stamp, c.value) for k, c in state.under("").items()} for state in self.states.values()]
        return len(self.roots()) == 1 and all(c == cells[0] for c in cells)
