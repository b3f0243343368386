"""What `hearth doctor` looks at before the hub can see: MediaPipe, the system libraries it wants, the cameras."""

import ctypes
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.cli.doctor.finding import Finding
from hub.core.errors import HearthError
from hub.core.settings import CameraSettings, Settings
from hub.media.rtsp.address import rtsp_address

_LIBRARIES: Final = {"libGLESv2.so.2": "libgles2", "libEGL.so.1": "libegl1"}
"""Shared libraries that MediaPipe loads, and the Debian packages that have them."""


def seeing(settings: Settings) -> Iterator[Finding]:
    """Whether this hub can see, and each camera of `settings`."""
    missing = missing_parts()
    if missing:
        what, mend = missing
        yield Finding(check="seeing", level="broken" if settings.camera else "absent", detail=what, mend=mend)
    elif settings.seeing.allow_unsealed:
        mend = "remove [seeing] allow_unsealed: MediaPipe releases are known that send usage metrics"
        yield Finding(check="seeing", level="broken", detail="may look without being sealed", mend=mend)
    else:
        yield Finding(check="seeing", level="ok", detail="MediaPipe and what it needs are here")
    for camera in settings.camera:
        yield _camera(camera)


def missing_parts() -> tuple[str, str] | None:
    """What seeing lacks on this machine and how to mend it; None when all is here."""
    if importlib.util.find_spec("mediapipe") is None:
        return "MediaPipe is not installed", "run `make setup`, or: pip install 'hearth[gesture,camera]'"
    lacking = [package for library, package in _LIBRARIES.items() if not _loads(library)]
    if lacking:
        return (
            f"system libraries are missing ({', '.join(lacking)})",
            f"on Debian: sudo apt install {' '.join(lacking)}",
        )
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _camera(camera: CameraSettings) -> Finding:
    check = f"camera {camera.name}"
    if "://" in camera.source:
        try:
            address = rtsp_address(camera.source)
        except HearthError as error:
            return Finding(check=check, level="broken", detail=error.message, mend=error.remedy)
        return Finding(check=check, level="ok", detail=f"{address.shown}; the hub says when it does not answer")
    path = Path(camera.source)
    if not path.exists():
        return Finding(check=check, level="broken", detail=f"there is no {path}", mend="plug it in, or mend [[camera]]")
    if not os.access(path, os.R_OK):
        mend = "let the hub's user read it, on Debian: sudo usermod -aG video USER"
        return Finding(check=check, level="broken", detail=f"{path} may not be read", mend=mend)
    return Finding(check=check, level="ok", detail=str(path))
