"""What the hub and a tap say to each other. Frames go beside it, into a slot that the tap was handed.

`source` numbers what a tap was told to play, so that late words about one are not taken for words about the next.
"""

from msgspec import Struct

from hub.media.rtsp.address import RtspAddress


class UseSlot(Struct, frozen=True, tag=True):
    """Put frames here from now on; memory and bell are handed over as two descriptors."""


class TapFile(Struct, frozen=True, tag=True, kw_only=True):
    """Play a picture or film; the opened file is handed over as one descriptor. `name` is for messages.

    `every`: no frame is dropped, the looking sets the pace, and times are the film's own. Else it is played like a
    camera: at its own pace, what is not looked at in time is passed over.
    """

    source: int
    name: str
    rate: float = 0.0
    every: bool = True


class TapUsb(Struct, frozen=True, tag=True, kw_only=True):
    """Play a camera of this machine, such as /dev/video0."""

    source: int
    device: str
    rate: float = 15.0


class TapRtsp(Struct, frozen=True, tag=True, kw_only=True):
    """Play a network camera; the connection to it is handed over as one descriptor."""

    source: int
    address: RtspAddress
    rate: float = 15.0


class TapPage(Struct, frozen=True, tag=True, kw_only=True):
    """Play what a page sends; the end of a `PictureFeed` that is asked for each picture is handed over."""

    source: int


class StopSource(Struct, frozen=True, tag=True):
    """Stop playing; answered by `SourceEnded`."""

    source: int


Source = TapFile | TapUsb | TapRtsp | TapPage
ToTap = UseSlot | Source | StopSource


class SourceReady(Struct, frozen=True, tag=True, kw_only=True):
    """The first frame is there, of this size in pixels."""

    source: int
    width: int
    height: int


class SourceEnded(Struct, frozen=True, tag=True, kw_only=True):
    """The source was played to its end, or stopped: how many frames were shown, over how many of its seconds."""

    source: int
    frames: int
    seconds: float


class SourceTrouble(Struct, frozen=True, tag=True):
    """The source cannot be played, or no longer, and why (`HearthError.to_wire`)."""

    source: int
    error: dict[str, str]


FromTap = SourceReady | SourceEnded | SourceTrouble
