"""Which cameras are plugged into this machine, as the kernel tells; none of them is opened for it."""

import re
from pathlib import Path
from typing import Final

from msgspec import Struct

_DEVICES: Final = Path("/sys/class/video4linux")
_VIDEO: Final = re.compile(r"video[0-9]{1,3}")
_MOST: Final = 32


class UsbDevice(Struct, frozen=True):
    """A camera: the path that it is opened at, and what its maker calls it."""

    source: str
    name: str


def usb_cameras(devices: Path = _DEVICES) -> list[UsbDevice]:
    """Those that are there now, in the kernel's order; empty where there are none, or no Linux."""
    try:
        found = sorted((each for each in devices.iterdir() if _VIDEO.fullmatch(each.name)), key=_number)
    except OSError:
        return []
    # A camera has several nodes; that of pictures is the first, and what comes along with them the others.
    return [UsbDevice(f"/dev/{each.name}", _read(each / "name") or each.name) for each in found if _first(each)][:_MOST]


def _number(device: Path) -> int:
    return int(device.name.removeprefix("video"))


def _first(device: Path) -> bool:
    return _read(device / "index") in ("0", "")


def _read(path: Path) -> str:
    try:
        text = path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
    return "".join(letter for letter in text if letter.isprintable())[:100]
