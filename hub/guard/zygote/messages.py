"""What the hub and its zygote say to each other, one datagram a message."""

from typing import Final

import msgspec
from msgspec import Struct

MOST_BYTES: Final = 64 * 1024
NOT_CAGED: Final = 77
"""The exit code of a process that could not be caged and therefore ran nothing; what it said last is why."""


class CageOrder(Struct, frozen=True, kw_only=True):
    """What a caged process becomes: `entry` (`module:function`, called with its socket and `config`, MessagePack of the
    entry's own), what it may read, and how much memory it may have beyond what it shares.
    """

    entry: str
    config: bytes
    readable: tuple[str, ...] = ()
    memory_mb: int = 256


class Fork(Struct, frozen=True, tag=True):
    """Hub: fork process `number`. Its socket and the pipe for what it says come along as descriptors."""

    number: int
    order: CageOrder


class Kill(Struct, frozen=True, tag=True):
    """Hub: end process `number` at once."""

    number: int


class Warm(Struct, frozen=True, tag=True):
    """Zygote: everything is imported, forks can come."""


class Forked(Struct, frozen=True, tag=True):
    """Zygote: process `number` is there."""

    number: int
    pid: int


class Ended(Struct, frozen=True, tag=True):
    """Zygote: process `number` is gone; `code` is its exit code, negative for a signal."""

    number: int
    code: int


to_zygote: "msgspec.msgpack.Decoder[Fork | Kill]" = msgspec.msgpack.Decoder(Fork | Kill)
to_hub: "msgspec.msgpack.Decoder[Warm | Forked | Ended]" = msgspec.msgpack.Decoder(Warm | Forked | Ended)
