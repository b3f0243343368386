"""What the home keeps about its household: told, handed out, and deleted when its owner says so."""

import asyncio
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Final

from msgspec import Struct

from hub.core.entities import HomeView
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from hub.store.database import Database
    from hub.store.keeping import Keeping
    from hub.store.ledger import LedgerRow
    from hub.store.purge import Remembered

LEDGER_DAYS: Final = 365


class HomeKeeper:
    """Over the home's `database`, in its directory. All methods raise `StoreError`."""

    def __init__(
        self, paths: HomePaths, database: "Database", settings: Settings, home: Callable[[], HomeView]
    ) -> None:
        self._paths = paths
        self._database = database
        self._settings = settings
        self._home = home

    @property
    def settings(self) -> Settings:
        """The settings that the hub runs with."""
        return self._settings

    async def keeping(self) -> "Sequence[Keeping]":
        """Every kind with its count, size, age and how long it is kept."""
        from hub.store.keeping import keeping

        return await keeping(self._database)

    async def size(self) -> int | None:
        """Bytes of it all on the disk; None where that is not known."""
        from hub.store.keeping import size_of

        return await size_of(self._database)

    async def connections(self, before: int, limit: int) -> "list[LedgerRow]":
        """The newest rows of the ledger, newest first; with `before`, of those with ids below it."""
        from hub.store.ledger import LedgerTable

        return await LedgerTable(self._database).rows(limit=limit, before=before)

    async def purgeable(self, *, ledger: bool) -> "list[Remembered]":
        """What a purge would delete."""
        from hub.learning.purge_home import remembered_by

        return await remembered_by(self._database, ledger=ledger)

    async def ask_purge(self, *, ledger: bool) -> None:
        """Have it deleted before the hub's next run, whatever happens meanwhile."""
        from hub.learning.purge_home import ask

        await asyncio.to_thread(ask, self._paths, ledger=ledger)

    async def take_back_purge(self) -> None:
        """Have it not deleted after all."""
        from hub.learning.purge_home import take_back

        await asyncio.to_thread(take_back, self._paths)

    async def export(self) -> IO[bytes]:
        """All that is kept about the household as an open ZIP, without what opens doors."""
        from hub.web.api.export import exported

        return await exported(self._paths.root, self._database, _Home.of(self._home()), self._settings)


class _Home(Struct, frozen=True):
    """The home as it is told; a `HomeView` maps by id, which JSON has no need of."""

    name: str
    language: str
    areas: list[Any]
    people: list[Any]
    entities: list[Any]

    @classmethod
    def of(cls, view: HomeView) -> "_Home":
        """The home as it stands."""
        areas, people, entities = ([*each.values()] for each in (view.areas, view.people, view.entities))
        return cls(view.name, view.language, areas, people, entities)
