"""What hubs say to each other in a round. None of it holds a feature or an example; numbers of weights go as arrays."""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import ProtocolError

OK: Final = 200
CONFLICT: Final = 409
"""It comes too late, twice, or for another round."""
UNUSABLE: Final = 422
"""It is not what an update must be."""

Said = TypeVar("Said", bound=Struct)

HubId = Annotated[str, Meta(min_length=1, max_length=128)]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Round = Annotated[int, Meta(ge=0, le=2**53)]
Hubs = Annotated[tuple[HubId, ...], Meta(max_length=64)]


class _Said(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Begin(_Said, frozen=True):
    """To the hub that shall lead: begin this round."""

    kind: Kind
    round: Round


class Invite(_Said, frozen=True):
    """From the hub that leads: will you take part, and where do you stand?"""

    kind: Kind
    round: Round


class Standing(_Said, frozen=True):
    """Whether a hub takes part, the last round that its shared head is of, that head's hash, and why not."""

    ready: bool
    round: Round
    base: str
    reason: str = ""


class Roster(_Said, frozen=True):
    """Who takes part in a round; it stays as it is until the round's end. `order` is who leads, and who after that."""

    kind: Kind
    round: Round
    base: str
    members: Hubs
    order: Hubs


class Receipt(_Said, frozen=True):
    """How an update or a question was taken."""

    code: int
    reason: str = ""
    round: Round = 0
    """With a conflict: the last round that is known of."""


class Offer(_Said, frozen=True):
    """Beside an update's arrays: what it is for, and of how many examples it is said to be made."""

    kind: Kind
    round: Round
    base: str
    examples: float


class Ballot(_Said, frozen=True):
    """Beside the arrays of all updates, one member after the other: whose they are, and what they weigh."""

    kind: Kind
    round: Round
    members: Hubs
    weights: Annotated[tuple[float, ...], Meta(max_length=64)]


class Vote(_Said, frozen=True):
    """The members whose updates do harm on the voter's held-out examples."""

    harmful: Hubs = ()


class Result(_Said, frozen=True):
    """Beside the arrays of the merged update, or beside none when the round was given up, and then why."""

    kind: Kind
    round: Round
    counted: Hubs
    out: Hubs = ()
    reason: str = ""


class Kept(_Said, frozen=True):
    """What a hub made of the result."""

    merged: bool
    reason: str = ""


def encode(said: Struct) -> bytes:
    """A message as bytes."""
    return msgspec.msgpack.encode(said)


def decode(body: bytes, kind: type[Said]) -> Said:
    """The message in `body`. Raises `ProtocolError`."""
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"no {kind.__name__.lower()} of a round: {error}") from error


def rendezvous(number: int, hubs: Iterable[str]) -> tuple[str, ...]:
    """The order in which hubs lead round `number`: every hub works out the same one, and each round has another.

    Highest random weight: Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998).
    """
    return tuple(sorted(hubs, key=lambda hub: hashlib.sha256(f"{number}/{hub}".encode()).digest(), reverse=True))
