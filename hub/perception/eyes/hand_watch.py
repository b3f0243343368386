"""Hands as a page draws them: whether the household allows it, who watches, and what the eyes tell meanwhile.

Past the bus, so that they come into no history, no log, no skill and to no other hub. Nothing here keeps them.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from hub.core.entries import enter
from hub.core.gestures import NAMES
from hub.perception.seen import Hand, HandsSeen, Landmarks, Points

if TYPE_CHECKING:
    from hub.perception.eyes.eyes import Eyes

_NOT_KNOWN: Final = Hand(hand="", gesture="none", confidence=0.0, x=0.0, y=0.0, size=0.0)
_OUTSIDE: Final = 1.0
_NARROWEST: Final = 1 / 16
_DIGITS: Final = 3


class DrawnHand(Struct, frozen=True, kw_only=True):
    """A hand: whose (left, right, or empty), what it shows (empty: nothing known) and how sure that is (0 to 1).

    `points` are x and y of its 21 joints in turn, fractions of the picture's width and height.
    """

    hand: str
    gesture: str
    confidence: float
    points: Points


class DrawnHands(Struct, frozen=True, kw_only=True):
    """The hands before a camera (its entity) now; `aspect` is its picture's width divided by its height."""

    camera: str
    aspect: float
    hands: tuple[DrawnHand, ...] = ()


class Watcher(Protocol):
    """Somebody who watches."""

    def drawn(self, hands: DrawnHands) -> None:
        """A camera's hands are here now."""
        ...

    def turned(self) -> None:
        """It was allowed or is no longer, or there is another camera."""
        ...


class HandWatch:
    """The eyes tell joints exactly while it is `allowed` and somebody watches."""

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed
        """Whether the household allows it."""
        self.cameras: list[str] = []
        """The streams of the cameras that look for hands: an entity's id, and behind a colon which page's it is."""
        self._watchers: list[Watcher] = []
        self._changed = asyncio.Event()

    def allow(self, allowed: bool) -> None:
        """The household allows it from now on, or no longer."""
        self.allowed = allowed
        self._changed.set()
        self._tell_how_it_is()

    def look_for(self, camera: str) -> None:
        """There is a camera that looks for hands; `camera` is its entity."""
        self.cameras.append(camera)
        self._tell_how_it_is()

    def look_away(self, camera: str) -> None:
        """It looks for hands no more."""
        if camera in self.cameras:
            self.cameras.remove(camera)
            self._tell_how_it_is()

    def _tell_how_it_is(self) -> None:
        for watcher in tuple(self._watchers):
            watcher.turned()

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Tell `watcher` until what is returned is called."""
        self._changed.set()
        return enter(self._watchers, watcher, left=self._changed.set)

    async def run(self, eyes: "Eyes") -> None:
        """Have `eyes` tell joints while they are wanted, until cancelled."""
        eyes.on_landmarks = self._told
        while True:
            self._changed.clear()
            await eyes.tell_landmarks(self.allowed and bool(self._watchers))
            await self._changed.wait()

    def _told(self, camera: str, seen: HandsSeen | None, landmarks: Landmarks) -> None:
        if not self.allowed:
            return  # told before the eyes knew
        now = seen if seen is not None and seen.t == landmarks.t else None
        drawn = DrawnHands(
            camera=camera,
            aspect=_between(_NARROWEST, seen.aspect if seen is not None else 1.0, 1 / _NARROWEST),
            hands=tuple(_drawn(() if now is None else now.hands, landmarks)),
        )
        for watcher in tuple(self._watchers):
            watcher.drawn(drawn)


def _drawn(known: tuple[Hand, ...], landmarks: Landmarks) -> Iterator[DrawnHand]:
    """The hands with what they show, and nothing that the page could not take, whatever the worker has said."""
    for number, points in enumerate(landmarks.hands):
        hand = known[number] if number < len(known) else _NOT_KNOWN
        yield DrawnHand(
            hand=hand.hand if hand.hand in ("left", "right") else "",
            gesture=hand.gesture if hand.gesture in NAMES else "",
            confidence=_between(0.0, hand.confidence, 1.0),
            points=tuple(_between(-_OUTSIDE, point, 1 + _OUTSIDE) for point in points),
        )


def _between(least: float, value: float, most: float) -> float:
    """Within these limits, and so coarse that a joint's place is all that fits in; NaN becomes the least."""
    return round(min(most, max(least, value)), _DIGITS)
