"""What a camera says it can show (SDP, RFC 8866): its first video track that can be decoded."""

import base64
import binascii
from typing import Final

from msgspec import Struct

from hub.core.errors import MediaError

_MOST_LINES: Final = 500
_MOST_PARAMETERS: Final = 16 * 1024
_JPEG: Final = 26
_CODECS: Final = {"H264": "h264", "H265": "hevc", "HEVC": "hevc", "JPEG": "mjpeg"}
_SETS: Final = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")


class Track(Struct, frozen=True):
    """A video track: `codec` is h264, hevc or mjpeg, `sets` the decoder's parameter sets as far as told.

    `control` is its address: whole, or relative to the description's.
    """

    codec: str
    payload_type: int
    control: str = ""
    sets: tuple[bytes, ...] = ()


class _Section(Struct):
    """A media section as it is read."""

    payload_type: int
    codec: str = ""
    control: str = ""
    sets: tuple[bytes, ...] = ()


def video_track(description: bytes) -> Track:
    """The first video track. Raises `MediaError` when there is none that can be decoded."""
    sections: list[_Section] = []
    inside = False
    for line in description.decode("utf-8", "replace").splitlines()[:_MOST_LINES]:
        kind, _, value = line.strip().partition("=")
        if kind == "m":
            words = value.split()
            inside = len(words) >= 4 and words[0] == "video" and _is_type(words[3])
            if inside:
                number = int(words[3])
                sections.append(_Section(number, "mjpeg" if number == _JPEG else ""))
        elif kind == "a" and inside:
            _attribute(sections[-1], value)
    for found in sections:
        if found.codec:
            return Track(found.codec, found.payload_type, found.control, found.sets)
    raise MediaError(
        "the camera offers no video that can be decoded" if sections else "the camera offers no video",
        remedy="set it to H.264, H.265 or MJPEG",
    )


def _is_type(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 3 and int(word) <= 127


def _attribute(section: _Section, value: str) -> None:
    name, _, rest = value.partition(":")
    number, _, what = rest.strip().partition(" ")
    if name == "control":
        section.control = rest.strip()
    elif number != str(section.payload_type):
        return
    elif name == "rtpmap":
        section.codec = _CODECS.get(what.partition("/")[0].strip().upper(), "")
    elif name == "fmtp":
        section.sets = _parameter_sets(what)


def _parameter_sets(text: str) -> tuple[bytes, ...]:
    found: list[bytes] = []
    given = {key.strip().lower(): value for key, _, value in (part.partition("=") for part in text.split(";"))}
    for name in _SETS:
        for part in given.get(name, "").split(","):
            try:
                data = base64.b64decode(part.strip(), validate=True)
            except (binascii.Error, ValueError):
                continue
            if 0 < len(data) <= _MOST_PARAMETERS and len(found) < 16:
                found.append(data)
    return tuple(found)
