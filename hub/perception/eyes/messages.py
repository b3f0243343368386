"""What the hub and its eyes say to each other. Frames go beside it: through shared memory that both were handed."""

from typing import Annotated, Final

from msgspec import Meta, Struct, field

POINTS: Final = 42
"""Of a hand: x and y of 21 joints."""


class OpenCamera(Struct, frozen=True, tag=True, kw_only=True):
    """Look at a new camera. Its slot and the bell that rings for a new frame are handed over as two descriptors.

    `stills`: single pictures, each looked at for itself and with care; else moments of one film. `hands` and `people`:
    what to look for.
    """

    camera: int
    stills: bool = False
    hands: bool = True
    people: bool = True


class CloseCamera(Struct, frozen=True, tag=True):
    """Look away at once, and forget the camera."""

    camera: int


class UseHead(Struct, frozen=True, tag=True):
    """Read gestures with this network (ONNX) from now on: what the hub has learnt."""

    model: bytes


class EndCamera(Struct, frozen=True, tag=True):
    """No more frames will come: look at what there is, answer `CameraEnded`, and forget the camera."""

    camera: int


class TellLandmarks(Struct, frozen=True, tag=True):
    """Tell `Landmarks` from now on, or no longer. A worker that was not told this tells none."""

    wanted: bool


ToEyes = OpenCamera | CloseCamera | EndCamera | UseHead | TellLandmarks


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


class CameraPace(Struct, frozen=True, tag=True, kw_only=True):
    """How looking keeps up, about once a second: frames looked at and passed over, and how old results were."""

    camera: int
    frames: int
    passed_over: int
    age_ms: float
    slowest_ms: float


class CameraEnded(Struct, frozen=True, tag=True, kw_only=True):
    """All of an ended camera was looked at."""

    camera: int
    frames: int
    stages_ms: dict[str, float] = field(default_factory=dict)


class CameraTrouble(Struct, frozen=True, tag=True):
    """A camera cannot be looked at, and why (`HearthError.to_wire`)."""

    camera: int
    error: dict[str, str]


class HeadRefused(Struct, frozen=True, tag=True):
    """A new network is of no use, and why (`HearthError.to_wire`): the one before reads on."""

    error: dict[str, str]


Seen = HandsSeen | PeopleSeen
FromEyes = HandsSeen | PeopleSeen | Landmarks | CameraPace | CameraEnded | CameraTrouble | HeadRefused
