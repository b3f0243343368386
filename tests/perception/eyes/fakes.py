"""Eyes without models: a looker that tells a picture's brightness, the hub's end of a worker, and a worker's host."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from hub.core.errors import MediaError, WorkerDiedError
from hub.guard.framing import Frame, FrameReader, frame
from hub.guard.sealing.seal import SealStatus
from hub.guard.worker_host import WorkerDown, WorkerUp
from hub.guard.worker_link import HubGone, WorkerLink
from hub.media.frame import Pixels, VideoFrame
from hub.media.slot import Slot, SlotWriter
from hub.perception.eyes.messages import CameraEnded, CameraPace, CameraTrouble, EndCamera, FromEyes, OpenCamera
from hub.perception.eyes.worker import EyesWorker, Looker
from hub.perception.seen import Hand, HandsSeen, PeopleSeen, Pointing

REFUSED, CRASHES, TALKS = 66, 77, 88
"""Brightness of pictures at which looking fails as foreseen, fails otherwise, and tells more than may leave."""


def hand(gesture: str = "none", *, confidence: float = 0.9, x: float = 0.5, points: bool = False) -> Hand:
    """A hand in the middle of the picture."""
    to = Pointing(x=x, y=0.5, dx=1.0, dy=0.0, aspect=1.5) if points else None
    return Hand(hand="right", gesture=gesture, confidence=confidence, x=x, y=0.5, size=0.2, pointing=to)


def hands(camera: int, t: float, *seen: Hand) -> HandsSeen:
    return HandsSeen(camera=camera, t=t, aspect=1.5, hands=seen)


class FakeLooker:
    """Sees hands of the confidence that is the picture's brightness."""

    def __init__(self, opening: OpenCamera, worker: "Worker") -> None:
        self.opening = opening
        self._worker = worker
        self.closed = False
        self.stages_ms = {"hands": 0.0}

    def look(self, pixels: Pixels, t: float) -> Iterator[HandsSeen | PeopleSeen]:
        value = int(pixels[0, 0, 0])
        self.stages_ms["hands"] += 1
        self._worker.looks.append(self.opening.camera)
        if self._worker.gate is not None:
            self._worker.gate.acquire(timeout=20)
        if value == REFUSED:
            raise MediaError("too dark", remedy="switch on a light")
        if value == CRASHES:
            raise ValueError("what is this?")
        yield hands(self.opening.camera, t, *[hand(confidence=value)] * (500 if value == TALKS else 1))

    def close(self) -> None:
        self.closed = True


class Worker:
    """An `EyesWorker` in a thread, as the hub sees it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._hatch, their_hatch = socket.socketpair()
        self._ours.settimeout(20)
        self._frames = FrameReader(from_worker=True)
        self._decoder = msgspec.msgpack.Decoder(FromEyes)
        self.lookers: list[FakeLooker] = []
        self.said: list[Any] = []
        self.how: BaseException | None = None
        self.looks: list[int] = []
        """Whose pictures were looked at, in order; with a `gate`, each only when it is let through."""
        self.gate: threading.Semaphore | None = None
        link = WorkerLink(theirs, their_hatch)
        self.heads: list[bytes] = []
        self.make: Callable[[OpenCamera], Looker] = self._make
        """Makes what looks at a camera."""
        self.landmarks = False
        """Whether it was told to tell them."""
        worker = EyesWorker(link, lambda opening: self.make(opening), self._use, self._landmarks_wanted)
        self._thread = threading.Thread(target=self._serve, args=(worker, link))
        self._theirs = (theirs, their_hatch)
        self.refuse: Exception | None = None

    def __enter__(self) -> "Worker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        self._hatch.close()
        self._thread.join(20)
        for end in self._theirs:
            end.close()
        assert isinstance(self.how, HubGone), self.how

    def _make(self, opening: OpenCamera) -> FakeLooker:
        if self.refuse is not None:
            raise self.refuse
        self.lookers.append(FakeLooker(opening, self))
        return self.lookers[-1]

    def _landmarks_wanted(self, wanted: bool) -> None:
        self.landmarks = wanted

    def _use(self, model: bytes) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.heads.append(model)

    def _serve(self, worker: EyesWorker, _link: WorkerLink) -> None:
        try:
            worker.serve()
        except BaseException as error:
            self.how = error

    def tell(self, message: Struct, *descriptors: int) -> None:
        if descriptors:
            socket.send_fds(self._hatch, [b"d"], list(descriptors))
        self._ours.sendall(frame(Frame.MESSAGE, msgspec.msgpack.encode(message)))

    def open(self, number: int) -> "Shown":
        shown = Shown(number)
        self.tell(OpenCamera(camera=number), *shown.slot.for_reader())
        return shown

    def settled(self) -> None:
        """Returns when all that was said to it before has been taken."""
        self.tell(OpenCamera(camera=60_000), *(slot := Slot.create()).for_reader())
        self.tell(EndCamera(60_000))
        self.hear(lambda said: isinstance(said, CameraEnded | CameraTrouble) and said.camera == 60_000)
        slot.close()

    def until_it_looks(self, times: int) -> None:
        """Returns when it has begun to look for so many times."""
        deadline = time.monotonic() + 20
        while len(self.looks) < times:
            assert time.monotonic() < deadline
            time.sleep(0.0005)

    def hear(self, wanted: Callable[[Any], object]) -> Any:
        """The first answer that is as wanted; all that came are in `said`."""
        while True:
            for at, said in enumerate(self.said):
                if wanted(said):
                    return self.said.pop(at)
            for received in self._frames.feed(self._ours.recv(65536)):
                if received.kind is Frame.MESSAGE:
                    said = self._decoder.decode(received.body)
                    self.said += [] if isinstance(said, CameraPace) else [said]


class Shown:
    """What a camera shows to the eyes."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.slot = Slot.create()
        self._writer = SlotWriter(*map(os.dup, self.slot.for_writer()))

    def show(self, value: int, t: float = 0.0) -> None:
        self._writer.put(VideoFrame(np.full((4, 6, 3), value, np.uint8), "", t))

    def seen(self, value: int) -> Callable[[Any], bool]:
        """Whether this camera's picture of that brightness was looked at."""
        return lambda said: (
            isinstance(said, HandsSeen) and said.camera == self.number and said.hands[0].confidence == value
        )

    def close(self) -> None:
        self._writer.close()
        self.slot.close()


class FakeHost:
    """A worker's host without a worker."""

    def __init__(self) -> None:
        self.status = SealStatus()
        self.pid = 7
        self.lost: Callable[[], str] = lambda: ""
        self.sent: list[Any] = []
        self.descriptors: list[Sequence[int]] = []
        self.running = False
        self.lives = 0
        self.fails: Exception | None = None
        self._said: asyncio.Queue[Any] = asyncio.Queue()

    async def start(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.come_up()

    async def stop(self) -> None:
        self.running = False

    async def send(self, message: Struct, descriptors: Sequence[int] = ()) -> None:
        if not self.running:
            raise WorkerDiedError("the eyes are down")
        self.sent.append(message)
        self.descriptors.append(descriptors)

    async def messages(self) -> AsyncIterator[Any]:
        while True:
            yield await self._said.get()

    def come_up(self) -> None:
        self.running = True
        self.lives += 1
        self.say(WorkerUp(self.lives))

    def die(self) -> None:
        self.running = False
        self.say(WorkerDown("killed"))

    def say(self, *messages: Any) -> None:
        for message in messages:
            self._said.put_nowait(message)


async def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
