"""What the hub and its eyes say to each other. Frames go beside it: through shared memory that both were handed."""

from msgspec import Struct, field

from hub.perception.seen import HandsSeen, Landmarks, PeopleSeen


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


FromEyes = HandsSeen | PeopleSeen | Landmarks | CameraPace | CameraEnded | CameraTrouble | HeadRefused
