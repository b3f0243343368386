"""Whether sound and pictures, as objects of the hub, refuse to leave memory."""

import copy
import io
import json
import pickle
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np
import structlog

from hub.bench.audit.line import Line, line
from hub.core.bus import Bus
from hub.core.errors import RawMediaError
from hub.media.chunk import AudioChunk
from hub.media.encoded import EncodedPicture
from hub.media.frame import VideoFrame
from hub.media.raw import RawMedia


def _log(media: Any) -> None:
    processors: list[Any] = [structlog.processors.add_log_level, structlog.processors.JSONRenderer()]
    structlog.wrap_logger(structlog.PrintLogger(io.StringIO()), processors=processors).warning("heard", media=media)


WAYS_OUT: Final[dict[str, Callable[[Any], Any]]] = {
    "the bus": lambda media: Bus().publish(media),
    "pickle": pickle.dumps,
    "a copy": copy.deepcopy,
    "JSON": json.dumps,
    "JSON with a fallback": lambda media: json.dumps({"a": [media]}, default=repr),
    "JSON of msgspec": msgspec.json.encode,
    "MessagePack": lambda media: msgspec.msgpack.encode({"a": [media]}),
    "a log line": _log,
    "text": str,
    "bytes": bytes,
}


def media_refuses(ways: dict[str, Callable[[Any], Any]] = WAYS_OUT) -> Line:
    """Each way out raises `RawMediaError`, for sound and for pictures."""
    media: dict[str, RawMedia] = {
        "sound": AudioChunk(np.ones(160, np.int16), "audit", 0.0),
        "a picture": VideoFrame(np.ones((4, 4, 3), np.uint8), "audit", 0.0),
        "a page's picture": EncodedPicture(b"\xff\xd8\xff"),
    }
    tried = [(way, go, name, one) for way, go in ways.items() for name, one in media.items()]
    wrong = [f"{name} got out by {way}" for way, go, name, one in tried if not _refused(go, one)]
    return line("media types", wrong, f"refused by {', '.join(ways)}")


def _refused(go: Callable[[Any], Any], media: RawMedia) -> bool:
    try:
        go(media)
    except RawMediaError:
        return True
    except Exception:
        return False  # by something else's choice, which may change its mind
    return False
