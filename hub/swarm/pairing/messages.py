"""What two hubs say to each other while they pair, over TLS 1.3, and how it is framed.

    guest                                        host
    Hello   version, own certificate, X*   ──▶
                                           ◀──   Answer     Y*
    Guess   HMAC, signature                ──▶
                                           ◀──   Confirmed  HMAC
    Request CSR, card                      ──▶
                                           ◀──   Admission  root, records
    Stored                                 ──▶

X* and Y* are those of SPAKE2, see `handshake`. In place of any message either side may say `Refused` and end. A frame
is its length (4 bytes, big endian) and a MessagePack map with its name as `type`. What comes is somebody's on the
network: it is read by a deadline, bounded before it is read, and only what is due next is taken.
"""

import asyncio
import struct
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import ProtocolError
from hub.swarm.certificates import MOST_BYTES
from hub.swarm.members import MOST_ROLL_BYTES, Card, Records

VERSION: Final = 1
MOST_FRAME: Final = 8 * 1024
MOST_ADMISSION: Final = MOST_ROLL_BYTES + MOST_FRAME
DEADLINE_S: Final = 30.0
"""The longest that a run may take, from the connection to its end."""
_LENGTH: Final = struct.Struct(">I")

Element = Annotated[bytes, Meta(min_length=33, max_length=33)]
Mac = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Certificate = Annotated[bytes, Meta(max_length=MOST_BYTES)]
Reason = Literal["nobody", "wrong", "closed", "protocol", "removed", "full", "failed"]


class Message(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """One of the messages below."""


class Hello(Message, frozen=True):
    """The guest comes with its self-signed certificate (DER) and its half of the exchange."""

    version: int
    identity: Certificate
    element: Element


class Answer(Message, frozen=True):
    """The host's half."""

    element: Element


class Guess(Message, frozen=True):
    """The guest shows that it knows the code, and that the certificate in its Hello is its own."""

    mac: Mac
    signature: Signature


class Confirmed(Message, frozen=True):
    """The host shows that it knows the code too."""

    mac: Mac


class Request(Message, frozen=True):
    """What the guest asks to be let in with: a CSR (DER) and what it says of itself."""

    request: Certificate
    card: Card


class Admission(Message, frozen=True):
    """The home's root (DER) and its records, the guest's leaf among them."""

    root: Certificate
    records: Records


class Stored(Message, frozen=True):
    """The guest has it on its disk."""


class Refused(Message, frozen=True):
    """It ends here. `reason` is all that is said: text of somebody else's is not shown to people."""

    reason: Reason


class OtherRefusedError(Exception):
    """The other side said `Refused`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


M = TypeVar("M", bound=Message)
_ANY: Final = Hello | Answer | Guess | Confirmed | Request | Admission | Stored | Refused


async def send(writer: asyncio.StreamWriter, message: Message) -> None:
    """Send a message. Raises `OSError` when the connection is gone."""
    body = msgspec.msgpack.encode(message)
    writer.write(_LENGTH.pack(len(body)) + body)
    await writer.drain()


async def receive(reader: asyncio.StreamReader, kind: type[M], most: int = MOST_FRAME) -> M:
    """The next message, which is of this kind.

    Raises `OtherRefusedError` when the other side refuses, and `ProtocolError` for anything else, or when the
    connection ended instead.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > most:
            raise ProtocolError(f"a message of {length} bytes")
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, OSError) as error:
        raise ProtocolError("the other hub ended the connection") from error
    try:
        message = msgspec.msgpack.decode(body, type=_ANY)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(f"a message that cannot be read: {error}") from error
    if isinstance(message, kind):
        return message
    if isinstance(message, Refused):
        raise OtherRefusedError(message.reason)
    raise ProtocolError(f"{type(message).__name__} was not due")
