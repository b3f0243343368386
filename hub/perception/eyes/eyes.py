"""The hub's side of the eyes: cameras to the sealed vision worker, what was seen back."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import structlog

from hub.core.errors import HearthError
from hub.guard.worker_client import WorkerClient
from hub.guard.worker_host import WorkerDown, WorkerHost
from hub.media.slot import Slot
from hub.perception.eyes.messages import (
    CameraEnded,
    CameraPace,
    CameraTrouble,
    FromEyes,
    HeadRefused,
    OpenCamera,
    TellLandmarks,
    UseHead,
)
from hub.perception.eyes.view import View
from hub.perception.opened import Opened
from hub.perception.seen import HandsSeen, Landmarks

log = structlog.get_logger(__name__)
_MOST_CAMERAS: Final = 16


class Eyes(WorkerClient[FromEyes]):
    """Hands and people in front of any number of cameras. Call `start` before anything else.

    When the worker dies, what it was looking at is lost; the cameras go on in the next worker.
    """

    def __init__(self, host: WorkerHost[FromEyes]) -> None:
        self.on_gesture: Callable[[int, bytes], None] = lambda _event, _features: None
        """Gets the id of each `GestureMade` of a live camera, before it is told, and the features of its hand."""
        self.on_landmarks: Callable[[str, HandsSeen | None, Landmarks], None] = lambda _name, _seen, _landmarks: None
        """Gets the joints of a camera's hands, while they are told, and what was last seen of these hands."""
        super().__init__(host, off="the eyes are not running", away="the eyes do not come back")
        self._head: bytes | None = None
        self._landmarks = False
        self._views: Opened[View] = Opened("cameras", _MOST_CAMERAS)
        host.lost = self._what_is_lost

    def paces(self) -> Iterator[tuple[str, CameraPace]]:
        """How looking keeps up, by camera, as far as told."""
        for view in self._views.values():
            if view.pace is not None:
                yield view.name, view.pace

    async def stop(self) -> None:
        """End the worker and every view."""
        await super().stop()
        for view in tuple(self._views.values()):
            view.finish(None)
            view.let_go()
        self._views.clear()

    async def open(
        self, name: str, *, stills: bool = False, hands: bool = True, people: bool = True, slot: Slot | None = None
    ) -> View:
        """Look at a new camera, through a `slot` of the caller's or a new one.

        Raises `UnavailableError` when the eyes cannot take it.
        """
        await self._line.wait_until_up()
        opening = OpenCamera(camera=self._views.number(), stills=stills, hands=hands, people=people)
        view = View(self._line, name, opening, slot or Slot.create(), borrowed=slot is not None, closed=self._views.pop)
        self._views[view.number] = view
        await view.open()
        return view

    def noticed(self, event: int, features: bytes) -> None:
        """A live camera's `Watch` notices a gesture."""
        self.on_gesture(event, features)

    async def use_head(self, model: bytes) -> None:
        """Read gestures with this network (ONNX) from now on, also in later workers. One that is none is refused."""
        self._head = model
        if self._line.up.is_set():
            await self._line.say(UseHead(model))

    async def tell_landmarks(self, wanted: bool) -> None:
        """Have joints told from now on, also by later workers, or no longer; none are passed on that are not wanted."""
        if wanted == self._landmarks:
            return
        self._landmarks = wanted
        await self._line.say(TellLandmarks(wanted))

    async def _restore(self) -> None:
        """Tell a new worker how things stand."""
        if self._head is not None:
            await self._line.say(UseHead(self._head))
        if self._landmarks:
            await self._line.say(TellLandmarks(True))
        for view in tuple(self._views.values()):
            await view.open()

    def _died(self, _down: WorkerDown) -> None:
        for view in self._views.values():
            view.interrupted = True

    def _what_is_lost(self) -> str:
        names = sorted(view.name for view in self._views.values())
        return f"what {', '.join(names)} showed" if names else "nothing: no camera was open"

    def _take(self, said: Any) -> None:
        if isinstance(said, HeadRefused):
            self._head = None
            log.warning("what was learnt cannot read gestures", error=str(HearthError.from_wire(said.error)))
            return
        view = self._views.get(said.camera)
        if view is None:
            return  # closed meanwhile
        if isinstance(said, CameraPace):
            view.pace = said
        elif isinstance(said, CameraEnded):
            del self._views[said.camera]
            view.finish(said)
        elif isinstance(said, CameraTrouble):
            del self._views[said.camera]
            error = HearthError.from_wire(said.error)
            log.info("camera refused by the eyes", camera=view.name, error=str(error))
            view.finish(None, error)
        elif isinstance(said, Landmarks):
            if self._landmarks:
                self.on_landmarks(view.name, view.hands, said)
        else:
            view.take(said)
