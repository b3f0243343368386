"""A drawn person: capsules in clothes, and a face simple enough to draw and plain enough to be found."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.learning.drawn.hand import SKINS
from hub.learning.drawn.solids import Capsule, Colour, Light, Picture, Point, put, relief

TALL_M = 1.8
_SHOES, _LIPS, _WHITES, _IRISES, _BROWS = (30, 30, 32), (170, 90, 90), (245, 245, 245), (60, 50, 40), (55, 45, 40)
_ELBOW_BACK = 0.05
_UPPER_ARM, _LOWER_ARM = 0.31, 0.27

Bone = tuple[Point, Point, float, float, Colour]


class PersonAt(Struct, frozen=True, kw_only=True):
    """A person who faces the camera.

    `x` is the middle of the body as a fraction of the picture's width, `top` of the head as one of its height; `height`
    is the whole person's as a fraction of the picture's height (above 1: the legs are below its edge). `reach` is where
    a hand is, as fractions of width and height; the arms hang without it. `stride` swings the legs (radians).
    """

    x: float = 0.5
    top: float = 0.12
    height: float = 0.85
    reach: tuple[float, float] | None = None
    stride: float = 0.0
    skin: Colour = SKINS["light"]
    shirt: Colour = (44, 74, 140)
    trousers: Colour = (48, 52, 62)
    hair: Colour = (46, 34, 28)


class _Frame(Struct, frozen=True):
    """From a person's metres (x to the picture's right, y up from the feet, z to the camera) to pixels."""

    x: float
    feet: float
    scale: float

    def place(self, x: float, y: float, z: float = 0.0) -> Point:
        return (self.x + x * self.scale, self.feet - y * self.scale, z * self.scale)

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        return (round(self.x + x * self.scale), round(self.feet - y * self.scale))

    def long(self, metres: float) -> int:
        return max(1, round(metres * self.scale))


def draw_person(picture: Picture, person: PersonAt, light: Light) -> None:
    """Draw the person into a picture (height, width, 3) RGB, in place."""
    height, width = picture.shape[:2]
    frame = _frame(person, (width, height))
    solids = relief(person_capsules(person, (width, height)), (width, height))
    if solids is None:
        return
    put(picture, solids, light, grain=0.06 * frame.scale, shadow=0.15)
    _draw_face(picture, person, frame)


def person_capsules(person: PersonAt, size: tuple[int, int]) -> list[Capsule]:
    """The person's body in a picture of (width, height) pixels."""
    frame = _frame(person, size)
    bones = [*_legs(person), *_trunk(person)]
    for side in (-1, 1):
        bones += _arm(person, side, _reached(person, frame, size, side))
    return [
        Capsule(frame.place(*start), frame.place(*end), r0 * frame.scale, r1 * frame.scale, colour)
        for start, end, r0, r1, colour in bones
    ]


def _frame(person: PersonAt, size: tuple[int, int]) -> _Frame:
    scale = person.height * size[1] / TALL_M
    return _Frame(person.x * size[0], person.top * size[1] + TALL_M * scale, scale)


def _reached(person: PersonAt, frame: _Frame, size: tuple[int, int], side: int) -> tuple[float, float] | None:
    """Where this side's hand is, in metres, if it is the one that reaches."""
    if person.reach is None:
        return None
    x = (person.reach[0] * size[0] - frame.x) / frame.scale
    y = (frame.feet - person.reach[1] * size[1]) / frame.scale
    return (x, y) if (x > 0) == (side > 0) else None


def _legs(person: PersonAt) -> Sequence[Bone]:
    bones: list[Bone] = []
    for side in (-1, 1):
        swing = 0.12 * math.sin(person.stride) * side
        lift = 0.06 * max(0.0, math.sin(person.stride) * side)
        knee = (side * 0.11 + swing * 0.5, 0.48 + lift, 0.0)
        ankle = (side * 0.11 + swing, 0.08 + lift, -0.02)
        bones.append(((side * 0.10, 0.90, 0.0), knee, 0.095, 0.07, person.trousers))
        bones.append((knee, ankle, 0.068, 0.045, person.trousers))
        toe = (ankle[0] + side * 0.03, 0.03 + lift, 0.10)
        bones.append(((ankle[0], 0.05 + lift, 0.0), toe, 0.05, 0.04, _SHOES))
    return bones


