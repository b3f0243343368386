"""What looks at a camera's frames: hands and people, by the models of an `EyesConfig`. For the sealed worker alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hub.core.errors import MediaError
from hub.media.frame import Pixels
from hub.perception.eyes.config import EyesConfig
from hub.perception.eyes.messages import OpenCamera
from hub.perception.gesture.finding import FilmFinder, StillFinder
from hub.perception.gesture.hands import HandModels
from hub.perception.gesture.head import GestureHead
from hub.perception.gesture.looking import HandsLooker
from hub.perception.presence.bodies import BodyFinder
from hub.perception.presence.faces import FaceFinder
from hub.perception.presence.looking import PeopleLooker
from hub.perception.seen import Landmarks, Seen

_LONGEST_STRIP: Final = 16
"""How many times as long as wide a picture may be."""


class CameraLooker:
    """Looks for hands and people in one camera's frames, whichever of the two is wanted."""

    def __init__(self, hands: HandsLooker | None, people: PeopleLooker | None) -> None:
        self._hands = hands
        self._people = people

    @property
    def stages_ms(self) -> dict[str, float]:
        """What each stage took so far."""
        stages: dict[str, float] = {}
        for looker in (self._hands, self._people):
            stages |= looker.stages_ms if looker is not None else {}
        return stages

    def look(self, pixels: Pixels, t: float) -> Iterable[Seen | Landmarks]:
        """What is seen in a frame ((height, width, 3), RGB) of second `t`; hands first, they are waited for.

        Raises `MediaError` for a strip of which there would be very many square parts to look at.
        """
        longer, shorter = max(pixels.shape[:2]), min(pixels.shape[:2])
        if longer > _LONGEST_STRIP * shorter:
            size = f"{pixels.shape[1]} x {pixels.shape[0]}"
            raise MediaError(f"a picture of {size} pixels is too narrow to look at", remedy="cut it into parts")
        for looker in (self._hands, self._people):
            seen = looker.look(pixels, t) if looker is not None else None
            if seen is not None:
                yield seen
            if looker is self._hands and self._hands is not None and self._hands.landmarks is not None:
                yield self._hands.landmarks

    def close(self) -> None:
        """Let go of the camera's own models."""
        if self._hands is not None:
            self._hands.close()


class Lookers:
    """Makes the looker of a camera, from models that all cameras share."""

    def __init__(self, config: EyesConfig) -> None:
        """Loads the models. Raises `ModelError`."""
        self._models = HandModels(Path(config.palm), Path(config.hand_landmarks))
        self._head = GestureHead(Path(config.gesture_head))
        # A look for faces or bodies remembers nothing: one finder each does for all cameras.
        self._faces = FaceFinder(Path(config.face))
        self._bodies = BodyFinder(Path(config.pose_detector), Path(config.pose_landmarks))
        self._landmarks = False

    def make(self, opening: OpenCamera) -> CameraLooker:
        """What looks at this camera."""
        hands = people = None
        if opening.hands:
            finder = StillFinder(self._models) if opening.stills else FilmFinder(self._models)
            hands = HandsLooker(opening.camera, finder, lambda hand: self._head(hand.joints), lambda: self._landmarks)
        if opening.people:
            people = PeopleLooker(opening.camera, self._faces, self._bodies, stills=opening.stills)
        return CameraLooker(hands, people)

    def tell_landmarks(self, wanted: bool) -> None:
        """Tell the joints of all cameras' hands from now on, or no longer."""
        self._landmarks = wanted

    def use_head(self, model: bytes) -> None:
        """Read the gestures of all cameras with this network from now on. Raises `ModelError`."""
        self._head.use(model)
