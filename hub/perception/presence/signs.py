"""Sources whose sign depends on what they said before: cameras, light meters, carbon dioxide."""

import math
from collections import deque
from typing import Final

from hub.perception.presence.belief import Sign
from hub.perception.presence.evidence import sighting
from hub.perception.seen import PeopleSeen

_LOOKS_S: Final = 10.0
"""A camera that has not looked for so long is taken for one that does not look."""
_GONE_S: Final = 60.0
"""Half-life of what it saw before."""
_SEEN_S: Final = 4.0
"""How long somebody who was counted counts on: people pass before each other."""
_LAG_S: Final = 3.0
"""Until somebody who came in has been looked for."""
_SLOWEST_LOOK_S: Final = 5.0
"""The time that one look stands for, at most."""
_FIRST_LOOK_S: Final = 10.0
"""The time that the very first look stands for: nothing is known before it."""
_MOST_PEOPLE: Final = 50

# A look that finds no body in the picture: hit 0.93 a few looks long (a person behind a table), hence not stronger.
_NO_BODY, _NO_BODY_S = -2.6, 20.0
# No face: people turn away.
_NO_FACE, _NO_FACE_S = -1.0, 60.0
# Nobody, but something moved: who is half hidden moves, so do curtains.
_ONLY_MOVED, _ONLY_MOVED_S = -1.2, 60.0
_MOVED: Final = 0.01
"""The share of a picture that is a person's movement, at the least; from `_ALL_MOVED` on it is the light."""
_ALL_MOVED: Final = 0.6


class CameraLooks:
    """One camera. Looks that follow each other see the same scene: seeing nobody counts by time, not by looks."""

    def __init__(self) -> None:
        self._strength = 0.0
        self._looked: dict[str, float] = {}  # for what -> when last
        self._seen: dict[int, float] = {}  # how many -> when last

    def look(self, seen: PeopleSeen, at: float) -> Sign | None:
        """The camera's sign after a look; None when it was not looked for people."""
        if seen.faces is None and seen.bodies is None:
            return None
        for what, found in (("faces", seen.faces), ("bodies", seen.bodies)):
            if found is not None:
                self._nobody(what, seen.moved, self._passed(what, at))
        count = max(_count(seen.faces), _count(seen.bodies))
        if count:
            self._seen[count] = at
            self._strength = max(self._strength, sighting(seen.confidence))
        return self._sign(at)

    def hand(self, confidence: float, at: float) -> Sign:
        """The camera's sign after a gesture: a hand is never there alone."""
        self._seen[1] = at
        self._strength = max(self._strength, sighting(max(confidence, 0.6)))
        return self._sign(at)

    def _passed(self, what: str, at: float) -> float:
        before = self._looked.get(what)
        self._looked[what] = at
        return _FIRST_LOOK_S if before is None else min(max(at - before, 0.0), _SLOWEST_LOOK_S)

    def _nobody(self, what: str, moved: float, passed: float) -> None:
        """Time without seeing anybody; whoever is seen after all is worth more than this takes."""
        if _MOVED <= moved <= _ALL_MOVED:
            rest, half_life = _ONLY_MOVED, _ONLY_MOVED_S
        elif what == "bodies":
            rest, half_life = _NO_BODY, _NO_BODY_S
        else:
            # No face is worth less than no body, and does not take back what that said.
            rest, half_life = min(_NO_FACE, self._strength), _NO_FACE_S
        self._strength = rest + (self._strength - rest) * math.exp2(-passed / half_life)

    def _sign(self, at: float) -> Sign:
        self._seen = {n: t for n, t in self._seen.items() if at - t <= _SEEN_S}
        return Sign(
            strength=self._strength,
            since=at,
            hold_s=_LOOKS_S,
            half_life_s=_GONE_S,
            live=at + _LOOKS_S,
            lag_s=_LAG_S,
            people=max(self._seen, default=1),
        )


def _count(found: int | None) -> int:
    return 0 if found is None else min(max(found, 0), _MOST_PEOPLE)


