"""A second look at hands, in the mirrored picture, and whether it agrees with the first."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np

from hub.perception.gesture.hands import MOST_HANDS, FoundHand, FoundHands, apart, diagonal, look
from hub.perception.gesture.windows import Pixels, Window

_AGREE: Final = 0.12
"""Mean distance of the joints of two looks, in diagonals of the hand. Looks that saw the same pose were up to 0.1
apart, looks of which one took the thumb for the index finger 0.15 and more."""
_SAME_HAND: Final = 0.5
"""Distance of the hands' middles, in diagonals."""
_WORLD: Final = np.array([-1, 1, 1], np.float32)


def look_mirrored(detect: Callable[[Any], Any], pixels: Pixels, window: Window) -> FoundHands:
    """`look` at the window in a mirror; the hands as they are without it."""
    part = window.cut(pixels)[:, ::-1]
    height, width = pixels.shape[:2]
    # In the mirror the window's left edge is at 0, so that only its own width is to be taken back.
    found = look(detect, part, Window(0, 0, part.shape[1], part.shape[0]))
    scale = part.shape[0] / height
    corner = np.array([window.left, window.top, 0], np.float32) / height
    side = np.array([part.shape[1] / part.shape[0], 0, 0], np.float32)
    return tuple(
        msgspec.structs.replace(
            hand,
            joints=(hand.joints * _WORLD + side) * scale + corner,
            world=hand.world * _WORLD,
            left=not hand.left,
            aspect=width / height,
        )
        for hand in found
    )


def agreed(found: FoundHands, again: FoundHands, *, both: bool) -> FoundHands:
    """What two looks say together. A hand on which they disagree is as the second saw it, and not certain.

    `both`: as good as two independent looks, so that what agrees is the mean of them and what only the second found
    counts too; else the first look knows the frames before, and is believed where the second does not contradict.
    """
    rest = list(again)
    hands: list[FoundHand] = []
    for hand in found:
        other = min(rest, key=lambda o: apart(hand, o), default=None)
        if other is None or apart(hand, other) > _SAME_HAND:
            hands.append(hand)
            continue
        rest = [one for one in rest if one is not other]
        if difference(hand, other) > _AGREE:
            hands.append(msgspec.structs.replace(other, certain=False))
        else:
            hands.append(_mean(hand, other) if both else hand)
    if both:
        hands += rest
    return tuple(sorted(hands, key=lambda hand: -hand.score)[:MOST_HANDS])


def difference(a: FoundHand, b: FoundHand) -> float:
    """The mean distance of two hands' joints in the picture, in diagonals of the larger one."""
    apart = np.linalg.norm(a.joints[:, :2] - b.joints[:, :2], axis=1).mean()
    return float(apart) / diagonal(a, b)


def _mean(a: FoundHand, b: FoundHand) -> FoundHand:
    surer = a if a.score >= b.score else b
    return msgspec.structs.replace(
        surer, joints=(a.joints + b.joints) / 2, world=(a.world + b.world) / 2, score=(a.score + b.score) / 2
    )
