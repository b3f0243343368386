"""The first thing that a worker process runs: read the order, seal, and only then import the code of others."""

import contextlib
import importlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.core.errors import HearthError, PluginError, ProtocolError
from hub.guard.framing import Frame, StartOrder
from hub.guard.sealing.seal import SealStatus, seal
from hub.guard.worker_link import HubGone, WorkerLink

_COURTESY: Final = 5
"""How much a worker that computes steps back behind the hub, whose answers people and other hubs wait for."""

Entry = Callable[[WorkerLink, dict[str, Any]], None]
"""What a worker becomes: a function that loops over `link.receive` until `HubGone`, with its own configuration."""


def main(connection: int, hatch: int) -> int:
    """Serve the connection that is open as descriptor `connection`, descriptors come in at `hatch`; the exit code."""
    link = WorkerLink(socket.socket(fileno=connection), socket.socket(fileno=hatch))
    try:
        _work(link)
    except HubGone:
        return 0
    except HearthError as error:
        return _fail(link, error)
    except MemoryError:
        return _fail(link, PluginError("out of memory", remedy="give the worker more, or use smaller models"))
    except Exception as error:  # told to the hub, which logs and restarts
        return _fail(link, PluginError(f"{type(error).__name__}: {error}"))
    return 0


def _fail(link: WorkerLink, error: HearthError) -> int:
    with contextlib.suppress(HubGone):
        link.failed(error.to_wire())
    return 1


def _work(link: WorkerLink) -> None:
    first = link.receive(None)
    if first is None or first.kind is not Frame.START:
        raise ProtocolError("the first frame must be the order to start")
    order = msgspec.msgpack.decode(first.body, type=StartOrder)
    os.nice(_COURTESY)
    search = [str(Path(p)) for p in order.search]
    readable = [*map(Path, order.readable), *map(Path, search)]
    devices = [*map(Path, order.devices)]
    status = SealStatus(trouble=("not asked for",))
    link.sealed(seal(readable, devices, memory_mb=order.memory_mb) if order.seal else status)
    sys.path[:0] = search
    entry = _load(order.entry)
    entry(link, msgspec.msgpack.decode(order.config))


def _load(name: str) -> Entry:
    module, _, function = name.partition(":")
    found: Entry = getattr(importlib.import_module(module), function)
    return found
