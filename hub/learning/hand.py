"""A hand of bones and angles: poses by name, and where the 21 joints then are.

The frame is a right hand's own, in palm lengths: the origin in the wrist, y to the middle knuckle, x to the thumb's
side, z out of the palm. Seen from +z with y up it is a raised right hand whose palm faces the camera. Bone lengths are
round figures of adults' hands.
"""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]

ANGLES = 22
"""Of a pose: 4 fingers with 3 bends each, 4 spreads, then 2 directions for each of the thumb's 3 bones; degrees."""
BENDS, SPREADS, THUMB = slice(0, 12), slice(12, 16), slice(16, 22)

STRAIGHT = (4.0, 6.0, 4.0)
CURLED = (75.0, 100.0, 60.0)
_AT_REST = (40.0, 50.0, 28.0)
_SPREAD = (8.0, 1.0, -7.0, -15.0)  # from y towards the thumb

Thumb = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
THUMBS: dict[str, Thumb] = {
    "out": ((46, 7), (41, 4), (35, 0)),
    "across": ((27, 26), (-45, 29), (-80, 10)),
    "along": ((33, 8), (4, 4), (-11, 0)),
    "over": ((26, 36), (-12, 24), (-20, 8)),
    "away": ((58, 10), (78, 4), (86, 0)),
    "to_index": ((42, 30), (5, 30), (-34, 25)),
}
"""Directions of the thumb's bones: in the palm's plane (from y towards the thumb's side), then out of it."""


class Pose(Struct, frozen=True):
    """A hand's pose: three bends for each finger from its knuckle on, their spread, the thumb; all in degrees."""

    fingers: tuple[tuple[float, float, float], ...]
    thumb: Thumb
    spread: tuple[float, float, float, float] = _SPREAD

    @property
    def angles(self) -> NDArray[np.float64]:
        """All of it, (22,)."""
        return np.array([*np.ravel(self.fingers), *self.spread, *np.ravel(self.thumb)])


def fingers(code: str) -> tuple[tuple[float, float, float], ...]:
    """The bends for four letters from index to little finger: `1` straight, `0` curled, `-` at rest."""
    kinds = {"1": STRAIGHT, "0": CURLED, "-": _AT_REST}
    return tuple(kinds[letter] for letter in code)


POSES: dict[str, Pose] = {
    "open_palm": Pose(fingers("1111"), THUMBS["out"]),
    "fist": Pose(fingers("0000"), THUMBS["across"]),
    "point": Pose(fingers("1000"), THUMBS["across"]),
    "victory": Pose(fingers("1100"), THUMBS["across"], (14.0, -8.0, -7.0, -15.0)),
    "three": Pose(fingers("1110"), THUMBS["across"]),
    "four": Pose(fingers("1111"), THUMBS["across"]),
    "thumb": Pose(fingers("0000"), THUMBS["away"]),
    "ok": Pose(((50.0, 55.0, 35.0), STRAIGHT, STRAIGHT, STRAIGHT), THUMBS["to_index"]),
    "rock": Pose(fingers("1001"), THUMBS["across"]),
    "call": Pose(fingers("0001"), THUMBS["out"], (8.0, 1.0, -7.0, -22.0)),
    "relaxed": Pose(fingers("----"), THUMBS["along"], (3.0, 0.0, -3.0, -6.0)),
}
"""Poses by the gesture they make; a "thumb" turned upwards or downwards is a thumb_up or thumb_down."""


class Proportions(Struct, frozen=True):
    """Lengths in palm lengths: where the four knuckles are (..., 4, 3), the bones of the four fingers (..., 4, 3), the
    thumb's root (..., 3) and its bones (..., 3).
    """

    knuckles: Floats
    bones: Floats
    thumb_root: Floats
    thumb_bones: Floats


USUAL = Proportions(
    knuckles=np.array([[0.29, 0.97, 0.0], [0.04, 1.0, 0.0], [-0.19, 0.93, 0.0], [-0.39, 0.80, 0.0]]),
    bones=np.array([[0.45, 0.27, 0.22], [0.50, 0.31, 0.23], [0.46, 0.29, 0.22], [0.36, 0.21, 0.20]]),
    thumb_root=np.array([0.30, 0.23, 0.02]),
    thumb_bones=np.array([0.35, 0.30, 0.25]),
)


def joints(angles: Floats, of: Proportions = USUAL) -> NDArray[np.float64]:
    """The joints (..., 21, 3) of hands with the pose angles (..., 22), in MediaPipe's order and the hand's frame."""
    angles = np.asarray(angles, np.float64)
    lead = angles.shape[:-1]
    radians = np.deg2rad(angles)
    placed = np.zeros((*lead, 21, 3))
    thumb = radians[..., THUMB].reshape(*lead, 3, 2)
    side, out = thumb[..., 0], thumb[..., 1]
    ways = np.stack([np.sin(side) * np.cos(out), np.cos(side) * np.cos(out), np.sin(out)], axis=-1)
    placed[..., 1, :] = of.thumb_root
    steps = np.cumsum(ways * np.asarray(of.thumb_bones)[..., None], axis=-2)
    placed[..., 2:5, :] = placed[..., 1:2, :] + steps
    bends = np.cumsum(radians[..., BENDS].reshape(*lead, 4, 3), axis=-1)
    spread = radians[..., SPREADS][..., None]
    flat = np.cos(bends)
    ways = np.stack([flat * np.sin(spread), flat * np.cos(spread), np.sin(bends)], axis=-1)
    steps = np.cumsum(ways * np.asarray(of.bones)[..., None], axis=-2)
    knuckles = np.broadcast_to(of.knuckles, (*lead, 4, 3))[..., None, :]
    chains = np.concatenate([knuckles, knuckles + steps], axis=-2)
    placed[..., 5:, :] = chains.reshape(*lead, 16, 3)
    return placed


def rotation(pitch: ArrayLike, yaw: ArrayLike, roll: ArrayLike) -> NDArray[np.float64]:
    """Rotations (..., 3, 3) by degrees: first yaw (about y), then pitch (about x), then roll (about z, anticlockwise as
    the camera sees it). A positive pitch tips the fingers towards the camera.
    """
    a, b, c = (np.deg2rad(np.asarray(v, np.float64)) for v in (pitch, yaw, roll))
    one, zero = np.ones_like(a + b + c), np.zeros_like(a + b + c)

    def matrix(*entries: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = [np.broadcast_to(e, one.shape) for e in entries]
        return np.stack(rows, axis=-1).reshape(*one.shape, 3, 3)

    about_x = matrix(one, zero, zero, zero, np.cos(a), -np.sin(a), zero, np.sin(a), np.cos(a))
    about_y = matrix(np.cos(b), zero, np.sin(b), zero, one, zero, -np.sin(b), zero, np.cos(b))
    about_z = matrix(np.cos(c), -np.sin(c), zero, np.sin(c), np.cos(c), zero, zero, zero, one)
    result: NDArray[np.float64] = about_z @ about_x @ about_y
    return result
