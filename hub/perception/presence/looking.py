"""When to look for faces, for bodies and for what moved in a camera's frames, so that nothing has to wait long."""

import math
import time
from typing import Final, Protocol

from hub.perception.presence.background import Background
from hub.perception.presence.faces import Found
from hub.perception.presence.parts import Pixels
from hub.perception.seen import PeopleSeen

_MOVED_EVERY_S: Final = 0.2
_FACES_EVERY_S: Final = 0.5
_BODIES_EVERY_S: Final = 3.0
_BODIES_IN_DOUBT_EVERY_S: Final = 1.0
"""Where no face is seen and yet something is unlike the background."""
_MOVED: Final = 0.005
_NEVER: Final = {"faces": -math.inf, "bodies": -math.inf, "moved": -math.inf}


class Counts(Protocol):
    """Counts faces or bodies in a picture: `FaceFinder`, `BodyFinder`."""

    def find(self, pixels: Pixels) -> Found:
        """How many there are."""
        ...


class PeopleLooker:
    """Looks for people in one camera's frames; in a film never for faces and bodies in the same frame."""

    def __init__(self, camera: int, faces: Counts, bodies: Counts, *, stills: bool = False) -> None:
        self.stages_ms = {"faces": 0.0, "bodies": 0.0, "moved": 0.0}
        """What each look took so far."""
        self._camera = camera
        self._counts = {"faces": faces, "bodies": bodies}
        self._stills = stills
        self._background = Background()
        self._moved = 0.0
        self._no_face = True
        self._now = -math.inf
        self._looked = dict(_NEVER)

    def look(self, pixels: Pixels, t: float) -> PeopleSeen | None:
        """What a look at the frame ((height, width, 3) uint8, RGB) of second `t` found, None when none was due."""
        if self._stills:
            faces, bodies = self._count("faces", pixels), self._count("bodies", pixels)
            surest = max(faces.confidence, bodies.confidence)
            return PeopleSeen(camera=self._camera, t=t, faces=faces.count, bodies=bodies.count, confidence=surest)
        if t < self._now:  # another film, or a clock that was set back
            self._looked = dict(_NEVER)
        self._now = t
        if t - self._looked["moved"] >= _MOVED_EVERY_S:
            self._looked["moved"] = t
            start = time.perf_counter()
            self._moved = self._background.look(pixels, t)
            self.stages_ms["moved"] += (time.perf_counter() - start) * 1000
        stage = self._due(t)
        return None if stage is None else self._look_for(stage, pixels, t)

    def _due(self, t: float) -> str | None:
        doubt = self._no_face and self._moved >= _MOVED
        every = {"faces": _FACES_EVERY_S, "bodies": _BODIES_IN_DOUBT_EVERY_S if doubt else _BODIES_EVERY_S}
        late = {stage: t - self._looked[stage] - every[stage] for stage in every}
        # Of two that are due the one that waits longer; faces first, where both never were looked for.
        stage = max(late, key=lambda s: late[s])
        return stage if late[stage] >= 0 else None

    def _look_for(self, stage: str, pixels: Pixels, t: float) -> PeopleSeen:
        self._looked[stage] = t
        found = self._count(stage, pixels)
        if stage == "faces":
            self._no_face = found.count == 0
        return PeopleSeen(
            camera=self._camera,
            t=t,
            faces=found.count if stage == "faces" else None,
            bodies=found.count if stage == "bodies" else None,
            confidence=found.confidence,
            moved=self._moved,
        )

    def _count(self, stage: str, pixels: Pixels) -> Found:
        start = time.perf_counter()
        found = self._counts[stage].find(pixels)
        self.stages_ms[stage] += (time.perf_counter() - start) * 1000
        return found
