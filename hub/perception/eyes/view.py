"""What one camera shows, as its owner in the hub holds it: a slot for frames in, what was seen out."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from hub.core.errors import HearthError
from hub.media.slot import Slot
from hub.perception.eyes.messages import CameraEnded, CameraPace, HandsSeen, OpenCamera, Seen

if TYPE_CHECKING:
    from hub.perception.eyes.eyes import Eyes

_MOST_SEEN = 512  # that wait for a reader; the oldest go first


class View:
    """Iterate over what is seen (`HandsSeen`, `PeopleSeen`).

    The iteration ends after `close`, or when all that was shown before `end` has been looked at; `ended` is then there.
    """

    def __init__(self, eyes: "Eyes", name: str, opening: OpenCamera, slot: Slot, *, borrowed: bool) -> None:
        """A `borrowed` slot stays its owner's to close."""
        self.name = name
        self.opening = opening
        self.slot = slot
        """Where its frames come in; hand its writer's end to a tap."""
        self.pace: CameraPace | None = None
        """How looking keeps up, as last told."""
        self.hands: HandsSeen | None = None
        """The last frame in which hands were seen, or were no more."""
        self.ending = False
        self.ended: CameraEnded | None = None
        """What the camera cost, once all of it was looked at."""
        self.interrupted = False
        """Whether the eyes died while they looked: something may have been missed."""
        self.trouble: HearthError | None = None
        """Why it cannot be looked at."""
        self._eyes = eyes
        self._borrowed = borrowed
        self._seen: deque[Seen] = deque(maxlen=_MOST_SEEN)
        self._arrived = asyncio.Event()
        self._over = False

    @property
    def number(self) -> int:
        """Its number among the eyes' cameras."""
        return self.opening.camera

    async def end(self) -> None:
        """No more frames will come: what there is is looked at. The iteration ends soon after."""
        if not self._over and not self.ending:
            self.ending = True
            await self._eyes.end(self)

    async def close(self) -> None:
        """Look away at once. The memory of its frames is zeroed."""
        if not self._over:
            self.finish(None)
        await self._eyes.close_view(self)

    async def __aiter__(self) -> AsyncIterator[Seen]:
        while True:
            while self._seen:
                yield self._seen.popleft()
            if self._over:
                return
            self._arrived.clear()
            await self._arrived.wait()

    def let_go(self) -> None:
        """Zero and close the slot, unless it is another's."""
        if not self._borrowed:
            self.slot.close()

    def take(self, seen: Seen) -> None:
        """The worker saw something."""
        if isinstance(seen, HandsSeen):
            self.hands = seen
        self._seen.append(seen)
        self._arrived.set()

    def finish(self, ended: CameraEnded | None, trouble: HearthError | None = None) -> None:
        """Nothing more will be seen."""
        self.ended, self.trouble, self._over = ended, trouble, True
        self._arrived.set()
