"""Files that are opened for reading without ever waiting for them, and their names as text."""

import os
import stat
from pathlib import Path

from hub.core.errors import MediaError


def open_regular(path: Path) -> int:
    """A file, open for reading: its descriptor. Raises `MediaError` for what is none, such as a pipe or a device."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise MediaError(why, place=readable_name(path), remedy="give a readable file") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise MediaError("this is no file", place=readable_name(path), remedy="give a picture or film")
    return file


def readable_name(path: Path) -> str:
    """The path as text that can be printed and sent, also where its bytes are no UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
