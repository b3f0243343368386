"""What is seen in a frame of a camera, as the eyes tell it: hands, people, joints. Never a picture."""

from typing import Annotated, Final

from msgspec import Meta, Struct

POINTS: Final = 42
"""Of a hand: x and y of 21 joints."""


class Pointing(Struct, frozen=True):
    """Where an index finger points from, and where to.

    `x` and `y` are its tip as fractions of the picture's width and height (from the left, from the top); `dx` and `dy`
    a vector of length 1 in square pixels; `aspect` is the picture's width divided by its height.
    """

    x: float
    y: float
    dx: float
    dy: float
    aspect: float


class Hand(Struct, frozen=True, kw_only=True):
    """A hand in one frame.

    `hand` is left or right, as the person's own; `gesture` one of the names of DESIGN ("none" for a hand that says
    nothing), `confidence` from 0 to 1. `x`, `y` are its wrist, `size` its palm's length, all as fractions of the
    picture's height except `x` (of its width). `pointing` only where it certainly points. `features` are what a gesture
    was told by (42 floats, `hub.perception.gesture.features`; empty for none): they go into no event.
    """

    hand: str
    gesture: str
    confidence: float
    x: float
    y: float
    size: float
    pointing: Pointing | None = None
    features: bytes = b""


class HandsSeen(Struct, frozen=True, tag=True, kw_only=True):
    """The hands in a frame of second `t`; sent for every frame with hands, and once when there are none any more."""

    camera: int
    t: float
    aspect: float
    hands: tuple[Hand, ...] = ()


Points = Annotated[tuple[float, ...], Meta(min_length=POINTS, max_length=POINTS)]


class Landmarks(Struct, frozen=True, tag=True, kw_only=True):
    """Where the joints of the hands in a frame of second `t` are; told only while that is wanted.

    Of each hand 42 floats and nothing else: x and y of its 21 joints in turn, in MediaPipe's order, as fractions of the
    picture's width (from the left) and height (from the top). The hands are in the order of that frame's `HandsSeen`,
    which comes first. Told at most ten times a second, and once when there are no hands any more.
    """

    camera: int
    t: float
    hands: Annotated[tuple[Points, ...], Meta(max_length=2)] = ()


class PeopleSeen(Struct, frozen=True, tag=True, kw_only=True):
    """What a look for people in a frame found.

    `faces` and `bodies` are counts (None: not looked for this time), `confidence` the surest of them; `moved` is the
    share of the picture (0 to 1) that is unlike the background.
    """

    camera: int
    t: float
    faces: int | None = None
    bodies: int | None = None
    confidence: float = 0.0
    moved: float = 0.0


Seen = HandsSeen | PeopleSeen
