"""What the hub and a caged device integration say to each other; for skills see `hub.plugins.messages`.

The hub asks about settings with `Describe`, or gives them with `Begin`: then the integration answers `Ready` or
`Refused`, and tells its updates as they come. Commands go out as `DoCommand` and come back as `CommandAnswer`;
`DeviceRequest` gets one `PortReply`, along with the descriptor where a connection was asked for. `DeviceEnded` is its
last word.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.errors import HearthError
from hub.core.events import Value
from hub.plugins.messages import (
    MAX_MESSAGE,
    Ping,
    Pong,
    PortReply,
    Ready,
    Refused,
    StoreDelete,
    StoreGet,
    StoreSet,
    decoded,
    encode_any,
)
from hub.sdk.device import Update

MOST_UPDATES: Final = 64
"""In one message."""
HANDED_OVER: Final = "a descriptor comes along"
"""The value of a reply that a connection comes with."""


class _Message(Struct, frozen=True, kw_only=True, tag_field="m", tag=True, forbid_unknown_fields=True):
    pass


class Begin(_Message, frozen=True):
    """Hub to integration, once: run with this configuration, which stands at `place`."""

    config: dict[str, Any]
    place: str


class Describe(_Message, frozen=True):
    """Hub to integration, once: say what your settings are, and what you make of `config` if it is given."""

    config: dict[str, Any] | None = None


class Described(_Message, frozen=True):
    """Integration to hub, once, and then it ends: the JSON Schema of its settings, and `config` as plain JSON."""

    schema: dict[str, Any]
    config: dict[str, Any]


class DoCommand(_Message, frozen=True):
    """Hub to integration: do this."""

    id: int
    entity: str
    trait: str
    value: Value


class CommandAnswer(_Message, frozen=True):
    """Integration to hub: command `id` is done, or failed with `error` as `HearthError.to_wire` gives it."""

    id: int
    error: dict[str, str] | None = None


class Told(_Message, frozen=True):
    """Integration to hub: updates, each as bytes of its own, so that a wrong one is no end of the others."""

    updates: tuple[msgspec.Raw, ...]


class Connect(Struct, frozen=True, kw_only=True, tag_field="ask", tag=True, forbid_unknown_fields=True):
    """Answered by `HANDED_OVER`, with the open connection along with it."""

    host: str
    port: int


class DeviceRequest(_Message, frozen=True):
    """Integration to hub: please do `ask`."""

    id: int
    ask: Connect | StoreGet | StoreSet | StoreDelete


class DeviceEnded(_Message, frozen=True):
    """Integration to hub, at its end: it has nothing more to tell, or failed with `error`."""

    error: dict[str, str] | None = None


ToDevice = Begin | Describe | DoCommand | PortReply | Ping
FromDevice = Ready | Refused | Described | Told | CommandAnswer | DeviceRequest | DeviceEnded | Pong

_to_device: "msgspec.msgpack.Decoder[ToDevice]" = msgspec.msgpack.Decoder(ToDevice)
_from_device: "msgspec.msgpack.Decoder[FromDevice]" = msgspec.msgpack.Decoder(FromDevice)
_update: "msgspec.msgpack.Decoder[Update]" = msgspec.msgpack.Decoder(Update)
_encoder = msgspec.msgpack.Encoder()


class Unreadable(Struct, frozen=True):
    """An update that is none, and why."""

    reason: str


def encode_device(message: ToDevice | FromDevice) -> bytes:
    """The message as bytes; raises `ProtocolError` when it is too large or holds what cannot travel."""
    return encode_any(message)


def decode_for_device(data: bytes) -> ToDevice:
    """A message from the hub; raises `ProtocolError`."""
    return decoded(_to_device, data)


def decode_from_device(data: bytes) -> FromDevice:
    """A message from an integration, which may be hostile; raises `ProtocolError`."""
    return decoded(_from_device, data)


def update_as_bytes(update: object) -> bytes:
    """One update for `Told`; what cannot travel becomes words of why, which the hub refuses and counts."""
    try:
        data = _encoder.encode(update)
    except (TypeError, OverflowError, RecursionError, ValueError) as error:
        data = _encoder.encode(f"{type(update).__name__}: {error}"[:200])
    return data if len(data) <= MAX_MESSAGE // MOST_UPDATES else _encoder.encode("an update that is too large")


def read_update(data: msgspec.Raw) -> Update | Unreadable:
    """What the integration says of itself, or why that is nothing. Never raises."""
    try:
        return _update.decode(data)
    except (msgspec.DecodeError, RecursionError, HearthError) as error:  # an entity checks its own id
        return Unreadable(f"no update: {error}"[:300])