class LightLevel:
    """A light meter in lux. A lamp that goes on or off makes a step that the rising sun does not make.

    A lamp that was switched on means somebody, at once and for as long as it burns (hit 0.8, false 0.25: lamps are
    forgotten). By day a step may be a cloud as well, and steps up and down in turn are clouds. A lamp that was switched
    off means that people go, or go to sleep: little.
    """

    _STEP_LX: Final = 40.0
    _STEP_RATIO: Final = 1.25
    _WITHIN_S: Final = 900.0
    """Older readings are compared with only in the dark, where meters are silent because nothing changes."""
    _ON, _LIT = 3.0, 1.1
    _ON_BY_DAY, _LIT_BY_DAY = 2.0, 0.5
    _DARK = -0.7
    _DARK_LX: Final = 10.0
    _CLOUDS: Final = 3
    _CLOUDS_S: Final = 1800.0
    _LIVE_S: Final = 3600.0

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._turns: deque[tuple[float, bool]] = deque(maxlen=self._CLOUDS)  # when steps began to go up, or down
        self._lamp = 0.0  # lux that the lamp added, 0 while none is known to burn

    def read(self, lux: float, at: float, *, ours: bool = False) -> Sign | None:
        """The sign after a reading; None when it tells nothing. `ours`: the hub itself has just switched a lamp."""
        before, self._last = self._last, (lux, at)
        if before is None or (at - before[1] > self._WITHIN_S and before[0] >= self._DARK_LX):
            return self._dark(at) if lux < self._DARK_LX else None
        change = lux - before[0]
        large = abs(change) >= self._STEP_LX and max(lux, before[0]) >= self._STEP_RATIO * min(lux, before[0])
        if large and self._clouds(change > 0, at):
            self._lamp = 0.0
            return self._sign(0.0, 0.0, at)
        if large and change > 0:
            by_day = before[0] >= self._DARK_LX and not self._lamp
            on, lit = (self._ON_BY_DAY, self._LIT_BY_DAY) if by_day else (self._ON, self._LIT)
            self._lamp = 0.0 if by_day else self._lamp + change
            return self._sign(lit if ours else on, lit, at)
        if (large and -change >= self._lamp / 2) or lux < self._DARK_LX:
            return self._dark(at)
        return None

    def _clouds(self, up: bool, at: float) -> bool:
        turns = self._turns
        if not turns or turns[-1][1] is not up:
            turns.append((at, up))
        return len(turns) == self._CLOUDS and 0 <= at - turns[0][0] <= self._CLOUDS_S

    def _dark(self, at: float) -> Sign:
        self._lamp = 0.0
        return self._sign(self._DARK, self._DARK, at)

    def _sign(self, strength: float, rest: float, at: float) -> Sign:
        return Sign(strength=strength, since=at, rest=rest, half_life_s=300.0, live=at + self._LIVE_S)


class CarbonDioxide:
    """A carbon dioxide meter in ppm: breath raises it, air from outside lowers it.

    The balance of a room of volume V with n people, ventilated at the rate v: dC/dt = n G / V - v (C - C_out). One
    person at rest gives off G = 0.3 litres a minute (Persily and de Jonge, "Carbon dioxide generation rates for
    building occupants", Indoor Air 27, 2017), which is 6 ppm a minute in 50 m3; a home's air is renewed about 0.6 times
    an hour. What is left over, as persons, is the sign: half a person decides.
    """

    _WINDOW_S: Final = 600.0
    _SHORTEST_S: Final = 240.0
    _OUTSIDE_PPM: Final = 420.0
    _RENEWED_MIN: Final = 0.01
    _PERSON_PPM_MIN: Final = 6.0
    _A_PERSON: Final = 3.2
    _MOST, _LEAST = 2.4, -1.5

    def __init__(self) -> None:
        self._readings: deque[tuple[float, float]] = deque(maxlen=600)

    def read(self, ppm: float, at: float) -> Sign | None:
        """The sign after a reading; None while there are too few to see a trend."""
        readings = self._readings
        while readings and (at - readings[0][1] > self._WINDOW_S or readings[0][1] > at):
            readings.popleft()
        readings.append((ppm, at))
        first, began = readings[0]
        if at - began < self._SHORTEST_S:
            return None
        rise = (ppm - first) / ((at - began) / 60.0)
        people = (rise + self._RENEWED_MIN * (ppm - self._OUTSIDE_PPM)) / self._PERSON_PPM_MIN
        strength = min(max(self._A_PERSON * (people - 0.5), self._LEAST), self._MOST)
        return Sign(strength=strength, since=at, hold_s=1200.0, half_life_s=600.0, live=at + 3600.0, lag_s=300.0)