def _trunk(person: PersonAt) -> Sequence[Bone]:
    sides: list[Bone] = [
        ((side * 0.13, 0.95, 0.0), (side * 0.16, 1.36, 0.0), 0.12, 0.11, person.shirt) for side in (-1, 1)
    ]
    return [
        *sides,
        ((0.0, 0.93, 0.02), (0.0, 1.36, 0.02), 0.15, 0.13, person.shirt),
        ((-0.14, 1.40, 0.0), (0.14, 1.40, 0.0), 0.075, 0.075, person.shirt),
        ((0.0, 1.40, 0.0), (0.0, 1.52, 0.01), 0.055, 0.05, person.skin),
        ((0.0, 1.60, 0.02), (0.0, 1.68, 0.02), 0.075, 0.092, person.skin),
        ((0.0, 1.70, -0.035), (0.0, 1.74, -0.03), 0.098, 0.092, person.hair),
        ((0.0, 1.635, 0.115), (0.0, 1.65, 0.10), 0.013, 0.010, person.skin),
    ]


def _arm(person: PersonAt, side: int, hand: tuple[float, float] | None) -> Sequence[Bone]:
    shoulder = np.array([side * 0.19, 1.40])
    if hand is None:
        elbow, wrist, front = np.array([side * 0.25, 1.10]), np.array([side * 0.26, 0.86]), 0.06
    else:
        wrist, front = np.array(hand), 0.14
        elbow = _elbow(shoulder, wrist, side)
    bones: list[Bone] = [
        ((*shoulder, 0.0), (*elbow, _ELBOW_BACK), 0.062, 0.05, person.shirt),
        ((*elbow, _ELBOW_BACK), (*wrist, front), 0.045, 0.033, person.skin),
    ]
    if hand is None:
        tip = wrist + (wrist - elbow) * 0.35
        bones.append(((*wrist, front), (*tip, front), 0.04, 0.03, person.skin))
    return bones


def _elbow(shoulder: NDArray[np.float64], wrist: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Where the elbow is when the hand is there: below the straight way, as far as the two bones leave it."""
    way = wrist - shoulder
    length = float(np.hypot(*way))
    if length < 1e-6:
        way, length = np.array([side * 0.05, -0.05]), math.hypot(0.05, 0.05)
    share = _UPPER_ARM / (_UPPER_ARM + _LOWER_ARM)
    sag = math.sqrt(max(0.0, _UPPER_ARM**2 - min(length * share, _UPPER_ARM) ** 2))
    below = math.copysign(sag / length, -float(way[0]))
    bent: NDArray[np.float64] = shoulder + way * share + np.array([-way[1], way[0]]) * below
    return bent


def _draw_face(picture: Picture, person: PersonAt, frame: _Frame) -> None:
    line, shade = cv2.LINE_AA, tuple(int(v * 0.7) for v in person.skin)
    for side in (-1, 1):
        eye = frame.pixel(side * 0.036, 1.675)
        cv2.ellipse(picture, eye, (frame.long(0.017), frame.long(0.009)), 0, 0, 360, _WHITES, -1, line)
        cv2.circle(picture, eye, frame.long(0.008), _IRISES, -1, line)
        brow, arch = frame.pixel(side * 0.037, 1.70), (frame.long(0.022), frame.long(0.006))
        cv2.ellipse(picture, brow, arch, 0, 180, 360, _BROWS, frame.long(0.008), line)
    mouth = frame.pixel(0.0, 1.585)
    cv2.ellipse(picture, mouth, (frame.long(0.026), frame.long(0.007)), 0, 0, 360, _LIPS, -1, line)
    cv2.line(picture, frame.pixel(-0.01, 1.63), frame.pixel(0.01, 1.63), shade, frame.long(0.006), line)
