"""A hub that has nothing but a mesh, in a process of its own: `python -m hub.bench.mesh_hub`, for the benchmark.

It reads a `Start` as one line of JSON, then a `Do` a line; it prints a `Said` a line. Times are seconds of the
machine's monotonic clock, which all processes share.
"""

import asyncio
import contextlib
import logging
import sys
import time
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from hub.guard.connect import Guard
from hub.swarm.mesh import ZenohMesh
from hub.swarm.zenoh_config import MeshKey

_END: Final = b"end"


class Start(Struct):
    """Who the hub is, and where all hubs are: id -> `host:port`."""

    key: MeshKey
    places: dict[str, str]


class Do(Struct, omit_defaults=True):
    """Something to do: `flood` hub `to` with messages of `size` bytes (a best-effort topic if `gently`), or `ping` it
    with as many, or `settle` trust in everyone but `to`, or `end`.
    """

    what: str
    to: str = ""
    count: int = 0
    size: int = 0
    gently: bool = False


class Said(Struct, omit_defaults=True):
    """What happened: `ready`, `alive` (and who), `sent` or `heard` (how many, from when to when), `pinged` (seconds of
    each round trip).
    """

    what: str
    at: float
    hubs: tuple[str, ...] = ()
    count: int = 0
    began: float = 0.0
    seconds: tuple[float, ...] = ()


def say(said: Said) -> None:
    """Print it."""
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


async def started() -> tuple[Start, asyncio.StreamReader]:
    """Who this process is to be, and the lines of standard input that follow; warnings are logged, to stderr."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    return msgspec.json.decode(await lines.readline(), type=Start), lines


class Hub:
    """The hub of one such process."""

    def __init__(self, start: Start) -> None:
        self.mesh = ZenohMesh(
            start.key,
            start.places,
            lambda other: start.places.get(other, ""),
            Guard(),
            listen=start.places[start.key.hub],
            best_effort=("gentle",),
            tell=lambda hub, what: print(hub, what, file=sys.stderr),  # noqa: T201 - a process for benchmarks
        )
        self._count = 0
        self._began = 0.0
        self._pong = asyncio.Event()
        self._echoes: set[asyncio.Task[None]] = set()
        self.mesh.watch(lambda alive: say(Said("alive", time.monotonic(), tuple(sorted(alive)))))
        for topic in ("flood", "gentle"):
            self.mesh.listen(topic, self._flooded)
        self.mesh.listen("ping", self._echo)
        self.mesh.listen("pong", lambda sender, body: self._pong.set())

    def _flooded(self, sender: str, body: bytes) -> None:
        if body == _END:
            say(Said("heard", time.monotonic(), (sender,), self._count, self._began))
            self._count = 0
            return
        if not self._count:
            self._began = time.monotonic()
        self._count += 1

    def _echo(self, sender: str, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self.mesh.send("pong", body, to=sender))
        self._echoes.add(task)
        task.add_done_callback(self._echoes.discard)

    async def do(self, do: Do) -> None:
        """Do one thing."""
        if do.what == "flood":
            body, began = bytes(do.size), time.monotonic()
            topic = "gentle" if do.gently else "flood"
            for number in range(do.count):
                await self.mesh.send(topic, body, to=do.to)
                if number % 256 == 0:
                    await asyncio.sleep(0)
            await self.mesh.send("flood", _END, to=do.to)
            say(Said("sent", time.monotonic(), (do.to,), do.count, began))
        elif do.what == "ping":
            say(Said("pinged", time.monotonic(), (do.to,), do.count, seconds=await self._ping(do)))

    async def _ping(self, do: Do) -> tuple[float, ...]:
        body, seconds = bytes(do.size), []
        for _ in range(do.count):
            self._pong.clear()
            began = time.monotonic()
            await self.mesh.send("ping", body, to=do.to)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5.0):
                    await self._pong.wait()
            seconds.append(time.monotonic() - began)
        return tuple(seconds)


async def run() -> None:
    """Serve standard input until it ends."""
    start, lines = await started()
    hub = Hub(start)
    await hub.mesh.start()
    say(Said("ready", time.monotonic()))
    running: set[asyncio.Task[None]] = set()
    while line := await lines.readline():
        do = msgspec.json.decode(line, type=Do)
        if do.what == "end":
            break
        task = asyncio.create_task(hub.do(do))
        running.add(task)
        task.add_done_callback(running.discard)
    await hub.mesh.close()


if __name__ == "__main__":
    asyncio.run(run())
