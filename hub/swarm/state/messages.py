"""What hubs say to each other about their cells, on the topic `state`.

A change goes out at once (`Delta`). Every few seconds each hub says how all its cells hash (`Root`); one that has
others answers with the hashes of its buckets (`Buckets`), the first with the keys and stamps of those that differ
(`Listing`, in ranges), and both then give what the other lacks (`Delta`), ask for what they lack (`Want`), and name
what is removed for good (`Dead`). Each message is complete in itself: lost, doubled or late, it costs a round at most.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import ProtocolError
from hub.swarm.state.cells import BUCKETS, Cell
from hub.swarm.state.stamps import HIGHEST, Stamp

LARGEST: Final = 256 * 1024
"""Bytes of a message: a sixteenth of what the mesh carries, so that a command never waits long behind one."""
MOST_LISTED: Final = 512

Counter = Annotated[int, Meta(ge=0, le=HIGHEST)]
Hash = Annotated[bytes, Meta(max_length=16)]
Key = Annotated[str, Meta(max_length=280)]


class Delta(Struct, frozen=True, tag="d", array_like=True):
    """Cells. `relayed` where the sender did not write them itself."""

    cells: Annotated[tuple[Cell, ...], Meta(max_length=4096)]
    relayed: bool = False


class Root(Struct, frozen=True, tag="r", array_like=True):
    """The hash of all cells, with the sender's counter at that moment, and its wall clock (UTC seconds)."""

    root: Hash
    counter: Counter
    now: float = 0.0


class Buckets(Struct, frozen=True, tag="b", array_like=True):
    """The hash of every bucket."""

    hashes: Annotated[tuple[Hash, ...], Meta(min_length=BUCKETS, max_length=BUCKETS)]


class Entry(Struct, frozen=True, array_like=True):
    """A cell in brief: its key, its stamp, and the beginning of its fingerprint."""

    key: Key
    stamp: Stamp
    print: Hash


class Listing(Struct, frozen=True, tag="l", array_like=True):
    """Everything that the sender has in a bucket, behind the key `after` and up to the key `upto` (empty: the end)."""

    bucket: Annotated[int, Meta(ge=0, lt=BUCKETS)]
    after: Key
    upto: Key
    entries: Annotated[tuple[Entry, ...], Meta(max_length=MOST_LISTED)]


class Want(Struct, frozen=True, tag="w", array_like=True):
    """The sender lacks these."""

    keys: Annotated[tuple[Key, ...], Meta(max_length=MOST_LISTED)]


class Dead(Struct, frozen=True, tag="x", array_like=True):
    """These are removed, and all have seen it."""

    entries: Annotated[tuple[tuple[Key, Stamp], ...], Meta(max_length=MOST_LISTED)]


Message = Delta | Root | Buckets | Listing | Want | Dead
_decoder = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """A message as it goes over the mesh."""
    return msgspec.msgpack.encode(message)


def decode(data: bytes) -> Message:
    """A message of another hub; its cells are not checked yet. Raises `ProtocolError`."""
    if len(data) > LARGEST:
        raise ProtocolError(f"a message of {len(data)} bytes about the shared state")
    try:
        found: Message = _decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(f"a message about the shared state that cannot be read: {error}") from error
    return found


def parted(cells: "list[Cell]") -> "list[tuple[Cell, ...]]":
    """Cells in parts that each fit into a message."""
    parts: list[list[Cell]] = [[]]
    size = 0
    for cell in cells:
        more = len(msgspec.msgpack.encode(cell))
        if size + more > LARGEST // 2 or len(parts[-1]) >= 1024:
            parts.append([])
            size = 0
        parts[-1].append(cell)
        size += more
    return [tuple(part) for part in parts if part]
