"""`Places`: the areas and people that were made in the app are the same at every hub."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog

from hub.core.entities import Area, Person
from hub.core.errors import HearthError
from hub.home.registry import Home
from hub.store.home_table import HomeTable
from hub.swarm.state.shared import SharedState

log = structlog.get_logger(__name__)
_KINDS: Final[dict[str, type[Area] | type[Person]]] = {"area": Area, "person": Person}


class Places:
    """Shows the home what is shared, and keeps it in the hub's own table too, for when this hub stands alone."""

    def __init__(self, state: SharedState, home: Home, table: HomeTable) -> None:
        self._state = state
        self._home = home
        self._table = table
        self._here: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}  # could not be shared
        self._due = asyncio.Event()
        self._ends: list[Callable[[], None]] = []

    async def start(self) -> None:
        """Bring in what was made and removed while this hub was alone, and show what is shared. Raises `StoreError`."""
        for kind in _KINDS:
            await self._take_out(kind)
            for key, value in (await self._alone(kind)).items():
                name = f"{kind}/{key}"
                if self._state.cell(name) is None and not self._state.removed(name):
                    try:
                        await self._state.write({name: value})
                    except HearthError as error:
                        log.warning("what was made here could not be shared", what=name, error=str(error))
                        self._here[kind][key] = value
        self._changed()
        self._ends = [self._state.subscribe(f"{kind}/", lambda keys: self._changed()) for kind in _KINDS]

    async def _take_out(self, kind: str) -> None:
        gone = await self._table.removed(kind)
        known = [name for key in gone if self._state.cell(name := f"{kind}/{key}") is not None]
        try:
            if known:
                await self._state.write({}, known)
        except HearthError as error:
            log.warning("what was removed here could not be shared", what=known, error=str(error))
            return
        if gone:
            await self._table.forget_removed(kind, gone)

    async def run(self) -> None:
        """Keep what others made, for ever."""
        while True:
            await self._due.wait()
            await self.pump()

    async def pump(self) -> None:
        """Keep what is not kept yet."""
        self._due.clear()
        for kind in _KINDS:
            kept, shared = await self._alone(kind), self._shared(kind)
            rows = [(kind, key, value) for key, value in shared.items() if kept.get(key) != value]
            gone = [(kind, key) for key in kept if key not in shared]
            if rows or gone:
                try:
                    await self._table.change_rows(rows, gone)
                except HearthError as error:
                    log.warning("what was made at another hub could not be kept", error=str(error))

    def close(self) -> None:
        """Show no more."""
        while self._ends:
            self._ends.pop()()

    async def _alone(self, kind: str) -> dict[str, Any]:
        return await self._table.all_rows(kind, _KINDS[kind])

    def _shared(self, kind: str) -> dict[str, Any]:
        found = (self._state.get(key) for key in self._state.under(f"{kind}/"))
        return self._here[kind] | {value.id: value for value in found if isinstance(value, _KINDS[kind])}

    def _changed(self) -> None:
        self._home.share(self._shared("area"), self._shared("person"))
        self._due.set()
