"""`Replica`: all cells as this hub has them, and what it knows of what the others have. No mesh, no store, no waiting.

Removed cells are let go, or a home would keep every name that it ever had:

- When two hubs find their digests equal, each has all that the other has. A tombstone that was there whenever this hub
  last agreed with every single member can go (`settle`). Hubs that were removed from the home are not members and not
  waited for; one that is merely away is.
- Until all have let go of it they must not hand it back and forth, nor may an old copy of the cell rise again. So a
  replica keeps, by hub, the counter up to which it has seen everything that the hub wrote (`context`: the causal
  context of P. Almeida et al., "Delta state replicated data types", 2018). A cell that is not here although the context
  covers it is dead; who offers it is told so. The tombstone itself stays `GRACE_S` longer, out of the digests, for
  messages that are still under way.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from hub.swarm.state.cells import BUCKETS, Cell, bucket_of, fingerprint, text_of, wins
from hub.swarm.state.stamps import Stamp

GRACE_S: Final = 600.0
MOST_CELLS: Final = 65_536
MOST_BYTES: Final = 32 * 1024 * 1024


class Verdict(Enum):
    """What a cell of another hub is to this replica."""

    NEW = "new"
    KNOWN = "known"  # the same, or older than what is here
    DEAD = "dead"  # it was here, was removed, and everybody has seen that
    TOO_MUCH = "too much"


class Replica:
    """The cells, by key. Moments (`until`, `now`) are monotonic seconds."""

    def __init__(self, cells: Iterable[Cell] = (), context: Mapping[str, int] | None = None) -> None:
        self.context: dict[str, int] = dict(context or {})
        self._cells: dict[str, Cell] = {}
        self._prints: dict[str, bytes] = {}
        self._keys: list[set[str]] = [set() for _ in range(BUCKETS)]
        self._hashes: list[bytes | None] = [None] * BUCKETS
        self._order: dict[str, int] = {}  # key of a tombstone -> the change that brought it
        self._changes = 0
        self._agreed: dict[str, int] = {}  # member -> the last change before it and this hub had the same
        self._condemned: dict[str, float] = {}  # key -> when it may be forgotten
        self._bytes = 0
        for cell in cells:
            self.put(cell)
        self.loaded = self.highest()
        """The highest counter that was here at the start."""

    # -- cells -----------------------------------------------------------------------------------------------------

    def get(self, key: str) -> Cell | None:
        """The living cell under a key."""
        cell = self._cells.get(key)
        return None if cell is None or cell.gone else cell

    def raw(self, key: str) -> Cell | None:
        """The cell under a key, living or gone."""
        return self._cells.get(key)

    def under(self, prefix: str) -> Iterator[Cell]:
        """All living cells whose keys begin with `prefix`."""
        return (cell for key, cell in self._cells.items() if not cell.gone and key.startswith(prefix))

    def __len__(self) -> int:
        return len(self._cells)

    def highest(self) -> int:
        """The highest counter of all."""
        return max((cell.stamp.counter for cell in self._cells.values()), default=0)

    def judge(self, cell: Cell) -> Verdict:
        """What a cell that another hub has is to this replica; nothing changes."""
        here = self._cells.get(cell.key)
        if here is not None:
            return Verdict.NEW if here != cell and wins(cell, here) else Verdict.KNOWN
        if cell.stamp.counter <= self.context.get(cell.stamp.hub, 0):
            return Verdict.DEAD
        full = len(self._cells) >= MOST_CELLS or self._bytes >= MOST_BYTES
        return Verdict.TOO_MUCH if full else Verdict.NEW

    def put(self, cell: Cell) -> None:
        """Have this cell from now on. It is on the disk already."""
        self._forget(cell.key)
        bucket = bucket_of(cell.key)
        self._cells[cell.key] = cell
        self._bytes += len(text_of(cell.value))
        self._prints[cell.key] = fingerprint(cell)
        self._keys[bucket].add(cell.key)
        self._hashes[bucket] = None
        self._changes += 1
        if cell.gone:
            self._order[cell.key] = self._changes

    def _forget(self, key: str) -> None:
        old = self._cells.pop(key, None)
        if old is None:
            return
        self._bytes -= len(text_of(old.value))
        self._prints.pop(key)
        self._order.pop(key, None)
        self._condemned.pop(key, None)
        bucket = bucket_of(key)
        self._keys[bucket].discard(key)
        self._hashes[bucket] = None

    # -- digests ---------------------------------------------------------------------------------------------------

    def hashes(self) -> tuple[bytes, ...]:
        """Eight bytes a bucket; equal where the cells are."""
        return tuple(self._hash(bucket) for bucket in range(BUCKETS))

    def root(self) -> bytes:
        """Sixteen bytes for all cells; equal where all are."""
        return hashlib.blake2b(b"".join(self.hashes()), digest_size=16).digest()

    def _hash(self, bucket: int) -> bytes:
        known = self._hashes[bucket]
        if known is None:
            keys = sorted(key for key in self._keys[bucket] if key not in self._condemned)
            joined = b"".join(self._prints[key] for key in keys)
            known = self._hashes[bucket] = hashlib.blake2b(joined, digest_size=8).digest()
        return known

    def fingerprint(self, key: str) -> bytes:
        """Eight bytes for the cell that is here under `key`."""
        return self._prints[key][:8]

    def listing(self, bucket: int, after: str, most: int) -> tuple[list[str], str]:
        """The keys of a bucket behind the key `after`, at most so many; and the key up to which that is all (empty: to
        the end).
        """
        keys = sorted(key for key in self._keys[bucket] if key > after and key not in self._condemned)
        part = keys[:most]
        return part, part[-1] if len(keys) > most else ""

    # -- letting go ------------------------------------------------------------------------------------------------

    def agree(self, peer: str, counter: int) -> None:
        """`peer` had the same cells, and all that it ever wrote up to its own counter `counter` was among them.

        Only a hub itself is believed about what it wrote: it could else have another's changes taken for dead.
        """
        self._agreed[peer] = self._changes
        self._seen(peer, counter)

    def _seen(self, hub: str, counter: int) -> None:
        self.context[hub] = max(counter, self.context.get(hub, 0))

    def settle(self, hub: str, others: Iterable[str], until: float) -> list[str]:
        """Condemn the tombstones that this hub and all `others` have seen: they can go at `until`. Their keys."""
        others = tuple(others)
        if not self._order or any(member not in self._agreed for member in others):
            return []
        agreed = min((self._agreed[member] for member in others), default=self._changes)
        gone = [key for key, change in self._order.items() if change <= agreed and key not in self._condemned]
        for key in gone:
            # Whoever agreed has seen this counter: what it wrote before was here then, what it writes now has a
            # higher one. So is what hubs wrote that are no members any more, for no member has more of it.
            counter = self._cells[key].stamp.counter
            for writer in (hub, *others, self._cells[key].stamp.hub):
                self._seen(writer, counter)
            self._condemn(key, until)
        return gone

    def bury(self, key: str, stamp: Stamp, until: float) -> bool:
        """A member says that this cell is dead; True when it was here just so."""
        cell = self._cells.get(key)
        if cell is None or cell.stamp != stamp or key in self._condemned:
            return False
        if not cell.gone:
            self.put(Cell(key, stamp, gone=True, at=cell.at))
        self._condemn(key, until)
        return True

    def condemned(self, key: str) -> bool:
        """Whether a tombstone only waits to be forgotten."""
        return key in self._condemned

    def _condemn(self, key: str, until: float) -> None:
        self._condemned[key] = until
        self._hashes[bucket_of(key)] = None

    def expire(self, now: float) -> int:
        """Forget the condemned whose grace is over; how many."""
        gone = [key for key, until in self._condemned.items() if until <= now]
        for key in gone:
            self._forget(key)
        return len(gone)
