"""What is kept of other hubs' things over a restart: how they are described, and what those of duties are called."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Struct

from hub.store.home_table import HomeTable
from hub.swarm.things.moving import Key
from hub.swarm.things.placing import Thing
from hub.swarm.things.records import Record

_ROW: Final = "peer_thing"
_CALLED: Final = "duty_thing"


class Kept(Struct, frozen=True):
    """A thing of another hub as the store keeps it; its states are in the history, as those of all entities."""

    hub: str
    record: Record


class Called(Struct, frozen=True):
    """What a thing that a duty brings is called here, as the store keeps it: it keeps that."""

    key: Key
    id: str


class KeptThings:
    """Other hubs' things in the store. `load` it first."""

    def __init__(self, table: HomeTable) -> None:
        self._table = table
        self.called: dict[Key, str] = {}
        """The ids of things of duties, as they are kept."""

    async def load(self) -> dict[Thing, Record]:
        """What is kept of each thing, with no word of how it is now. Raises `StoreError`."""
        self.called = {called.key: called.id for called in (await self._table.all_rows(_CALLED, Called)).values()}
        kept = (await self._table.all_rows(_ROW, Kept)).values()
        return {
            (one.hub, one.record.entity.id): msgspec.structs.replace(one.record, number=0, states={}) for one in kept
        }

    async def save(
        self, changed: Iterable[Thing], record: Callable[[Thing], Record | None], ids: dict[Key, str]
    ) -> None:
        """Keep what `record` says of the things that changed, and what those of duties are called. `StoreError`."""
        rows: list[tuple[str, str, Struct]] = [
            (_CALLED, _row(key), Called(key, called)) for key, called in ids.items() if self.called.get(key) != called
        ]
        gone = [(_CALLED, _row(key)) for key in self.called.keys() - ids.keys()]
        for thing in sorted(changed):
            found = record(thing)
            if found is None:
                gone.append((_ROW, _row(thing)))
            else:
                rows.append((_ROW, _row(thing), Kept(thing[0], description(found))))
        if rows or gone:
            await self._table.change_rows(rows, gone)
            self.called = ids


def _row(key: Key) -> str:
    return hashlib.blake2b("/".join(key).encode(), digest_size=20).hexdigest()


def description(record: Record) -> Record:
    """A record without what changes all the time: what is kept of it."""
    return msgspec.structs.replace(record, number=0, available=True, states={})
