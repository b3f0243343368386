"""Whether this machine can seal workers, for `hearth doctor`: a worker of no use is started and tries its bars."""

import asyncio
from typing import Any

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.guard.sealing.seal import SealStatus
from hub.guard.worker_host import WorkerHost
from hub.guard.worker_link import WorkerLink


async def seal_report() -> SealStatus:
    """How sealing goes here. `sealed` false: `trouble` says why."""
    host: WorkerHost[None] = WorkerHost("seal-check", "hub.guard.seal_report:idle", {}, Bus(), type(None))
    try:
        await host.start()
    except HearthError as error:
        return SealStatus(trouble=(str(error),))
    status = host.status
    await asyncio.shield(host.stop())
    return status


def idle(link: WorkerLink, _config: dict[str, Any]) -> None:
    """A worker that waits to be let go."""
    link.ready()
    while True:
        link.receive(None)
