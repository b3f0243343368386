"""The hub's cameras: each one an entity with a switch. Off means that its device is closed and nobody looks."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, Protocol

import structlog
from msgspec import Struct

from hub.core.entities import BROWSER, Entity
from hub.core.errors import ValueRefusedError
from hub.core.settings import CameraSettings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.core.traits import PLAIN_CONFIG
from hub.sdk.device import DeviceCommand

log = structlog.get_logger(__name__)
OWNER: Final = "cameras"
_SWITCH: Final = "camera_off."


class Looking(Protocol):
    """One camera at work."""

    async def run(self) -> None:
        """Open the device and look until cancelled; when this returns or raises the device is closed."""
        ...


class ForPages(Struct, frozen=True, kw_only=True):
    """The cameras of pages, which are one entity: how it is called, by language, and what `looking` makes of its id."""

    name: str
    names: dict[str, tuple[str, ...]]
    looking: Callable[[str], Looking]


class Registry(Protocol):
    """The home, as far as cameras need it."""

    def add(self, owner: str, entity: Entity) -> str:
        """There is this entity; returns the home's own id of it."""
        ...


class Switches(Protocol):
    """Where switches are kept."""

    async def setting(self, key: str, kind: type[bool], default: bool) -> bool:
        """A kept value."""
        ...

    async def set_setting(self, key: str, value: bool) -> None:
        """Return when it is on disk; raises `StoreError`."""
        ...


class Cameras:
    """Opens the cameras that are switched on, and closes them when told to; the sink of their commands."""

    def __init__(
        self,
        settings: Iterable[CameraSettings],
        home: Registry,
        states: StateTable,
        switches: Switches,
        supervisor: Supervisor,
        looking: Callable[[CameraSettings, str], Looking],
        pages: ForPages | None = None,
    ) -> None:
        """`looking` makes one camera ready to run, given its entity's id; `pages` are those of browsers."""
        self._settings = tuple(settings)
        self._home = home
        self._states = states
        self._switches = switches
        self._supervisor = supervisor
        self._looking = looking
        self._pages = pages
        self._cameras: dict[str, tuple[str, Looking]] = {}  # our id -> (the home's id, the camera)
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turning: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Make the entities, and open what was not switched off."""
        for about, ours in zip(self._settings, local_ids(self._settings), strict=True):
            entity = Entity(id=ours, name=about.name, area=about.area, traits={"OnOff": PLAIN_CONFIG})
            await self._add(entity, partial(self._looking, about))
        if self._pages is not None:
            ours = local_ids((*self._settings, CameraSettings(name="browser", source="")))[-1]
            name, names = self._pages.name, self._pages.names
            entity = Entity(id=ours, name=name, names=names, device_class=BROWSER, traits={"OnOff": PLAIN_CONFIG})
            await self._add(entity, self._pages.looking)

    async def _add(self, entity: Entity, looking: Callable[[str], Looking]) -> None:
        ours, theirs = entity.id, self._home.add(OWNER, entity)
        self._cameras[ours] = (theirs, looking(theirs))
        off = await self._switches.setting(_SWITCH + ours, bool, False)
        self._states.set(theirs, "OnOff", not off)
        if not off:
            self._open(ours)

    async def deliver(self, command: DeviceCommand) -> None:
        """Open or close a camera; acknowledged when it is so and will be so after a restart."""
        if command.trait != "OnOff" or command.entity not in self._cameras:
            raise ValueRefusedError(f"{command.entity} has no {command.trait}", remedy="a camera is on or off")
        # Done to its end, also when the command is given up meanwhile: a camera is never left half closed.
        turning = asyncio.create_task(self._turn(command), name=f"switch {command.entity}")
        self._turning.add(turning)
        turning.add_done_callback(self._turned)
        await asyncio.shield(turning)

    async def close(self) -> None:
        """Close all cameras, because the hub stops; their switches stay as they are."""
        await asyncio.gather(*self._turning, return_exceptions=True)
        await asyncio.gather(*map(self._close, self._cameras))

    async def _turn(self, command: DeviceCommand) -> None:
        on, (theirs, _) = bool(command.value), self._cameras[command.entity]
        async with self._one_at_a_time[command.entity]:
            if not on:
                await self._close(command.entity)  # first of all
            await self._switches.set_setting(_SWITCH + command.entity, not on)
            if on:
                self._open(command.entity)
            self._states.set(theirs, "OnOff", on, causes=(command.id,))
        command.done()

    def _turned(self, turning: asyncio.Task[None]) -> None:
        self._turning.discard(turning)
        if not turning.cancelled() and turning.exception() is not None:
            log.warning("a camera was not switched", task=turning.get_name(), error=str(turning.exception()))

    def _open(self, ours: str) -> None:
        task, camera = self._task(ours), self._cameras[ours][1]
        if task not in self._supervisor.running():
            self._supervisor.start(task, camera.run)

    async def _close(self, ours: str) -> None:
        await self._supervisor.stop(self._task(ours))
        self._supervisor.failures.pop(self._task(ours), None)

    def _task(self, ours: str) -> str:
        return ours.replace("camera.", "camera ")


def local_id(name: str) -> str:
    """The entity id that a camera's name gives: "Hallway camera" is `camera.hallway`."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return f"camera.{words.removesuffix('_camera') or 'camera'}"[:100]


def local_ids(cameras: Iterable[CameraSettings]) -> list[str]:
    """The entity id of each camera, no two alike: also how its events name it."""
    found: list[str] = []
    for camera in cameras:
        wanted, number = local_id(camera.name), 1
        while (wanted if number == 1 else f"{wanted}_{number}") in found:
            number += 1
        found.append(wanted if number == 1 else f"{wanted}_{number}")
    return found
