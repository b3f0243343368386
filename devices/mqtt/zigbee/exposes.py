"""Zigbee2MQTT's `exposes` as traits: what each feature of a device means and how it is told.

Source: Zigbee2MQTT's documentation of exposes. `access` is a set of bits: 1 the state is published, 2 it can be set,
4 it can be asked for.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import Struct, field

from hub.core.events import Value
from hub.core.traits import PLAIN_CONFIG, TraitConfig

from ..colour import kelvin_of, mired_of, percent_of, scaled
from ..components.json_lights import colour_in
from ..components.lights import clamp_kelvin
from ..components.sensors import binary_trait
from ..model import Report
from ..naming import clean_name, slug

SET, GET = 2, 4
MAX_FEATURES = 100
GROUPED: Final = {"light": "light", "switch": "switch", "fan": "fan", "cover": "cover", "lock": "lock",
                  "climate": "climate"}  # fmt: skip
"""Exposes with features of their own, and the kind of entity that they are."""

_SETPOINTS = ("occupied_heating_setpoint", "current_heating_setpoint")
_CLASSES = {
    "contact": "opening", "occupancy": "occupancy", "presence": "presence", "water_leak": "moisture",
    "smoke": "smoke", "gas": "gas", "carbon_monoxide": "carbon_monoxide", "tamper": "tamper",
    "battery_low": "battery", "vibration": "vibration", "moving": "moving", "illuminance_lux": "illuminance",
}  # fmt: skip
_SHUT = frozenset({"contact"})  # true means closed


class Feature(Struct, frozen=True, kw_only=True):
    """One trait of one entity. `read` takes the property's value; `tell` gives the value to set, None for nothing."""

    trait: str
    prop: str
    config: TraitConfig = PLAIN_CONFIG
    read: Callable[[Any], Iterable[Report]] = field(default_factory=lambda: lambda _: ())
    tell: Callable[[Value], dict[str, Any]] | None = None
    published: bool = True


class Exposed(Struct, kw_only=True):
    """One entity of a device: its kind, what tells it from the device's others, and its features."""

    kind: str
    part: str = ""
    device_class: str = ""
    hidden: bool = False
    features: list[Feature] = field(default_factory=list)
    ask: str = ""


def read_exposes(exposes: Any) -> list[Exposed]:
    """The entities of a device's `exposes`; what is not understood is left out."""
    found: list[Exposed] = []
    for expose in exposes[:MAX_FEATURES] if isinstance(exposes, list) else ():
        if not isinstance(expose, dict):
            continue
        kind = expose.get("type")
        made = _grouped(expose) if isinstance(kind, str) and kind in GROUPED else _single(expose)
        if made is not None and made.features:
            found.append(made)
    return found


def _grouped(expose: dict[str, Any]) -> Exposed | None:
    kind = GROUPED[expose["type"]]
    endpoint = expose.get("endpoint")
    entity = Exposed(kind=kind, part=clean_name(endpoint) if endpoint else "")
    for feature in _tables(expose.get("features")):
        made = _feature(kind, feature)
        if made is not None and feature.get("name") == "position":
            entity.features = [f for f in entity.features if f.trait != "Position"]  # it says more than open and closed
        if made is not None and all(f.trait != made.trait for f in entity.features):
            entity.features.append(made)
            if _access(feature) & GET and not entity.ask:
                entity.ask = made.prop
    return entity


def _feature(kind: str, feature: dict[str, Any]) -> Feature | None:
    name, prop = str(feature.get("name", "")), feature.get("property")
    if not isinstance(prop, str) or not prop:
        return None
    if name in ("color_xy", "color_hs"):
        return Feature(trait="Color", prop=prop, read=_colour, tell=lambda v: {prop: {"hex": str(v)}})
    if name == "brightness":
        return _ranged("Level", feature, prop, 254)
    if name == "color_temp":
        return _color_temp(feature, prop)
    if name == "position":
        return _position(feature, prop)
    if name == "state" and kind == "lock":
        return _lock(feature, prop)
    if name == "state" and kind == "cover":
        return Feature(trait="Position", prop=prop, read=_cover_state,
                       tell=lambda v: {prop: {0: "CLOSE", 100: "OPEN"}.get(int(v or 0))})  # fmt: skip
    if name == "state":
        return _binary("OnOff", feature, prop)
    if name in _SETPOINTS:
        return _numeric("Setpoint", feature, prop)
    if name == "local_temperature":
        return _numeric("Measure", feature, prop, measures="temperature")
    if name in ("system_mode", "mode", "fan_mode") and feature.get("type") == "enum":
        return _enum(feature, prop)
    return None


def _single(expose: dict[str, Any]) -> Exposed | None:
    name, prop, kind = str(expose.get("name", "")), expose.get("property"), expose.get("type")
    if not isinstance(prop, str) or not prop:
        return None
    settable = bool(_access(expose) & SET)
    hidden = expose.get("category") in ("config", "diagnostic") or name == "linkquality"
    part = clean_name(expose.get("label")) or clean_name(name.replace("_", " "))
    device_class = _CLASSES.get(name, slug(name) if name else "")
    entity = Exposed(kind="sensor", part=part, device_class=device_class, hidden=hidden)
    if kind == "binary":
        entity.kind = "switch" if settable else "binary_sensor"
        trait = "OnOff" if settable else binary_trait(device_class)
        entity.features.append(_binary(trait, expose, prop, flipped=name in _SHUT))
    elif kind == "numeric":
        low, high = expose.get("value_min"), expose.get("value_max")
        number = settable and isinstance(low, int | float) and isinstance(high, int | float) and low < high
        entity.kind = "number" if number else "sensor"
        entity.features.append(_numeric("Setpoint" if number else "Measure", expose, prop, measures=device_class))
    elif kind == "enum":
        entity.kind = "select" if settable else "sensor"
        entity.features.append(_enum(expose, prop) if settable else _text(prop))
    elif kind == "text":
        entity.features.append(_text(prop))
    return entity


