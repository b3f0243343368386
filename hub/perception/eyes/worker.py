"""The eyes' worker: inside the sealed process, between the hub, the cameras' slots and what looks at them."""

import contextlib
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, Final, Protocol

import msgspec

from hub.core.errors import HearthError, PluginError
from hub.guard.framing import Received
from hub.guard.worker_link import HubGone, WorkerLink
from hub.media.frame import Pixels
from hub.media.slot import SlotReader
from hub.perception.eyes.config import EyesConfig
from hub.perception.eyes.messages import (
    CameraEnded,
    CameraTrouble,
    CloseCamera,
    EndCamera,
    HeadRefused,
    OpenCamera,
    TellLandmarks,
    ToEyes,
    UseHead,
)
from hub.perception.eyes.pace import Pace
from hub.perception.seen import Landmarks, Seen

_DESCRIPTORS: Final = 2  # of a camera: its slot and its bell


class Looker(Protocol):
    """Looks at one camera's frames."""

    @property
    def stages_ms(self) -> dict[str, float]:
        """What each stage took so far."""
        ...

    def look(self, pixels: Pixels, t: float) -> Iterable[Seen | Landmarks]:
        """What is seen in a frame ((height, width, 3), RGB) of second `t`. It is not kept."""
        ...

    def close(self) -> None:
        """Let go of its models."""
        ...


MakeLooker = Callable[[OpenCamera], Looker]


def run(link: WorkerLink, config: dict[str, Any]) -> None:
    """The entry of the worker: load the models that `config` (an `EyesConfig`) names, then look until the hub goes."""
    from hub.perception.eyes.lookers import Lookers

    lookers = Lookers(msgspec.convert(config, EyesConfig))
    eyes = EyesWorker(link, lookers.make, lookers.use_head, lookers.tell_landmarks)
    link.ready()
    eyes.serve()


class _Camera:
    def __init__(self, number: int, looker: Looker, slot: SlotReader) -> None:
        self.number = number
        self.looker = looker
        self.slot = slot
        self.pace = Pace(number)

    def close(self) -> None:
        self.slot.close()
        self.looker.close()


class EyesWorker:
    """One thread for all cameras: the newest frame of each in turn, and what the hub says in between."""

    def __init__(
        self,
        link: WorkerLink,
        make_looker: MakeLooker,
        use_head: Callable[[bytes], None] = lambda _: None,
        tell_landmarks: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._link = link
        self._make_looker = make_looker
        self._use_head = use_head
        self._tell_landmarks = tell_landmarks
        self._decoder = msgspec.msgpack.Decoder(ToEyes)
        self._cameras: dict[int, _Camera] = {}

    def serve(self) -> None:
        """Work until `HubGone`."""
        while True:
            bells = {camera.slot.fileno(): camera for camera in self._cameras.values()}
            ringing = self._link.wait(tuple(bells))
            while (received := self._link.receive(0.0)) is not None:
                self._take(received)
            for bell in ringing:
                camera = bells.get(bell)
                if camera is not None and camera.number in self._cameras:
                    self._guarded(camera)
                    self._link.beat()

    def _guarded(self, camera: _Camera) -> None:
        """Look; a camera that makes trouble ends alone."""
        try:
            self._look(camera)
        except HearthError as error:
            self._give_up(camera.number, error)
        except (HubGone, MemoryError):
            raise
        except Exception as error:  # of others' code, at a picture that nobody thought of
            self._give_up(camera.number, PluginError(f"looking failed: {type(error).__name__}: {error}"[:500]))

    def _look(self, camera: _Camera) -> None:
        frame = camera.slot.take()
        if frame is None:
            return
        try:
            for seen in camera.looker.look(frame.pixels, frame.t):
                self._link.send(seen)
            pace = camera.pace.looked(time.monotonic(), frame.mono, camera.slot.passed_over)
        finally:
            frame.release()
        if pace is not None:
            self._link.send(pace)

    def _take(self, received: Received) -> None:
        message = self._decoder.decode(received.body)
        if isinstance(message, OpenCamera):
            self._open(message)
        elif isinstance(message, EndCamera):
            self._end(message)
        elif isinstance(message, TellLandmarks):
            self._tell_landmarks(message.wanted)
        elif isinstance(message, UseHead):
            try:
                self._use_head(message.model)
            except HearthError as error:
                self._link.send(HeadRefused(error.to_wire()))
        else:
            self._close(message)

    def _open(self, message: OpenCamera) -> None:
        memory, bell = self._link.take_descriptors(_DESCRIPTORS)
        self._close(CloseCamera(message.camera))  # told twice, when the worker was new
        with ExitStack() as undo:
            try:
                slot = SlotReader(memory, bell)
                undo.callback(slot.close)
                self._cameras[message.camera] = _Camera(message.camera, self._make_looker(message), slot)
                undo.pop_all()
            except HearthError as error:
                self._give_up(message.camera, error)

    def _end(self, message: EndCamera) -> None:
        camera = self._cameras.get(message.camera)
        if camera is None:
            return
        self._guarded(camera)  # a last frame may still lie there
        with contextlib.suppress(KeyError):
            del self._cameras[message.camera]
            camera.close()
            stages = {stage: round(ms, 3) for stage, ms in camera.looker.stages_ms.items()}
            self._link.send(CameraEnded(camera=camera.number, frames=camera.pace.frames, stages_ms=stages))

    def _close(self, message: CloseCamera) -> None:
        camera = self._cameras.pop(message.camera, None)
        if camera is not None:
            camera.close()

    def _give_up(self, number: int, error: HearthError) -> None:
        self._close(CloseCamera(number))
        self._link.send(CameraTrouble(number, error.to_wire()))
