"""Pictures and films in front of the eyes: what they show, and what each stage cost."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, MediaError, WorkerDiedError
from hub.core.events import Event, Origin, PresenceChanged
from hub.media.picture_kinds import is_picture
from hub.media.regular_file import open_regular, readable_name
from hub.perception.eyes.watch import Watch
from hub.perception.presence.belief import Belief
from hub.perception.presence.signs import CameraLooks
from hub.perception.seen import HandsSeen, PeopleSeen

if TYPE_CHECKING:
    from hub.media.slot import Slot
    from hub.media.tap.messages import SourceEnded
    from hub.media.tap.tap import Tap
    from hub.perception.eyes.eyes import Eyes
    from hub.perception.eyes.view import View

Told = Callable[[Event, float], None]
"""Takes an event and the second of the film in which it happened."""


class Viewer:
    """Shows files to the eyes, one after the other, every frame of them. Made by `viewer`."""

    def __init__(self, eyes: "Eyes", tap: "Tap", slot: "Slot") -> None:
        self._eyes = eyes
        self._tap = tap
        self._slot = slot
        self.hands = 0
        """Frames of the last file in which a hand was found, whatever it showed."""

    async def look(
        self,
        file: Path,
        told: Told,
        *,
        area: str = "",
        stream: str = "file",
        arm: bool = True,
        woken: bool = False,
        people: Callable[[PeopleSeen], None] | None = None,
    ) -> dict[str, Any]:
        """Tell what `file` shows; returns the `end` line of the contract.

        `woken`: as if the wake word had just been heard. `people` takes the looks for people instead of the file's own
        belief about who is there. Raises `MediaError` when the file cannot be read, `WorkerDiedError` when a process
        was lost meanwhile and something may have been missed.
        """
        try:
            still = await asyncio.to_thread(_is_still, file)
            origin = Origin(area=area, source=stream)
            watch = Watch(stream, origin, stills=still, arm=arm)
            if woken:
                watch.wake(0.0)
            began = time.monotonic()
            async with self._viewing(stream, still) as view:
                telling = self._tell(view, watch, people or _Counting(origin, told).take, told)
                played = await self._shown(file, view, telling)
        except HearthError as error:
            error.place = error.place or readable_name(file)
            raise
        return _end(file, view, played, time.monotonic() - began)

    @asynccontextmanager
    async def _viewing(self, stream: str, still: bool) -> AsyncIterator["View"]:
        view = await self._eyes.open(stream, stills=still, slot=self._slot)
        try:
            yield view
        finally:
            await view.close()

    async def _shown(self, file: Path, view: "View", telling: Coroutine[Any, Any, None]) -> "SourceEnded":
        """Play the file while what is seen is told, to the end of both; what fails of the two ends the other."""
        tell = asyncio.create_task(telling)
        play = asyncio.create_task(self._tap.play_file(file))
        try:
            await asyncio.wait((play, tell), return_when=asyncio.FIRST_COMPLETED)
            if not tell.done():
                play.result()
                await view.end()
            await tell
        finally:
            await cancelled(play, tell)
        if view.trouble is not None:
            raise view.trouble
        if view.interrupted or play.cancelled():
            raise WorkerDiedError("the eyes were lost while they looked", remedy="something was missed; look again")
        return play.result()

    async def _tell(self, view: "View", watch: Watch, people: Callable[[PeopleSeen], None], told: Told) -> None:
        self.hands = 0
        async for seen in view:
            if isinstance(seen, HandsSeen):
                self.hands += bool(seen.hands)
                for event in watch.take(seen):
                    told(event, seen.t)
            else:
                people(seen)


@asynccontextmanager
async def viewer(eyes: "Eyes", bus: Bus, *, allow_unsealed: bool = False) -> AsyncIterator[Viewer]:
    """A viewer of running `eyes`: the process that decodes is there within the block."""
    from hub.media.slot import Slot
    from hub.media.tap.tap import Tap

    slot = Slot.create()
    tap = Tap("files", slot, bus, allow_unsealed=allow_unsealed)
    try:
        await tap.start()
        yield Viewer(eyes, tap, slot)
    finally:
        await tap.stop()
        slot.close()


class _Counting:
    """Who is there, believed from this file alone and in its own time."""

    def __init__(self, origin: Origin, told: Told) -> None:
        self._origin = origin
        self._told = told
        self._looks = CameraLooks()
        self._belief = Belief()
        self._last: int | None = None

    def take(self, seen: PeopleSeen) -> None:
        sign = self._looks.look(seen, seen.t)
        if sign is not None:
            self._belief.tell("camera", sign, seen.t)
        people = self._belief.people(seen.t)
        if people == self._last or (self._last is None and self._belief.somebody(seen.t) is None):
            return
        self._last = people
        sure = self._belief.probability(seen.t)
        changed = PresenceChanged(
            area=self._origin.area, people=people, confidence=sure if people else 1 - sure, origin=self._origin
        )
        self._told(changed, seen.t)


def _is_still(file: Path) -> bool:
    opened = open_regular(file)
    try:
        return is_picture(os.read(opened, 16))
    except OSError as error:
        raise MediaError(error.strerror or str(error), remedy="give a readable file") from error
    finally:
        os.close(opened)


def _end(file: Path, view: "View", played: "SourceEnded", wall_s: float) -> dict[str, Any]:
    frames = view.ended.frames if view.ended is not None else 0
    stages = {} if view.ended is None else view.ended.stages_ms
    return {
        "event": "end",
        "file": readable_name(file),
        "frames": frames,
        "fps": round(frames / wall_s, 1) if wall_s else 0.0,
        "video_s": round(played.seconds, 3),
        "wall_s": round(wall_s, 3),
        "stages_ms": {stage: round(ms, 2) for stage, ms in stages.items()},
    }
