"""Which entities of the home tell of people, and what each of their reports says of its area."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from hub.core.entities import Entity, HomeView
from hub.core.events import Value
from hub.perception.presence.belief import Sign
from hub.perception.presence.evidence import BY_HAND, DOOR, DOORS, HAND_TRAITS, Moment, sensor_of
from hub.perception.presence.signs import CarbonDioxide, LightLevel

_DONE_BY_HAND: Final = {"Lock": frozenset({"unlocked"}), "Media": frozenset({"playing", "paused", "stopped"})}
"""Values that a hand brings about; locks lock themselves, players fall idle."""
_LIGHT: Final = frozenset({"illuminance", "light"})
_AIR: Final = frozenset({"carbon_dioxide", "co2"})


class Report(Struct, frozen=True, kw_only=True):
    """An entity's trait has this value now (`old` before; None when this is its first).

    `ours`: the hub itself brought it about; `our_lamp`: it has just switched a lamp in the area. `before`: what the
    source's sign is worth until now. `worth`: below 1 for a value from before a restart.
    """

    value: Value
    at: float
    old: Value = None
    ours: bool = False
    our_lamp: bool = False
    before: float = 0.0
    worth: float = 1.0


class Reader(Struct, frozen=True, kw_only=True):
    """Reads one trait of one entity. `stands`: what it says goes on being true until it says otherwise."""

    entity: Entity
    area: str
    source: str
    read: Callable[[Report], Sign | None]
    stands: bool = False
    way_in: bool = False
    lamp: bool = False


Readers = dict[tuple[str, str], Reader]


def readers_of(
    view: HomeView, before: Mapping[tuple[str, str], Reader], *, ignore: frozenset[str], not_in: frozenset[str]
) -> Readers:
    """The readers of a home by entity and trait; of an entity that is as it was, the one of `before`."""
    found: Readers = {}
    for entity in view.entities.values():
        if not entity.area or entity.area in not_in or entity.id in ignore:
            continue
        for trait in entity.traits:
            old = before.get((entity.id, trait))
            reader = old if old is not None and old.entity == entity else _reader(entity, trait)
            if reader is not None:
                found[entity.id, trait] = reader
    return found


def _reader(entity: Entity, trait: str) -> Reader | None:
    source = f"{entity.id} {trait}"
    if trait == "Presence":
        return Reader(entity=entity, area=entity.area, source=source, read=_sensor(entity), stands=True)
    if trait == "Contact" and entity.device_class in DOORS:
        return Reader(entity=entity, area=entity.area, source=source, read=_door, way_in=True)
    if trait == "Measure" and entity.kind == "sensor":
        read = _measure(entity)
        return None if read is None else Reader(entity=entity, area=entity.area, source=source, read=read)
    if trait in HAND_TRAITS and entity.kind in BY_HAND:
        by_hand = _hand(BY_HAND[entity.kind], trait)
        return Reader(entity=entity, area=entity.area, source=entity.id, read=by_hand, lamp=entity.kind == "light")
    return None


def _sensor(entity: Entity) -> Callable[[Report], Sign | None]:
    sensor = sensor_of(entity)
    return lambda report: sensor.sign(report.value is True, report.before, report.at, worth=report.worth)


def _door(report: Report) -> Sign | None:
    return None if report.old is None else DOOR.sign(report.at)


def _measure(entity: Entity) -> Callable[[Report], Sign | None] | None:
    measures = entity.traits["Measure"].measures or entity.device_class
    if measures in _LIGHT:
        light = LightLevel()
        return lambda report: light.read(_number(report), report.at, ours=report.our_lamp)
    if measures in _AIR:
        air = CarbonDioxide()
        return lambda report: air.read(_number(report), report.at)
    return None


def _number(report: Report) -> float:
    """The value of a Measure, which its trait has checked."""
    return float(report.value or 0.0)


def _hand(moment: Moment, trait: str) -> Callable[[Report], Sign | None]:
    values = _DONE_BY_HAND.get(trait)

    def read(report: Report) -> Sign | None:
        if report.ours or report.old is None or (values is not None and report.value not in values):
            return None
        return moment.sign(report.at)

    return read
