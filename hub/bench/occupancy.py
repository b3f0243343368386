"""`hearth bench occupancy`: an office's light and air, and whether the hub knows that somebody is there.

The recordings are the UCI Occupancy Detection set (Candanedo and Feldheim, Energy and Buildings 112, 2016): a row a
minute of one office, its truth from pictures. The hub was not trained on them: its weights are those that every home
gets (`hub.perception.presence`), and the two sensors report to its state table as they would from a shelf. That clouds
are no lamps was learned by looking at the training file; the test file was scored after each change, never looked into.

The peers are rules that were fitted to the training file: one threshold for light, one for carbon dioxide, and the
answer that is right most often. In this office the lamps burn exactly while somebody works, so that a threshold on
light is nearly the truth, and better than the hub. Hence the figures without light beside it: few homes have a light
meter that tells so much.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.bench.measure import Measure, compare
from hub.bench.recordings import recordings
from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.entities import Area, Entity, HomeView
from hub.core.settings import PresenceSettings
from hub.core.states import StateTable
from hub.core.traits import TraitConfig
from hub.perception.presence.rooms import Rooms

FILES: Final = {"training file": "datatraining.txt", "test file": "datatest.txt"}
_OFFICE: Final = "office"
_LIGHT: Final = "sensor.office_light"
_AIR: Final = "sensor.office_air"
_LEAST: Final = {True: 93.0, False: 90.0}
"""The accuracy in percent that must hold, with light and without."""
_MEASURES: Final = {_LIGHT: "illuminance", _AIR: "carbon_dioxide"}


class Minute(Struct, frozen=True):
    """A row: seconds since 1970, lux, ppm of carbon dioxide, and whether somebody was there."""

    at: float
    light: float
    air: float
    somebody: bool


class Score(Struct, frozen=True):
    """Shares in percent: of minutes judged rightly, of what was called in use, of what was in use."""

    accuracy: float
    precision: float
    recall: float


class OfficeClock(FakeClock):
    """A clock that stands where the recording is."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def monotonic(self) -> float:
        """Seconds of the recording."""
        return self.at


def read(path: Path) -> list[Minute]:
    """The rows of a file of the set."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)  # its heading lacks the number that each row begins with
        return [
            Minute(datetime.fromisoformat(f"{row[1]}+00:00").timestamp(), float(row[4]), float(row[5]), row[7] == "1")
            for row in rows
        ]


def believed(minutes: Iterable[Minute], *, light: bool) -> list[bool]:
    """What the hub believes in each minute, with or without the light meter. Not knowing counts as nobody."""
    bus, clock = Bus(), OfficeClock()
    states = StateTable(bus)
    area = Area(id=_OFFICE, name=_OFFICE)
    sensors = {
        sensor: Entity(id=sensor, name=sensor, area=_OFFICE, traits={"Measure": TraitConfig(measures=measures)})
        for sensor, measures in _MEASURES.items()
    }
    home = HomeView(areas={_OFFICE: area}, entities=sensors)
    rooms = Rooms(bus, states, lambda: home, clock, PresenceSettings())
    told: list[bool] = []
    for minute in minutes:
        clock.at = minute.at
        states.set(_AIR, "Measure", minute.air)
        if light:
            states.set(_LIGHT, "Measure", minute.light)
        told.append(rooms.somebody(_OFFICE) is True)
    rooms.close()
    return told


def threshold(minutes: Sequence[Minute], of: Callable[[Minute], float]) -> float:
    """The value from which on saying "somebody" is right most often."""
    ordered = sorted(minutes, key=of)
    right = best = sum(minute.somebody for minute in ordered)
    limit = of(ordered[0])
    for minute, following in zip(ordered, [*ordered[1:], None], strict=True):
        right += -1 if minute.somebody else 1
        if right > best and (following is None or of(following) > of(minute)):
            best, limit = right, of(following) if following is not None else float("inf")
    return limit


def score(minutes: Sequence[Minute], told: Sequence[bool]) -> Score:
    """How right `told` is."""
    hits = sum(minute.somebody and said for minute, said in zip(minutes, told, strict=True))
    right = sum(minute.somebody is said for minute, said in zip(minutes, told, strict=True))
    return Score(
        accuracy=100.0 * right / len(minutes),
        precision=100.0 * hits / max(sum(told), 1),
        recall=100.0 * hits / max(sum(minute.somebody for minute in minutes), 1),
    )


def measure() -> list[Measure]:
    """Accuracy, precision and recall on both files, with and without light; `UsageError` without the recordings."""
    folder = recordings("presence", "occupancy")
    files = {name: read(folder / file) for name, file in FILES.items()}
    fitted = files["training file"]
    lux, ppm = threshold(fitted, lambda m: m.light), threshold(fitted, lambda m: m.air)
    usual = 2 * sum(m.somebody for m in fitted) > len(fitted)
    lines: list[Measure] = []
    for name, minutes in files.items():
        with_light = (f"light from {lux:.0f} lx (fitted)", score(minutes, [m.light >= lux for m in minutes]))
        lines += _lines(
            f"light and CO2, {name}", score(minutes, believed(minutes, light=True)), with_light, _LEAST[True]
        )
        alone = score(minutes, believed(minutes, light=False))
        without = (f"CO2 from {ppm:.0f} ppm (fitted)", score(minutes, [m.air >= ppm for m in minutes]))
        lines += _lines(f"CO2 alone, {name}", alone, without, _LEAST[False])
        always = (f"always {'somebody' if usual else 'nobody'}", score(minutes, [usual] * len(minutes)))
        lines += _lines(f"CO2 alone, {name}", alone, always, _LEAST[False])[:1]
    return lines


def _lines(about: str, ours: Score, peer: tuple[str, Score], least: float) -> list[Measure]:
    """Accuracy, which must hold, then precision and recall, which are told."""
    name, theirs = peer
    accuracy = compare(
        "occupancy", f"accuracy, {about}", ours.accuracy, "%", peer=theirs.accuracy, peer_name=name, target=least
    )
    told = (("precision", ours.precision, theirs.precision), ("recall", ours.recall, theirs.recall))
    return [
        accuracy,
        *(compare("occupancy", f"{part}, {about}", o, "%", peer=t, peer_name=name) for part, o, t in told),
    ]
