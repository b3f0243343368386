"""With which values of the app's settings a hub could not run: refused when they are made, left out when it starts."""

import ipaddress
import re
from typing import Any, Final

from hub.core.errors import ValueRefusedError
from hub.core.hidden_passwords import is_hidden
from hub.core.kept_settings import Check
from hub.core.settings import VoiceSettings

_OPENINGS: Final = ("127.0.0.1", "0.0.0.0")  # noqa: S104 -- recognised; whether it may be is what `_check_web` says
_MOST_CAMERAS: Final = 16
_V4L2: Final = re.compile(r"/dev/video[0-9]{1,3}")


def setting_checks() -> dict[str, Check]:
    """A hub does not start with what these refuse. What they know is imported when there is something to check."""
    return {
        "home.language": _check_language,
        "voice.tts": _check_engine,
        "voice.voice": _check_voice,
        "swarm.host": _check_address,
        "web.host": _check_opening,
        "web": _check_web,
        "camera": check_cameras,
    }


def _check_language(language: Any) -> None:
    from hub.dialogue.language import load_language

    load_language(language)


def _check_engine(tts: Any) -> None:
    from hub.dialogue.tts.speak import engines

    async def connect(_host: str, _port: int) -> Any:
        raise NotImplementedError  # nobody speaks now

    engines(VoiceSettings(tts=tts), connect)


def _check_address(host: Any) -> None:
    try:
        ipaddress.ip_address(str(host).strip("[]"))
    except ValueError as error:
        raise ValueRefusedError("this is no address", remedy="give one of this machine, or 0.0.0.0 for all") from error


def _check_opening(host: Any) -> None:
    """An address of this machine's own may be gone at the next start, and the hub would listen nowhere."""
    if host not in _OPENINGS:
        raise ValueRefusedError(
            f"the app opens the page at {' or '.join(_OPENINGS)}", remedy="hearth.toml may say others"
        )


def _check_web(web: Any) -> None:
    from hub.web.opened import check_host

    check_host(web)


def check_cameras(cameras: Any) -> None:
    """What the app may add: cameras of this machine and of the network. Files are hearth.toml's to name."""
    from hub.media.rtsp.address import rtsp_address

    if len(cameras) > _MOST_CAMERAS:
        raise ValueRefusedError(f"more than {_MOST_CAMERAS} cameras", remedy="let another hub look through some")
    names = [camera.name.casefold().strip() for camera in cameras]
    if "" in names or len(set(names)) < len(names):
        raise ValueRefusedError("two cameras are called alike, or one is not called", remedy="give each its own name")
    for camera in cameras:
        if _V4L2.fullmatch(camera.source):
            continue
        rtsp_address(camera.source)
        if is_hidden(camera.source):
            raise ValueRefusedError("a camera's password is not known", remedy="write it once more")


def _check_voice(voice: Any) -> None:
    from hub.dialogue.tts.flite import Flite

    Flite(voice)
