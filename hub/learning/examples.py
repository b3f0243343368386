"""The examples that a hub learns from: features and labels, sealed, no more than so many, and not for long."""

import math
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import delete, func, select

from hub.core.clock import Clock, SystemClock
from hub.core.errors import StoreError, ValueRefusedError
from hub.learning.head import Material
from hub.learning.kinds import KINDS, Kind
from hub.learning.sealing import Seal
from hub.store.database import Database
from hub.store.schema import examples
from hub.store.values import milliseconds

_DAY_S: Final = 86_400.0
_HELD: Final = 4
_STRETCH_MS: Final = 60_000


class Held(Struct, frozen=True):
    """What is kept of one kind: how many examples, their size on disk, and when the oldest came (UTC seconds)."""

    kind: str
    count: int = 0
    bytes: int = 0
    oldest: float | None = None


class _Record(Struct, frozen=True, array_like=True):
    label: str
    weight: float
    features: bytes


class Examples:
    """Examples by kind. Every change is on the disk when its call returns. All raise `StoreError`."""

    def __init__(
        self, database: Database, seal: Seal, clock: Clock | None = None, kinds: dict[str, Kind] | None = None
    ) -> None:
        self._database, self._seal = database, seal
        self._clock = clock or SystemClock()
        self._kinds = KINDS if kinds is None else kinds

    async def add(self, kind: str, features: ArrayLike, label: str, weight: float = 1.0) -> None:
        """Keep an example: its features as the kind has them, its class, and how much it counts (above 0, to 1).

        The oldest of its kind go when there are too many. Raises `ValueRefusedError` for what is no example of that
        kind: sound and pictures do not fit any.
        """
        known = self._kind(kind)
        vector = np.asarray(features)
        if vector.dtype.kind != "f" or vector.size != known.size:
            raise ValueRefusedError(f"an example of {kind} has {known.size} numbers", remedy="give its features")
        vector = vector.reshape(-1).astype("<f4")
        if not np.isfinite(vector).all() or np.abs(vector).max() > known.farthest:
            raise ValueRefusedError(f"these are no features of {kind}", remedy=f"they lie within {known.farthest:g}")
        if label not in known.labels:
            raise ValueRefusedError(f"{label!r} is no class of {kind}", remedy=f"use {', '.join(known.labels)}")
        if not (math.isfinite(weight) and 0 < weight <= 1):
            raise ValueRefusedError("an example counts more than 0 and at most 1", remedy="leave it out otherwise")
        record = msgspec.msgpack.encode(_Record(label, weight, vector.tobytes()))
        sealed = self._seal.seal(record, f"example {kind}")
        row = {"kind": kind, "at": milliseconds(self._clock.now()), "sealed": sealed}
        room = min(known.most, known.most_bytes // len(sealed)) - 1
        newest = select(examples.c.id).where(examples.c.kind == kind).order_by(examples.c.id.desc())
        too_many = delete(examples).where(
            examples.c.kind == kind, examples.c.id.in_(newest.offset(room).limit(-1 if self._sqlite else None))
        )
        await self._database.write(too_many, examples.insert().values(row))

    async def material(self, kind: str) -> tuple[Material, Material]:
        """All examples of a kind that have not expired: those to learn from, and those that are held out.

        Every fourth minute in which examples came is held out, as a whole: examples of one minute look alike. A record
        that this home's key does not open is left out.
        """
        known = self._kind(kind)
        wanted = select(examples.c.at, examples.c.sealed).where(examples.c.kind == kind).order_by(examples.c.id)
        wanted = wanted.where(examples.c.at >= self._oldest(known))
        rows = await self._database.read(lambda c: c.execute(wanted).all())
        vectors, classes, worth, minutes = [], [], [], []
        for at, sealed in rows:
            try:
                record = msgspec.msgpack.decode(self._seal.open(sealed, f"example {kind}"), type=_Record)
            except (StoreError, msgspec.DecodeError):
                continue
            vectors.append(np.frombuffer(record.features, "<f4"))
            classes.append(known.labels.index(record.label))
            worth.append(record.weight)
            minutes.append(at // _STRETCH_MS)
        x = np.array(vectors, np.float32).reshape(len(classes), known.size)
        everything = Material(x, np.array(classes, np.int64), np.array(worth, np.float32))
        held = _every_fourth(np.array(minutes, np.int64))
        return everything.where(~held), everything.where(held)

    async def status(self) -> list[Held]:
        """How much is kept of each kind."""
        counted = select(
            examples.c.kind, func.count(), func.sum(func.length(examples.c.sealed)), func.min(examples.c.at)
        ).group_by(examples.c.kind)
        rows = await self._database.read(lambda c: c.execute(counted).all())
        found = {kind: Held(kind, int(count), int(size), at / 1000) for kind, count, size, at in rows}
        return [found.get(kind, Held(kind)) for kind in self._kinds]

    async def expire(self) -> int:
        """Delete the examples that are too old; how many these were. For a daily task."""
        gone = 0
        for kind, known in self._kinds.items():
            old = (examples.c.kind == kind, examples.c.at < self._oldest(known))
            gone += sum(await self._database.write(delete(examples).where(*old)))
        return gone

    async def purge(self, kind: str = "") -> int:
        """Delete the examples of a kind, or all; how many these were.

        Without a kind the key is thrown away as well, so that copies of the database hold nothing either. What was
        learnt with it goes too: the hub begins again with the heads that came with it.
        """
        where = (examples.c.kind == kind,) if kind else ()
        (count,) = await self._database.write(delete(examples).where(*where))
        if not kind:
            self._seal.forget()
        return count

    def _oldest(self, kind: Kind) -> int:
        return milliseconds(self._clock.now() - kind.days * _DAY_S)

    def _kind(self, kind: str) -> Kind:
        known = self._kinds.get(kind)
        if known is None:
            raise ValueRefusedError(f"there are no examples of {kind!r}", remedy=f"kinds are {', '.join(self._kinds)}")
        return known

    @property
    def _sqlite(self) -> bool:
        return self._database.dialect == "sqlite"


def _every_fourth(minutes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which examples are held out, by the minute that each came in: always the same, whatever comes or goes."""
    mixed = minutes.astype(np.uint64) * np.uint64(2_654_435_761) % np.uint64(2**32)  # Knuth's multiplicative hash
    held: NDArray[np.bool_] = mixed // np.uint64(2**30) == _HELD - 1
    return held
