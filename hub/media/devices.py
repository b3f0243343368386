"""The sound devices of this machine, by miniaudio, which is imported when the first one is opened."""

import contextlib
import ctypes
from typing import Any, Final

from hub.core.errors import MediaError

_BACKENDS: Final = ("WASAPI", "COREAUDIO", "PULSEAUDIO", "ALSA", "JACK", "SNDIO", "AUDIO4", "OSS", "AAUDIO", "OPENSL")
_COMPLAINT: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
_ignore = _COMPLAINT(lambda *_: None)  # kept: C calls it


def backends() -> list[Any]:
    """What this build of miniaudio can talk to, best first. Its silent stand-in for a missing device is left out."""
    import miniaudio

    enabled = miniaudio.get_enabled_backends()
    found = [getattr(miniaudio.Backend, name, None) for name in _BACKENDS]
    return [backend for backend in found if backend in enabled]


def device_id(name: str, *, capture: bool) -> Any:
    """The device whose name contains `name`; None (the system's choice) when that is empty.

    Raises `MediaError` listing what is there when no device fits.
    """
    if not name:
        return None
    import miniaudio

    devices = miniaudio.Devices(backends())
    found = devices.get_captures() if capture else devices.get_playbacks()
    for device in found:
        if name.lower() in str(device["name"]).lower():
            return device["id"]
    names = ", ".join(repr(str(device["name"])) for device in found) or "none"
    raise MediaError(f"no sound device is named {name!r}", remedy=f"there are: {names}")


def microphones() -> list[str]:
    """The names of the microphones of this machine; empty where there is none, or no sound system."""
    import miniaudio

    with contextlib.suppress(OSError, AttributeError):  # no ALSA here
        # Where there is no sound card, ALSA's library writes that to stderr on its own.
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_ignore)
    try:
        return [str(device["name"]) for device in miniaudio.Devices(backends()).get_captures()]
    except miniaudio.MiniaudioError:
        return []
