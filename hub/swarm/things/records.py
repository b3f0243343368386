"""What a hub tells of its things: a record each, complete in itself, numbered by its owner, who alone tells of it.

`Told` goes to all at every change. `Roll` is the hash of all numbers: who has others asks for what it lacks.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from hub.core.entities import Entity
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import Value
from hub.swarm.state.stamps import HIGHEST

TOPIC: Final = "things"
RUN_TOPIC: Final = "runs"
MOST_THINGS: Final = 5000
"""Of one hub."""
BRINGING: Final = "device/"
"""How the duties begin that bring things: no hub's id does, whose things would else be taken for a duty's."""
PART: Final = 128 * 1024
"""Bytes of records in one message, at most."""
_LARGEST_RECORD: Final = 16 * 1024
_MOST_TRAITS: Final = 20

Number = Annotated[int, Meta(ge=0, le=HIGHEST)]
Local = Annotated[str, Meta(min_length=1, max_length=140)]


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing as its owner has it now. `entity.area` is the area's name; `exposed` is what the owner's rules say of
    voice and gesture, `locked` that its hearth.toml decides. `duty` is the duty that brings it, if any hub may do that,
    and `source` what that integration calls it.
    """

    number: Number
    entity: Entity
    exposed: bool = True
    locked: bool = False
    available: bool = True
    states: dict[str, Value] = field(default_factory=dict)
    duty: Annotated[str, Meta(max_length=140)] = ""
    source: Annotated[str, Meta(max_length=140)] = ""


class Told(Struct, frozen=True, tag="t"):
    """Things that changed, and the numbers of those that are no more. `run` grows with every start of the owner."""

    hub: str
    run: Number
    records: Annotated[tuple[Record, ...], Meta(max_length=MOST_THINGS)] = ()
    gone: Annotated[dict[Local, Number], Meta(max_length=MOST_THINGS)] = field(default_factory=dict)


class Roll(Struct, frozen=True, tag="r"):
    """The hash of all of a hub's things and their numbers."""

    hub: str
    run: Number
    root: bytes


class Overtaken(Struct, frozen=True):
    """A hub knows of a later run of the owner than the one it is told of: the owner was restored from a backup."""

    run: Number


class Lacking(Struct, frozen=True):
    """The numbers that the asker knows, of the owner's run `run`; it has taken in all up to the id `after`."""

    run: Number
    known: Annotated[dict[Local, Number], Meta(max_length=2 * MOST_THINGS)] = field(default_factory=dict)
    after: str = ""


class Given(Struct, frozen=True):
    """What the asker lacks; `upto` is where to go on, empty when that is all. `root` is the hash, as in a `Roll`, and
    `number` the last that the owner gave out: what is gone was so by then, and what has a higher one came after.
    """

    run: Number
    root: bytes
    records: Annotated[tuple[Record, ...], Meta(max_length=MOST_THINGS)]
    gone: Annotated[tuple[Local, ...], Meta(max_length=2 * MOST_THINGS)]
    upto: str
    number: Number = 0


def root_of(numbers: Iterable[tuple[str, int]]) -> bytes:
    """The hash of ids and numbers."""
    return hashlib.blake2b(msgspec.msgpack.encode(sorted(numbers)), digest_size=16).digest()


T = TypeVar("T")


def decode(data: bytes, shape: type[T]) -> T:
    """Decode what another hub said. Raises `ProtocolError`."""
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.MsgspecError, HearthError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(f"a message about things that cannot be read: {str(error)[:200]}") from error


def check(record: Record) -> None:
    """Raise `ProtocolError` for a record that is too large to be one, or of no duty that brings things."""
    if record.duty and not record.duty.startswith(BRINGING):
        raise ProtocolError(f"{record.entity.id} is brought by no duty")
    if len(record.entity.traits) > _MOST_TRAITS or len(record.states) > _MOST_TRAITS:
        raise ProtocolError(f"{record.entity.id} has too many traits")
    if len(msgspec.msgpack.encode(record)) > _LARGEST_RECORD:
        raise ProtocolError(f"{record.entity.id} is described too largely")
