"""Connections that a closed Zenoh session leaves behind.

A connection that was being accepted while its session closed stays open: Zenoh keeps it alive, nobody is behind it, and
the other hub takes it for the hub for ever.
"""

import contextlib
import os
import socket
import stat
from pathlib import Path
from typing import Final

_OPEN_FILES: Final = Path("/dev/fd")


def end_connections_of(port: int) -> int:
    """Shut down every TCP connection of this process that was accepted on `port`; returns how many there were.

    Only to be called while nothing in this process listens there. Does nothing where open files cannot be listed.
    """
    try:
        numbers = [int(entry.name) for entry in _OPEN_FILES.iterdir() if entry.name.isdigit()]
    except OSError:
        return 0
    return sum(_end(number, port) for number in numbers)


def _end(number: int, port: int) -> bool:
    with contextlib.suppress(OSError):  # closed meanwhile, or no TCP socket
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
        with socket.socket(fileno=os.dup(number)) as connection:
            if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.getsockname()[1] != port:
                return False
            connection.shutdown(socket.SHUT_RDWR)
            return True
    return False
