"""A drawn hand: the bones of `hub.learning.hand` with flesh on them."""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.learning.drawn.solids import Capsule, Colour, Point
from hub.learning.hand import CURLED, POSES, joints, rotation

SKINS: dict[str, Colour] = {
    "pale": (238, 200, 178),
    "light": (224, 172, 150),
    "olive": (200, 150, 118),
    "brown": (150, 104, 78),
    "dark": (104, 70, 54),
}

# Thickness of the fingers at their joints, from the knuckle to the tip, in palm lengths.
_FINGERS = ((0.112, 0.098, 0.086, 0.074), (0.115, 0.1, 0.088, 0.075), (0.108, 0.095, 0.084, 0.072))
_THICKNESS = (*_FINGERS, (0.095, 0.084, 0.075, 0.064))
_THUMB = ((0.17, 0.17), (0.17, 0.135), (0.128, 0.112), (0.105, 0.08))
_TURNED = {"thumb_up": ("thumb", 78.0), "thumb_down": ("thumb", -100.0)}
_FOREARM = 1.9
_CLENCHED = 90.0  # degrees that a curled finger is bent at its knuckle: a drawn fist must look tight

Floats = NDArray[np.floating[Any]]


class HandAt(Struct, frozen=True, kw_only=True):
    """A hand in a picture.

    `pose` is a gesture of DESIGN or "relaxed". `x` and `y` are its wrist's place as fractions of the picture's width
    and height, `size` its palm's length as a fraction of the height. `roll` turns it anticlockwise in the picture from
    fingers up (thumbs turn by themselves), `yaw` about its own length (180: its back), `pitch` tips the fingers towards
    the camera; degrees. `left` is the person's left hand. Without `forearm` it ends at the wrist.
    A little pitch, as people have it who hold a hand up, is what hand finders recognise best.
    """

    pose: str = "open_palm"
    x: float = 0.5
    y: float = 0.7
    size: float = 0.2
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 20.0
    left: bool = False
    skin: Colour = SKINS["light"]
    forearm: bool = True


def pose_angles(pose: str) -> NDArray[np.float64]:
    """The joint angles (22,) of a pose by its name; `ValueError` for a name that there is not."""
    name = _TURNED.get(pose, (pose, 0.0))[0]
    if name not in POSES:
        known = ", ".join((*POSES, *_TURNED))
        raise ValueError(f"there is no pose {pose!r}; there are {known}")
    angles = POSES[name].angles
    knuckles = angles[:12:3]
    knuckles[knuckles == CURLED[0]] = _CLENCHED
    return angles


def hand_turn(hand: HandAt) -> float:
    """The roll that the hand is drawn with, degrees: its own, and what its pose asks for."""
    extra = _TURNED.get(hand.pose, ("", 0.0))[1]
    return hand.roll + (-extra if hand.left else extra)


def pointing(dx: float, dy: float, *, left: bool = False) -> float:
    """The roll with which an index finger points along (dx, dy) in the picture, y down, square pixels."""
    spread = POSES["point"].spread[0]
    return float(np.rad2deg(np.arctan2(-dy, dx))) - 90.0 + (-spread if left else spread)


def hand_capsules(
    hand: HandAt, size: tuple[int, int], angles: Floats | None = None, turn: float | None = None
) -> list[Capsule]:
    """The hand's flesh in a picture of (width, height) pixels.

    `angles` (22,) and `turn` take the place of those of its pose: a hand between two poses has no name.
    """
    bent = joints(pose_angles(hand.pose) if angles is None else angles)
    turned = rotation(hand.pitch, hand.yaw, hand_turn(hand) if turn is None else turn)
    mirror = np.array([-1.0 if hand.left else 1.0, 1.0, 1.0])
    palm = hand.size * size[1]
    # A left hand is a right one in a mirror, and only then turned: so yaw and roll mean the same for both.
    matrix = turned @ np.diag(mirror)

    def place(point: Floats | Point) -> Point:
        x, y, z = matrix @ np.asarray(point, np.float64) * palm
        return (hand.x * size[0] + x, hand.y * size[1] - y, z)

    return [
        Capsule(place(start), place(end), radius * palm, end_radius * palm, hand.skin)
        for start, end, radius, end_radius in _bones(bent, forearm=hand.forearm)
    ]


Bone = tuple[Floats | Point, Floats | Point, float, float]


def _bones(bent: NDArray[np.float64], *, forearm: bool) -> list[Bone]:
    """Start, end and the radius at both, in palm lengths: fingers, thumb, the palm with its two cushions, the arm."""
    bones: list[Bone] = []
    for finger, thick in enumerate(_THICKNESS):
        chain = bent[5 + 4 * finger : 9 + 4 * finger]
        bones += [(chain[k], chain[k + 1], thick[k], thick[k + 1]) for k in range(3)]
        bones.append(((0.14 - 0.08 * finger, 0.06, -0.03), chain[0], 0.17, 0.135))
    bones += [(bent[k], bent[k + 1], *_THUMB[k]) for k in range(4)]
    bones += [(bent[k], bent[k + 4], 0.125, 0.125) for k in (5, 9, 13)]
    bones.append(((0.30, 0.25, 0.03), (0.30, 0.80, 0.0), 0.14, 0.11))
    bones.append(((-0.22, 0.15, 0.0), (-0.33, 0.70, 0.0), 0.16, 0.13))
    if forearm:
        bones.append(((0.0, 0.05, -0.04), (0.0, -_FOREARM, -0.05), 0.23, 0.33))
    return bones
