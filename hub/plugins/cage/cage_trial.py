"""Whether anything can be caged here: a process of no use is, and tries its bars."""

import socket
from typing import Any, Final

import msgspec

from hub.core.errors import SealError
from hub.guard.zygote.messages import CageOrder
from hub.guard.zygote.zygote import Zygote

_MODULE: Final = "hub.plugins.cage.cage_trial"


async def try_cage() -> None:
    """Cage a process of no use, which tries its bars. Raises `SealError` or `WorkerDiedError` with what is wrong."""
    zygote = Zygote((_MODULE,))
    try:
        caged = await zygote.fork("a cage", CageOrder(entry=f"{_MODULE}:leave", config=msgspec.msgpack.encode({})))
        caged.connection.close()
        error = await caged.gone()
        if isinstance(error, SealError):
            raise error
    finally:
        await zygote.close()


def leave(connection: socket.socket, _config: dict[str, Any]) -> None:
    """What a process of no use becomes."""
    connection.close()
