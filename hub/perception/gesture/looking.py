"""From a frame to what its hands say: joints, the gesture that they make, where they point."""

import time
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np

from hub.perception.gesture.features import hand_features
from hub.perception.gesture.hands import MIDDLE_KNUCKLE, WRIST, FoundHand, FoundHands
from hub.perception.gesture.landmarks import LandmarkTeller
from hub.perception.gesture.pointing import pointing
from hub.perception.gesture.windows import Pixels
from hub.perception.seen import Hand, HandsSeen, Landmarks

NONE: Final = "none"
ReadGesture = Callable[[FoundHand], tuple[str, float]]
"""The gesture of a hand by name, and how sure that is (0 to 1)."""

_SURE_SIDE: Final = 0.65
"""A hand of which not even left or right is clear is none (false finds in rooms and on clothes: 0.55 to 0.6)."""
_PALM_M: Final = (0.04, 0.13)
_BREADTH: Final = (0.2, 1.1)
"""From the first to the last knuckle, in palms."""
_FINGER: Final = (0.5, 1.4)
"""The longest finger's length, in palms."""
_FIRST_KNUCKLES: Final = (5, 9, 13, 17)


class Finds(Protocol):
    """Finds hands in a picture: `FilmFinder`, `StillFinder`."""

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        """Hands in the frame of second `t`."""
        ...

    def close(self) -> None:
        """Let go of its models."""
        ...


class HandsLooker:
    """Looks for hands in one camera's frames."""

    def __init__(
        self, camera: int, finder: Finds, read: ReadGesture, landmarks: Callable[[], bool] = lambda: False
    ) -> None:
        """`landmarks` says whether they are wanted now."""
        self.stages_ms = {"hands": 0.0, "gesture": 0.0}
        """What finding hands and reading their gestures took so far."""
        self.landmarks: Landmarks | None = None
        """What is to be told of the joints in the last frame."""
        self._teller = LandmarkTeller(camera, landmarks)
        self._camera = camera
        self._finder = finder
        self._read = read
        self._any = False

    def look(self, pixels: Pixels, t: float) -> HandsSeen | None:
        """The hands in the frame ((height, width, 3) uint8, RGB) of second `t`.

        None where there are none, except once when there were some before. `pixels` are not kept.
        """
        start = time.perf_counter()
        found = self._finder.find(pixels, t)
        middle = time.perf_counter()
        hands = tuple(self._hand(hand) for hand in found)
        self.stages_ms["hands"] += (middle - start) * 1000
        self.stages_ms["gesture"] += (time.perf_counter() - middle) * 1000
        self.landmarks = self._teller.take(found, t)
        before, self._any = self._any, bool(hands)
        if not hands and not before:
            return None
        return HandsSeen(camera=self._camera, t=t, aspect=pixels.shape[1] / pixels.shape[0], hands=hands)

    def close(self) -> None:
        """Let go of the finder's models."""
        self._finder.close()

    def _hand(self, found: FoundHand) -> Hand:
        # What is no hand, or was seen in two ways, says nothing: not even for sure that it says nothing.
        gesture, confidence = self._read(found) if found.certain and plausible(found) else (NONE, 0.0)
        return Hand(
            hand="left" if found.left else "right",
            gesture=gesture,
            confidence=round(confidence, 3),
            x=round(float(found.joints[WRIST, 0]) / found.aspect, 4),
            y=round(float(found.joints[WRIST, 1]), 4),
            size=round(found.size, 4),
            pointing=pointing(found, gesture),
            features=_told_by(found) if gesture != NONE else b"",
        )


def _told_by(found: FoundHand) -> bytes:
    features = hand_features(found.joints)
    return b"" if features is None else features.vector.astype("<f4").tobytes()


def plausible(hand: FoundHand) -> bool:
    """Whether the joints can be a hand's; limits from photographs and from what was found in rooms without hands."""
    palm = float(np.linalg.norm(hand.world[MIDDLE_KNUCKLE] - hand.world[WRIST]))
    if hand.score < _SURE_SIDE or not _PALM_M[0] <= palm <= _PALM_M[1]:
        return False
    breadth = float(np.linalg.norm(hand.world[17] - hand.world[5])) / palm
    fingers = [np.diff(hand.world[first : first + 4], axis=0) for first in _FIRST_KNUCKLES]
    longest = max(float(np.linalg.norm(bones, axis=1).sum()) for bones in fingers) / palm
    return _BREADTH[0] <= breadth <= _BREADTH[1] and _FINGER[0] <= longest <= _FINGER[1]
