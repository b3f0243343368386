from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.bus import Bus
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.worker_host import WorkerHost, WorkerPatience

WORKERS = Path(__file__).parent / "workers"
Start = Callable[..., Awaitable[WorkerHost[Any]]]


@pytest.fixture
async def host(bus: Bus) -> AsyncIterator[Start]:
    """Starts a function of workers/sample_workers.py in a worker; every worker is gone after the test."""
    if this_architecture() is None:
        pytest.skip("sealing needs Linux on x86-64 or arm64")
    started: list[WorkerHost[Any]] = []

    async def start(function: str, config: dict[str, Any] | None = None, **options: Any) -> WorkerHost[Any]:
        options.setdefault("patience", WorkerPatience(first_wait_s=0.01, longest_wait_s=0.05))
        made: WorkerHost[Any] = WorkerHost(
            "sample",
            f"sample_workers:{function}",
            config or {"greeting": "hello"},
            bus,
            dict[str, Any],
            search=(WORKERS,),
            **options,
        )
        started.append(made)
        await made.start()
        return made

    yield start
    for made in started:
        await made.stop()
