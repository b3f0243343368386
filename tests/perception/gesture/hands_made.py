"""Hands as the eyes would report them, made for tests."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from hub.perception.gesture.hands import FoundHand, FoundHands
from hub.perception.gesture.windows import Pixels
from hub.perception.seen import Hand, HandsSeen, Pointing

ASPECT = 4 / 3
FRAME = np.zeros((480, 640, 3), np.uint8)


def hand(
    gesture: str = "open_palm",
    *,
    x: float = 0.5,
    y: float = 0.5,
    size: float = 0.1,
    side: str = "right",
    confidence: float = 0.95,
    pointing: Pointing | None = None,
) -> Hand:
    return Hand(hand=side, gesture=gesture, confidence=confidence, x=x, y=y, size=size, pointing=pointing)


def frame(t: float, *hands: Hand) -> HandsSeen:
    return HandsSeen(camera=1, t=t, aspect=ASPECT, hands=hands)


def film(fps: float, seconds: float, at: Callable[[float], Iterable[Hand]], start: float = 0.0) -> list[HandsSeen]:
    """What a camera reports of hands that `at` gives for every second; without hands only once, as the eyes do."""
    frames: list[HandsSeen] = []
    any_before = False
    for number in range(round(seconds * fps) + 1):
        t = start + number / fps
        hands = tuple(at(t - start))
        if hands or any_before:
            frames.append(frame(t, *hands))
        any_before = bool(hands)
    return frames


def holding(*steps: tuple[float, str]) -> Callable[[float], Iterable[Hand]]:
    """A hand that shows each gesture until the second beside it; "" is no hand."""

    def at(t: float) -> Iterable[Hand]:
        name = next((name for until, name in steps if t < until), "")
        return (hand(name),) if name else ()

    return at


def pointing_hand(*, finger: float = 0.0, length: float = 0.9, aspect: float = 2.0) -> FoundHand:
    """A hand whose back goes straight up 0.1, and whose index finger turns by `finger` degrees from that."""
    joints = np.zeros((21, 3), np.float32)
    joints[0] = 1.0, 0.5, 0
    joints[5] = joints[9] = 1.0, 0.4, 0
    turn = math.radians(finger)
    for number in (6, 7, 8):
        reach = 0.1 * length * (number - 5) / 3
        joints[number] = 1.0 + reach * math.sin(turn), 0.4 - reach * math.cos(turn), 0
    return FoundHand(joints=joints, world=joints, left=False, score=0.99, aspect=aspect)


class Finder:
    """Finds what it is told to, frame by frame."""

    def __init__(self, *found: FoundHands) -> None:
        self._found = list(found)
        self.closed = False

    def find(self, pixels: Pixels, t: float) -> FoundHands:
        return self._found.pop(0)

    def close(self) -> None:
        self.closed = True


def open_hand(*, score: float = 0.99, palm: float = 0.09, left: bool = False, certain: bool = True) -> FoundHand:
    """An upright hand: fingers side by side, as long as the palm."""
    joints = np.zeros((21, 3), np.float32)
    for finger in range(5):
        for joint in range(4):
            joints[1 + 4 * finger + joint] = (finger - 2) * 0.2, -1 - joint / 3, 0
    joints[9, 0] = 0
    place = np.array([0.6, 0.8, 0], np.float32)
    return FoundHand(
        joints=joints * 0.1 + place, world=joints * palm, left=left, score=score, aspect=4 / 3, certain=certain
    )
