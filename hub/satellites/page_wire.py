"""What a page and the hub say to each other on the listening socket, beside the sound.

Sound is int16 mono, little-endian: from the page at 16 kHz in frames of its own choice, from the hub at the rate that
the `reply` before it names.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import HearthError, ProtocolError

VERSION: Final = 1
MAX_FRAME: Final = 16_384
"""Bytes of one message, either way."""
PAGE: Final = "^[0-9a-f]{8,32}$"


class FromPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag=str.lower):
    """What a page says."""


class Start(FromPage, frozen=True, kw_only=True):
    """The first message. `page` is a random name that the page keeps: its new socket takes the place of its old one.

    `wake`: listen for wake words until told to stop; without it one turn is listened to at once, questions and their
    answers included. `act`: answer what is heard; without it the page is only told, which is how a microphone is tried.
    """

    page: Annotated[str, Meta(pattern=PAGE)]
    version: Annotated[int, Meta(ge=1, le=1_000)] = VERSION
    area: Annotated[str, Meta(max_length=200)] = ""
    rate: Literal[16_000] = 16_000
    wake: bool = True
    act: bool = True


class Talk(FromPage, frozen=True):
    """Listen to what is said next without a wake word."""


class End(FromPage, frozen=True):
    """No more sound will come: what is being said is all."""


class Played(FromPage, frozen=True, kw_only=True):
    """The reply of this number has sounded."""

    reply: Annotated[int, Meta(ge=0, le=2**31)]


class Stop(FromPage, frozen=True):
    """Listen no more."""


class ToPage(Struct, frozen=True, kw_only=True, tag_field="type", tag=str.lower):
    """What the hub says."""


class Ready(ToPage, frozen=True, kw_only=True):
    """The hub listens: for these wake words (how each is spoken), or, where there are none, to what is said now."""

    version: int = VERSION
    words: tuple[str, ...] = ()


class Wake(ToPage, frozen=True, kw_only=True):
    """The wake word was heard, and this page is the one to answer it."""

    word: str
    score: float


class Listening(ToPage, frozen=True):
    """Speak now; no wake word is needed."""


class Began(ToPage, frozen=True, tag="speech"):
    """Somebody began to speak."""


class Transcript(ToPage, frozen=True, kw_only=True):
    """What was said, and how sure that is (0 to 1)."""

    text: str
    confidence: float


class Missed(ToPage, frozen=True, kw_only=True, tag="not_understood"):
    """What was said means nothing here, or was not heard as words (`text` is empty then); `reason` is one word."""

    reason: str
    text: str = ""


class Reply(ToPage, frozen=True, kw_only=True):
    """The hub answers, or says something unasked. `samples` at `rate` follow as sound; the page says `played` then.

    No samples: there is nothing to speak with.
    """

    number: int
    text: str
    rate: int = 16_000
    samples: int = 0
    unasked: bool = False


class Trouble(ToPage, frozen=True, kw_only=True, tag="error"):
    """Something went wrong: a code for programs, a message and a remedy for people."""

    code: str
    message: str
    remedy: str = ""

    @staticmethod
    def of(error: HearthError) -> "Trouble":
        """The error as the page is told it."""
        return Trouble(code=error.code, message=error.message, remedy=error.remedy)


class Over(ToPage, frozen=True, tag="stop"):
    """The hub listens to this page no more."""


_DECODER: Final = msgspec.json.Decoder(Start | Talk | End | Played | Stop)
_ENCODER: Final = msgspec.json.Encoder()


def from_page(text: str) -> Start | Talk | End | Played | Stop:
    """A message of a page. Raises `ProtocolError`."""
    try:
        message: Start | Talk | End | Played | Stop = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        said = f"not a message of the listening socket: {str(error)[:200]}"
        raise ProtocolError(said, remedy="reload the page") from None
    return message


def to_page(message: ToPage) -> str:
    """A message as JSON."""
    return _ENCODER.encode(message).decode()
