"""What one camera shows, as its owner in the hub holds it: a slot for frames in, what was seen out."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from hub.core.arrivals import Arrivals
from hub.core.errors import HearthError
from hub.guard.worker_line import WorkerLine
from hub.media.slot import Slot
from hub.perception.eyes.messages import CameraEnded, CameraPace, CloseCamera, EndCamera, OpenCamera
from hub.perception.seen import HandsSeen, Seen

_MOST_SEEN: Final = 512  # that wait for a reader


class View:
    """Iterate over what is seen (`HandsSeen`, `PeopleSeen`).

    The iteration ends after `close`, or when all that was shown before `end` has been looked at; `ended` is then there.
    """

    def __init__(
        self,
        line: WorkerLine,
        name: str,
        opening: OpenCamera,
        slot: Slot,
        *,
        borrowed: bool,
        closed: Callable[[int], object],
    ) -> None:
        """`line` leads to the worker that looks; a `borrowed` slot stays its owner's to close; `closed` is told the
        number when the camera's owner looks away.
        """
        self.name = name
        self.slot = slot
        """Where its frames come in; hand its writer's end to a tap."""
        self.pace: CameraPace | None = None
        """How looking keeps up, as last told."""
        self.hands: HandsSeen | None = None
        """The last frame in which hands were seen, or were no more."""
        self.ended: CameraEnded | None = None
        """What the camera cost, once all of it was looked at."""
        self.interrupted = False
        """Whether the eyes died while they looked: something may have been missed."""
        self.trouble: HearthError | None = None
        """Why it cannot be looked at."""
        self._line = line
        self.opening = opening
        self._borrowed = borrowed
        self._closed = closed
        self._seen: Arrivals[Seen] = Arrivals(_MOST_SEEN)
        self._ending = False

    @property
    def number(self) -> int:
        """Its number among the eyes' cameras."""
        return self.opening.camera

    async def open(self) -> None:
        """Tell a worker of the camera, and how it stands: the first one, and each that comes after it."""
        await self._line.say(self.opening, self.slot.for_reader())
        if self._ending:
            await self._line.say(EndCamera(self.number))

    async def end(self) -> None:
        """No more frames will come: what there is is looked at. The iteration ends soon after."""
        if not self._seen.over and not self._ending:
            self._ending = True
            await self._line.say(EndCamera(self.number))

    async def close(self) -> None:
        """Look away at once. The memory of its frames is zeroed."""
        if not self._seen.over:
            self.finish(None)
            self._closed(self.number)
            await self._line.say(CloseCamera(self.number))
        self.let_go()

    def __aiter__(self) -> AsyncIterator[Seen]:
        return self._seen

    def let_go(self) -> None:
        """Zero and close the slot, unless it is another's."""
        if not self._borrowed:
            self.slot.close()

    def take(self, seen: Seen) -> None:
        """The worker saw something."""
        if isinstance(seen, HandsSeen):
            self.hands = seen
        self._seen.put(seen)

    def finish(self, ended: CameraEnded | None, trouble: HearthError | None = None) -> None:
        """Nothing more will be seen."""
        self.ended, self.trouble = ended, trouble
        self._seen.end()
