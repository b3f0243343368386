"""What the hub and a plugin say to each other: typed messages, MessagePack on the wire, whatever carries the bytes.

The hub asks with `CallIntent`, `CallTimer` and `CallEvent`, and takes it back with `CancelCall`; the plugin ends each
call with one `Answer`. While a call runs the plugin may ask the hub with `PortRequest`, and gets one `PortReply` for
each.
A plugin in a process of its own begins with `Ready` or `Refused`, and answers each `Ping` with a `Pong`.
"""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from hub.core.errors import ProtocolError
from hub.core.events import Value
from hub.sdk.context import StoredTimer
from hub.sdk.events import SkillEvent
from hub.sdk.intents import CallContext, IntentAnswer, IntentCall

MAX_MESSAGE: Final = 1024 * 1024
"""Bytes of one message; a larger one is refused on both sides."""

# -- what a plugin asks of a port ----------------------------------------------------------------------------------


class _Ask(Struct, frozen=True, kw_only=True, tag_field="ask", tag=True, forbid_unknown_fields=True):
    pass


class HomeEntities(_Ask, frozen=True):
    """Entities that fit all that is given; answered by a list of `Entity`."""

    kind: str = ""
    area: str = ""
    trait: str = ""


class HomeAreas(_Ask, frozen=True):
    """Answered by a list of `Area`."""


class HomeStates(_Ask, frozen=True):
    """Answered by trait -> value."""

    entity: str


class HomeAway(_Ask, frozen=True):
    """Answered by a list of ids."""


class HomePeople(_Ask, frozen=True):
    """Answered by `Whereabouts`."""


class HomeCommand(_Ask, frozen=True):
    """Answered by a list of `CommandResult`."""

    entities: tuple[str, ...]
    trait: str
    value: Value
    named: bool = False  # one entity by its id: that it lacks the trait is then an error


class Speak(_Ask, frozen=True):
    """Speak plain `text`, or the reply `reply` filled with `values`; answered by nothing."""

    text: str = ""
    reply: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    area: str = ""


class TimerSet(_Ask, frozen=True):
    """Call timer handler `handler` at `due` (UTC seconds); answered by the `StoredTimer`."""

    handler: str
    due: float
    arguments: dict[str, Any] = field(default_factory=dict)


class TimerCancel(_Ask, frozen=True):
    """Answered by whether there was such a timer."""

    timer: str


class TimerList(_Ask, frozen=True):
    """Answered by a list of `StoredTimer`, next first."""


class StoreGet(_Ask, frozen=True):
    """Answered by the JSON value, or None."""

    key: str


class StoreSet(_Ask, frozen=True):
    """Answered by nothing, once it is on disk."""

    key: str
    value: Any


class StoreDelete(_Ask, frozen=True):
    """Answered by nothing."""

    key: str


class Fetch(_Ask, frozen=True):
    """Answered by `Fetched`."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Ask = (
    HomeEntities | HomeAreas | HomeStates | HomeAway | HomePeople | HomeCommand | Speak | TimerSet | TimerCancel
    | TimerList | StoreGet | StoreSet | StoreDelete | Fetch
)  # fmt: skip

# -- the envelopes -------------------------------------------------------------------------------------------------


class _Message(Struct, frozen=True, kw_only=True, tag_field="m", tag=True, forbid_unknown_fields=True):
    id: int


class CallIntent(_Message, frozen=True):
    """Hub to plugin: answer this intent."""

    call: IntentCall


class CallTimer(_Message, frozen=True):
    """Hub to plugin: this stored timer came due."""

    timer: StoredTimer
    context: CallContext


class CallEvent(_Message, frozen=True):
    """Hub to plugin: this happened."""

    event: SkillEvent
    context: CallContext


class CancelCall(_Message, frozen=True):
    """Hub to plugin: nobody waits for the answer to call `id` any more."""


class Ping(_Message, frozen=True):
    """Hub to plugin: are you there?"""


class Pong(_Message, frozen=True):
    """Plugin to hub: the answer to ping `id`."""


class Ready(_Message, frozen=True):
    """Plugin to hub, once: its code is imported, and these are its handlers."""

    intents: tuple[str, ...]
    events: tuple[str, ...] = ()


class Refused(_Message, frozen=True):
    """Plugin to hub, once, and then it ends: its code cannot be used; `error` as `HearthError.to_wire` gives it."""

    error: dict[str, str]


class Answer(_Message, frozen=True):
    """Plugin to hub: how call `id` ended."""

    answer: IntentAnswer


class PortRequest(_Message, frozen=True):
    """Plugin to hub: during call `call`, please do `ask`."""

    call: int
    ask: Ask


class PortReply(_Message, frozen=True):
    """Hub to plugin: what request `id` came to; `error` as `HearthError.to_wire` gives it."""

    value: Any = None
    error: dict[str, str] | None = None


ToPlugin = CallIntent | CallTimer | CallEvent | CancelCall | PortReply | Ping
ToHub = Answer | PortRequest | Pong | Ready | Refused


_encoder = msgspec.msgpack.Encoder()
_to_plugin: "msgspec.msgpack.Decoder[ToPlugin]" = msgspec.msgpack.Decoder(ToPlugin)
_to_hub: "msgspec.msgpack.Decoder[ToHub]" = msgspec.msgpack.Decoder(ToHub)


def encode(message: ToPlugin | ToHub) -> bytes:
    """The message as bytes; raises `ProtocolError` when it is too large or holds what cannot travel."""
    return encode_any(message)


def encode_any(message: Struct) -> bytes:
    """As `encode`, for messages of whatever protocol."""
    try:
        data = _encoder.encode(message)
    except (TypeError, OverflowError, RecursionError, ValueError) as error:
        raise ProtocolError(f"a message cannot be sent: {error}", remedy="send JSON values only") from error
    if len(data) > MAX_MESSAGE:
        raise ProtocolError(f"a message of {len(data)} bytes", remedy=f"stay under {MAX_MESSAGE}")
    return data


def decode_for_plugin(data: bytes) -> ToPlugin:
    """A message from the hub; raises `ProtocolError`."""
    return decoded(_to_plugin, data)


def decode_for_hub(data: bytes) -> ToHub:
    """A message from a plugin, which may be hostile; raises `ProtocolError`."""
    return decoded(_to_hub, data)


M = TypeVar("M")


def decoded(decoder: "msgspec.msgpack.Decoder[M]", data: bytes) -> M:
    """What the decoder makes of a message; raises `ProtocolError`."""
    if len(data) > MAX_MESSAGE:
        raise ProtocolError(f"a message of {len(data)} bytes", remedy=f"stay under {MAX_MESSAGE}")
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(f"not a message of this protocol: {error}", remedy="speak api 1") from error