def _access(feature: dict[str, Any]) -> int:
    access = feature.get("access", 1)
    return access if isinstance(access, int) else 1


def _tables(value: Any) -> list[dict[str, Any]]:
    return [v for v in value[:MAX_FEATURES] if isinstance(v, dict)] if isinstance(value, list) else []


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _binary(trait: str, feature: dict[str, Any], prop: str, *, flipped: bool = False) -> Feature:
    on, off = feature.get("value_on", "ON"), feature.get("value_off", "OFF")
    if flipped and isinstance(on, bool):
        on, off = False, True

    def read(value: Any) -> Iterable[Report]:
        if value in (on, off) and type(value) in (type(on), type(off)):
            yield Report(trait, value == on)

    tell = (lambda v: {prop: on if v else off}) if _access(feature) & SET else None
    return Feature(trait=trait, prop=prop, read=read, tell=tell, published=bool(_access(feature) & 1))


def _ranged(trait: str, feature: dict[str, Any], prop: str, usual: float) -> Feature:
    low, high = feature.get("value_min", 0), feature.get("value_max", usual)
    if not (_number(low) and _number(high) and low < high):
        low, high = 0, usual

    def read(value: Any) -> Iterable[Report]:
        if _number(value):
            yield Report(trait, percent_of(value, 0 if trait == "Level" else low, high))

    tell = (lambda v: {prop: scaled(float(v or 0), low, high)}) if _access(feature) & SET else None
    return Feature(trait=trait, prop=prop, read=read, tell=tell)


def _position(feature: dict[str, Any], prop: str) -> Feature:
    """A cover's position; to stay where it was last seen means to stop."""
    plain = _ranged("Position", feature, prop, 100)
    seen: list[Value] = [None]

    def read(value: Any) -> Iterable[Report]:
        for report in plain.read(value):
            seen[0] = report.value
            yield report

    def tell(value: Value) -> dict[str, Any]:
        return {"state": "STOP"} if value == seen[0] else {prop: value}

    return Feature(trait="Position", prop=prop, read=read, tell=tell if plain.tell else None)


def _color_temp(feature: dict[str, Any], prop: str) -> Feature:
    least, most = feature.get("value_min", 153), feature.get("value_max", 500)
    if not (_number(least) and _number(most) and 0 < least < most):
        least, most = 153, 500
    config = TraitConfig(min=kelvin_of(most), max=kelvin_of(least), unit="K")

    def read(value: Any) -> Iterable[Report]:
        if _number(value) and value > 0:
            yield Report("ColorTemperature", clamp_kelvin(kelvin_of(value), config))

    return Feature(trait="ColorTemperature", prop=prop, config=config, read=read,
                   tell=lambda v: {prop: max(least, min(most, mired_of(float(v or 1))))})  # fmt: skip


def _numeric(trait: str, feature: dict[str, Any], prop: str, *, measures: str = "") -> Feature:
    low, high, step = (v if _number(v) else None for v in map(feature.get, ("value_min", "value_max", "value_step")))
    unit = clean_name(feature.get("unit"))[:20]
    settable = trait == "Setpoint"
    config = TraitConfig(min=low if settable else None, max=high if settable else None, step=step, unit=unit,
                         measures=measures)  # fmt: skip

    def read(value: Any) -> Iterable[Report]:
        if _number(value):
            yield Report(trait, float(value))

    tell = (lambda v: {prop: v}) if settable and _access(feature) & SET else None
    return Feature(trait=trait, prop=prop, config=config, read=read, tell=tell)


def _enum(feature: dict[str, Any], prop: str) -> Feature:
    values = feature.get("values")
    options = tuple(filter(None, map(clean_name, values[:200]))) if isinstance(values, list) else ()

    def read(value: Any) -> Iterable[Report]:
        if value in options:
            yield Report("Mode", value)

    tell = (lambda v: {prop: v}) if _access(feature) & SET else None
    return Feature(trait="Mode", prop=prop, config=TraitConfig(options=options), read=read, tell=tell,
                   published=bool(_access(feature) & 1))  # fmt: skip


def _text(prop: str) -> Feature:
    def read(value: Any) -> Iterable[Report]:
        line = clean_name(value)
        if line:
            yield Report("Text", line)

    return Feature(trait="Text", prop=prop, read=read)


def _lock(feature: dict[str, Any], prop: str) -> Feature:
    def read(value: Any) -> Iterable[Report]:
        if value in ("LOCK", "UNLOCK"):
            yield Report("Lock", "locked" if value == "LOCK" else "unlocked")

    tell = (lambda v: {prop: "LOCK" if v == "locked" else "UNLOCK"}) if _access(feature) & SET else None
    return Feature(trait="Lock", prop=prop, read=read, tell=tell)


def _cover_state(value: Any) -> Iterable[Report]:
    if value in ("OPEN", "CLOSE"):
        yield Report("Position", 100 if value == "OPEN" else 0)


def _colour(value: Any) -> Iterable[Report]:
    colour = colour_in(value)
    if colour:
        yield Report("Color", colour)
