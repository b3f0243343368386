"""How looking keeps up with a camera: frames, frames passed over, and how old a result is when it is there."""

from typing import Final

from hub.perception.eyes.messages import CameraPace

_TOLD_EVERY_S: Final = 1.0


class Pace:
    """Counts for one camera, told about once a second."""

    def __init__(self, camera: int) -> None:
        self.frames = 0
        """Looked at so far."""
        self._camera = camera
        self._ages: list[float] = []
        self._told = 0.0

    def looked(self, now: float, taken: float, passed_over: int) -> CameraPace | None:
        """A frame that was taken at `taken` has been looked at by `now` (monotonic seconds); what to tell, if due.

        `passed_over` are all frames so far that nobody looked at.
        """
        self.frames += 1
        self._ages.append(max(0.0, now - taken))
        if now - self._told < _TOLD_EVERY_S:
            return None
        ages, self._ages, self._told = sorted(self._ages), [], now
        return CameraPace(
            camera=self._camera,
            frames=self.frames,
            passed_over=passed_over,
            age_ms=round(ages[len(ages) // 2] * 1000, 1),
            slowest_ms=round(ages[-1] * 1000, 1),
        )
