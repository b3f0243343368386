"""Cells in the store: a row each, so that what was acknowledged survives a power cut."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from hub.store.home_table import HomeTable
from hub.swarm.state.cells import Cell

_CELL: Final = "shared"
_SEEN: Final = "shared_seen"
_COUNTER: Final = "shared_counter"
_OWN: Final = "own"


class CellTable(Protocol):
    """Where cells are kept."""

    async def load(self) -> tuple[list[Cell], dict[str, int], int]:
        """All cells, the context by hub, and the counter of the newest life."""
        ...

    async def save(self, cells: Iterable[Cell]) -> None:
        """Keep cells, all or none; they are on the disk when this returns. Raises `StoreError`."""
        ...

    async def forget(self, keys: Iterable[str], context: Mapping[str, int], counter: int) -> None:
        """Forget cells, and keep what that relies on, together."""
        ...


class StoredCells:
    """Cells as rows of the home's table."""

    def __init__(self, table: HomeTable) -> None:
        self._table = table

    async def load(self) -> tuple[list[Cell], dict[str, int], int]:
        """All cells, the context by hub, and the counter of the newest life."""
        cells = await self._table.all_rows(_CELL, Cell)
        context = await self._table.all_rows(_SEEN, int)
        counter = await self._table.all_rows(_COUNTER, int)
        return list(cells.values()), context, counter.get(_OWN, 0)

    async def save(self, cells: Iterable[Cell]) -> None:
        """Keep cells, all or none; they are on the disk when this returns. Raises `StoreError`."""
        await self._table.change_rows((_CELL, _row(cell.key), cell) for cell in cells)

    async def forget(self, keys: Iterable[str], context: Mapping[str, int], counter: int) -> None:
        """Forget cells, and keep what that relies on, together."""
        rows = [(_SEEN, hub, seen) for hub, seen in context.items()]
        await self._table.change_rows([*rows, (_COUNTER, _OWN, counter)], ((_CELL, _row(key)) for key in keys))


def _row(key: str) -> str:
    """The row's id: keys are longer than ids may be."""
    return hashlib.blake2b(key.encode(), digest_size=20).hexdigest()


class MemoryCells:
    """Cells of a hub without a store: they end with it. What a test keeps of one, another can begin with."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.context: dict[str, int] = {}
        self.counter = 0

    async def load(self) -> tuple[list[Cell], dict[str, int], int]:
        """All cells, the context by hub, and the counter of the newest life."""
        return list(self.cells.values()), dict(self.context), self.counter

    async def save(self, cells: Iterable[Cell]) -> None:
        """Keep cells."""
        self.cells.update((cell.key, cell) for cell in cells)

    async def forget(self, keys: Iterable[str], context: Mapping[str, int], counter: int) -> None:
        """Forget cells, and keep what that relies on."""
        self.context.update(context)
        self.counter = counter
        for key in keys:
            self.cells.pop(key, None)
