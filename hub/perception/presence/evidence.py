"""What tells of people, and how much: the one table of weights, each with its reason.

A weight is the logarithm of a likelihood ratio: how often a source says so with somebody there (`hit`) over how often
it says so with nobody there (`false`). Silence weighs ln((1 - hit) / (1 - false)). The rates are judgement, not
training: from what data sheets promise and from how such sensors behave in homes, rounded, and kept on the careful
side. docs/presence.md shows the table to the household.
"""

import math
from typing import Final

from msgspec import Struct

from hub.core.entities import Entity
from hub.perception.presence.belief import FOREVER, Sign


class Sensor(Struct, frozen=True, kw_only=True):
    """A sensor that says yes or no all the time: what its yes and its no are worth, and how fast yes is forgotten."""

    yes: float
    no: float
    half_life_s: float
    lag_s: float

    def sign(self, on: bool, before: float, at: float, *, worth: float = 1.0) -> Sign:
        """Its sign when it says `on`, having been worth `before`; `worth` below 1 for a word that may be old."""
        if on:
            return Sign(strength=self.yes * worth, since=at, rest=self.no, hold_s=FOREVER, live=FOREVER)
        return Sign(
            strength=min(before, self.yes) if before > 0.0 else self.no * worth,
            since=at,
            rest=self.no * worth,
            half_life_s=self.half_life_s,
            live=FOREVER,
            lag_s=self.lag_s,
        )


class Moment(Struct, frozen=True, kw_only=True):
    """Something that happens at once and is over: what it is worth, and how fast it is forgotten."""

    worth: float
    half_life_s: float

    def sign(self, at: float, *, live: float = -FOREVER) -> Sign:
        """Its sign when it happens."""
        return Sign(strength=self.worth, since=at, half_life_s=self.half_life_s, live=live)


SENSORS: Final[dict[str, Sensor]] = {
    # A PIR sees movement, not people: it is silent for minutes while somebody reads. Hit 0.9 when a room is entered,
    # false 0.03 (sun, heating, pets). Its silence says little, and that slowly: five minutes.
    "motion": Sensor(yes=3.4, no=-1.0, half_life_s=100.0, lag_s=60.0),
    # Something moved that the sensor is fixed to: a drawer, a chair. Trucks and washing machines do that as well.
    "moving": Sensor(yes=2.0, no=-0.6, half_life_s=100.0, lag_s=60.0),
    # What calls itself occupancy is often a PIR that waits a minute before it says no, at times a better sensor.
    "occupancy": Sensor(yes=3.4, no=-2.2, half_life_s=45.0, lag_s=30.0),
    # A radar (mmWave) sees people breathe: hit 0.97, false 0.03 (a fan, a curtain). Its no can be trusted.
    "presence": Sensor(yes=3.5, no=-3.0, half_life_s=15.0, lag_s=10.0),
}
"""By what a Presence trait measures; what it does not say counts as `motion`."""

# A door was opened: somebody may have come, or gone. It switches no room on by itself.
DOOR: Final = Moment(worth=0.7, half_life_s=60.0)
DOORS: Final = frozenset({"door", "garage_door", "garage", "gate", "opening", ""})
"""What people come and go through; a window is not."""

# A switch at the wall changed without our command. Nearly always a hand; at times another system's automation.
HAND: Final = Moment(worth=2.2, half_life_s=120.0)
# Outlets, blinds and players change by themselves more often (a timer, the sun, the end of a film).
DEVICE: Final = Moment(worth=1.2, half_life_s=120.0)
BY_HAND: Final[dict[str, Moment]] = {
    "light": HAND, "fan": HAND, "switch": DEVICE, "cover": DEVICE, "media_player": DEVICE, "lock": DEVICE,
}  # fmt: skip
HAND_TRAITS: Final = frozenset({"OnOff", "Level", "Position", "Media", "Lock"})

# A wake word was heard: by its second stage mostly from a person, at times from a television.
WAKE: Final = Moment(worth=2.0, half_life_s=120.0)
# Words for the hub followed. Who speaks is there, and stays a while.
SPEECH: Final = Moment(worth=3.2, half_life_s=120.0)
UNSURE_SPEECH: Final = Moment(worth=2.0, half_life_s=120.0)
SURE_SPEECH: Final = 0.5
"""The confidence from which words are words."""

# A phone or a tag is in the room, says what locates it. Phones are left lying about.
LOCATED: Final = 3.0


def sensor_of(entity: Entity) -> Sensor:
    """The weights of an entity that has the trait Presence. What hearth.toml calls it comes before what it says."""
    said = (entity.device_class, entity.traits["Presence"].measures)
    return next((SENSORS[kind] for kind in said if kind in SENSORS), SENSORS["motion"])


def sighting(confidence: float) -> float:
    """What a face, body or hand seen with this confidence (0 to 1) is worth.

    From 0.38 on it switches a room on by itself. Less sure ones keep on a room that is: somebody who sits with the
    back to the camera is found again and again, but never surely.
    """
    return 7.0 * min(max(confidence, 0.0), 1.0) - 1.2 if math.isfinite(confidence) else 0.0
