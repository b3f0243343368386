"""Handing a body to another hub, and again while that is there: where it takes bodies is known a moment after it is."""

import asyncio
from typing import Final

from hub.core.errors import UnavailableError
from hub.swarm.ports import Bulk, Mesh

_AGAIN_S: Final = 0.5
_PATIENCE_S: Final = 15.0


async def handed(mesh: Mesh, bulk: Bulk, hub: str, topic: str, body: bytes, *, timeout_s: float) -> bytes:
    """The hub's answer within so many seconds. Raises `UnavailableError`, or the error that it answered with.

    Were a round to go on without a hub that is there, each hub would soon lead a round of its own.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + min(timeout_s, _PATIENCE_S)
    while True:
        try:
            return await bulk.give(hub, topic, body, timeout_s=timeout_s)
        except UnavailableError:
            if hub not in mesh.alive() or loop.time() + _AGAIN_S >= until:
                raise
        await asyncio.sleep(_AGAIN_S)
