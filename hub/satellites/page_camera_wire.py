"""What a page and the hub say to each other on the looking socket, beside the pictures.

A picture is a binary message: one plain JPEG, of at most 256 KiB and 1280 pixels a side. The page sends one each time
that it is told `show`, and at no other time.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from hub.core.errors import ProtocolError
from hub.satellites.page_wire import PAGE, VERSION, FromPage, Stop, ToPage


class StartLooking(FromPage, frozen=True, kw_only=True, tag="start"):
    """The first message. `page` is a random name that the page keeps: its new socket takes the place of its old one.

    `area` is the room that its camera sees.
    """

    page: Annotated[str, Meta(pattern=PAGE)]
    version: Annotated[int, Meta(ge=1, le=1_000)] = VERSION
    area: Annotated[str, Meta(max_length=200)] = ""


class Show(ToPage, frozen=True):
    """Send the picture of this moment."""


class Looking(ToPage, frozen=True, kw_only=True, tag="ready"):
    """The hub sees through the camera: its first picture was good."""

    version: int = VERSION


_DECODER: Final = msgspec.json.Decoder(StartLooking | Stop)


def from_camera(text: str) -> StartLooking | Stop:
    """A message of a page. Raises `ProtocolError`."""
    try:
        message: StartLooking | Stop = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        said = f"not a message of the looking socket: {str(error)[:200]}"
        raise ProtocolError(said, remedy="reload the page") from None
    return message
