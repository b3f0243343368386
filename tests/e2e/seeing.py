"""A hub in this process with a camera before which somebody points and points, and what its processes hold open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from hub.app import Hub, Parts, running_hub
from hub.core.bundled import bundled
from hub.core.commands import Command
from hub.core.events import HandPointed, TaskFailed, WorkerLost, WorkerReady
from hub.core.paths import HomePaths
from hub.guard.sealing.syscalls import this_architecture
from tests.until import until

CAMERA = "camera.hallway"
SEES = (
    pytest.mark.eyes,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
)
"""The marks of a test in which a hub sees somebody."""
_POINTS_AT_S = 2.3


def pointing_film(to: Path, seconds: int = 120) -> Path:
    """Somebody who points at the same place all the time."""
    from tests.e2e.test_pointing import film_of, pictures_of

    picture = pictures_of(bundled("config") / "demo" / "films" / "point_lamp.mp4", (_POINTS_AT_S,))
    return film_of(picture * (seconds * 8), to, 8)


def home_that_sees(folder: Path, film: Path, more: str = "") -> HomePaths:
    """A home of one area with a camera that shows `film`."""
    folder.mkdir(exist_ok=True)
    camera = f'[[camera]]\nname = "hallway camera"\nsource = "{film}"\narea = "hallway"\npeople = false\n'
    (folder / "hearth.toml").write_text(f'{more}\n[[area]]\nid = "hallway"\nname = "hallway"\n\n{camera}')
    return HomePaths(folder)


class Seeing:
    """A hub that sees, and what it told."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.events: list[Any] = []
        hub.bus.subscribe((HandPointed, TaskFailed, WorkerLost, WorkerReady), self.events.append)

    @property
    def eyes(self) -> psutil.Process:
        """The eyes' process."""
        assert self.hub.eyes is not None and self.hub.eyes.pid is not None
        return psutil.Process(self.hub.eyes.pid)

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def hands(self, more: int = 3) -> None:
        """Returns when hands are seen, from now on."""
        seen = len(self.of(HandPointed))
        await until(lambda: len(self.of(HandPointed)) >= seen + more)

    async def switch(self, on: bool) -> None:
        """Switch the camera; returns when that is acknowledged."""
        result = await self.hub.dispatcher.send(Command(entity=CAMERA, trait="OnOff", value=on, channel="cli"))
        assert result.ok, result.reason


@asynccontextmanager
async def seeing_hub(paths: HomePaths, parts: Parts = Parts.SIGHT | Parts.SATELLITES) -> AsyncIterator[Seeing]:
    async with running_hub(paths, parts) as hub:
        yield Seeing(hub)


def children() -> list[psutil.Process]:
    """The processes of the hub that runs in this one; not those of hubs that other tests share, which lead sessions."""
    own = [child for child in psutil.Process().children() if "hub.cli" not in child.cmdline()]
    return [each for child in own for each in (child, *child.children(recursive=True))]


def who_has_open(file: Path) -> list[psutil.Process]:
    """The hub's processes that hold a file open."""
    return [child for child in children() if _has_open(child.pid, file)]


def _has_open(pid: int, file: Path) -> bool:
    try:
        return any(held.resolve() == file.resolve() for held in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # gone meanwhile
        return False


def descriptors() -> int:
    """How many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
