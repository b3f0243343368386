"""Whom this process and its children connect to, asked of Python and of the kernel, not of the hub.

Python tells its audit hooks of every connection of its own code; what native code opens stands in the kernel's tables
while it is open.
"""

import ipaddress
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hub.bench.audit.processes import family

_LOOK_S: Final = 0.02
_TABLES: Final = ("tcp", "tcp6", "udp", "udp6")
_SENDS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_ASKS: Final = frozenset({"socket.gethostbyname", "socket.gethostbyname_ex"})
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")
_watching: "Dialled | None" = None
_hooked = False


class Dialled:
    """Within the block, `places` gets the address and port of every connection out; `names` every name asked for.

    One at a time. A port that this process listens on at `own_port` is the audit's own end and left out.
    """

    def __init__(self, own_port: int = 0) -> None:
        self.places: set[tuple[str, int]] = set()
        self.names: set[str] = set()
        self._own_port = own_port
        self._over = threading.Event()
        self._looker = threading.Thread(target=self._look, name="audit sockets", daemon=True)

    def __enter__(self) -> Self:
        global _watching, _hooked  # noqa: PLW0603 -- an audit hook is for the life of the process
        _watching = self
        if not _hooked:
            sys.addaudithook(_heard)
            _hooked = True
        self._looker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        global _watching  # noqa: PLW0603
        _watching = None
        self._over.set()
        self._looker.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_S):
            self.places.update(_open_now(self._own_port))


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    watching = _watching
    if watching is None or not event.startswith("socket."):
        return
    if event in _SENDS and len(arguments) > 1 and isinstance(arguments[1], tuple) and len(arguments[1]) > 1:
        watching.places.add((_plain(str(arguments[1][0])), int(arguments[1][1])))
    elif event in _ASKS or event == "socket.getaddrinfo":
        name = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0] or "")
        if name and not _is_address(name):
            watching.names.add(name)


def _open_now(own_port: int) -> Iterator[tuple[str, int]]:
    ours = {inode for pid in (os.getpid(), *family()) for inode in _sockets(pid)}
    for table in _TABLES:
        for local, remote, inode in _rows(Path("/proc/net") / table):
            if inode in ours and remote[1] and local[1] != own_port:
                yield remote


def _sockets(pid: int) -> Iterator[str]:
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return
    for descriptor in descriptors:
        try:
            found = _SOCKET.fullmatch(str(descriptor.readlink()))
        except OSError:  # closed meanwhile
            continue
        if found:
            yield found[1]


def _rows(table: Path) -> Iterator[tuple[tuple[str, int], tuple[str, int], str]]:
    try:
        lines = table.read_text("ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        fields = line.split()
        yield _place(fields[1]), _place(fields[2]), fields[9]


def _place(text: str) -> tuple[str, int]:
    """`0100007F:1F90`, as the kernel writes 127.0.0.1:8080 on little-endian machines."""
    address, _, port = text.partition(":")
    raw = bytes.fromhex(address)
    words = b"".join(
        raw[at : at + 4][::-1] if sys.byteorder == "little" else raw[at : at + 4] for at in range(0, len(raw), 4)
    )
    return _plain(str(ipaddress.ip_address(words))), int(port, 16)


def _plain(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
