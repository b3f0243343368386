"""Lights that speak JSON on one topic, and lights whose messages are templates."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hub.core.errors import ProtocolError
from hub.core.events import Value
from hub.core.traits import TraitConfig

from ..colour import (
    hex_of,
    hs_of,
    kelvin_of,
    mired_of,
    percent_of,
    rgb_of,
    scaled,
    xy_of,
)
from ..draft import UNKNOWN, Draft, number_in
from ..model import Publish, Report
from ..payload import Payload
from ..templates import Template
from .lights import clamp_kelvin, colour_of, light, temperature_range

_MODELS = ("rgb", "hs", "xy")
_COLOUR_MODES = ("rgb", "hs", "xy", "rgbw", "rgbww")


def json_light(draft: Draft) -> None:
    """A light of the `json` schema."""
    fields = draft.fields
    topic = fields.required_topic("command_topic")
    modes = set(fields.words("supported_color_modes"))
    for flag in ("rgb", "hs", "xy", "color_temp"):
        if fields.config.get(flag) is True:
            modes.add(flag)
    colour = next((m for m in _COLOUR_MODES if m in modes), "")
    scale, kelvin = fields.amount("brightness_scale", 255), fields.flag("color_temp_kelvin")
    if scale < 1:
        raise fields.wrong("brightness_scale", "1 or more")
    draft.trait("OnOff")
    if fields.flag("brightness") or modes - {"onoff"}:
        draft.trait("Level")
    if colour:
        draft.trait("Color")
    temperature = temperature_range(fields) if "color_temp" in modes else None
    if temperature is not None:
        draft.trait("ColorTemperature", temperature)
    effects = fields.words("effect_list")
    if effects:
        draft.trait("Mode", TraitConfig(options=effects))

    def read(payload: Payload) -> Iterable[Report]:
        return [r for r in _reports(payload.table(), scale, kelvin, temperature, effects) if draft.has(r.trait)]

    draft.listen(fields.topic("state_topic"), read, "OnOff", "Level", "Color", "ColorTemperature", "Mode")

    def say(trait: str, make: Any) -> None:
        def write(value: Value) -> tuple[Publish, ...]:
            return (draft.message(topic, msgspec.json.encode(make(value)).decode()),)

        if draft.has(trait):
            draft.write(trait, write)

    say("OnOff", lambda v: {"state": "ON" if v else "OFF"})
    say("Level", lambda v: {"state": "ON", "brightness": max(1, scaled(v, 0, scale))} if v else {"state": "OFF"})
    say("Color", lambda v: {"state": "ON", "color": _colour_table(str(v), colour)})
    say("ColorTemperature", lambda v: {"state": "ON", "color_temp": int(v) if kelvin else mired_of(v)})
    say("Mode", lambda v: {"state": "ON", "effect": v})


def _colour_table(colour: str, model: str) -> dict[str, float]:
    if model == "hs":
        return dict(zip("hs", hs_of(colour), strict=True))
    if model == "xy":
        return dict(zip("xy", xy_of(colour), strict=True))
    table: dict[str, float] = dict(zip("rgb", rgb_of(colour), strict=True))
    return table | {"rgbw": {"w": 0}, "rgbww": {"c": 0, "w": 0}}.get(model, {})


def colour_in(table: Any, mode: str = "") -> str:
    """The colour of a `{"r","g","b"}`, `{"h","s"}` or `{"x","y"}` table; empty when there is none."""
    if not isinstance(table, dict):
        return ""
    names = [mode] if mode in _MODELS else list(_MODELS)
    if isinstance(table.get("hue"), int | float) and isinstance(table.get("saturation"), int | float):
        table = {"h": table["hue"], "s": table["saturation"], **table}
    for name in names:
        parts = [p for key in name if isinstance(p := table.get(key), int | float) and not isinstance(p, bool)]
        if len(parts) == len(name):
            return colour_of(name, parts)
    return ""


def _reports(
    table: dict[str, Any], scale: float, kelvin: bool, temperature: TraitConfig | None, effects: tuple[str, ...]
) -> Iterable[Report]:
    if table.get("state") in ("ON", "OFF"):
        yield Report("OnOff", table["state"] == "ON")
    level = table.get("brightness")
    if isinstance(level, int | float):
        yield Report("Level", percent_of(level, 0, scale))
    mode = str(table.get("color_mode", ""))
    warm = table.get("color_temp")
    if isinstance(warm, int | float) and warm > 0 and mode in ("", "color_temp") and temperature is not None:
        yield Report("ColorTemperature", clamp_kelvin(warm if kelvin else kelvin_of(warm), temperature))
    if mode != "color_temp":
        colour = colour_in(table.get("color"), mode if mode in ("hs", "xy") else "")
        if colour:
            yield Report("Color", colour)
    if table.get("effect") in effects:
        yield Report("Mode", table["effect"])


def template_light(draft: Draft) -> None:
    """A light of the `template` schema: OnOff, Level, Color, ColorTemperature by the templates that it has."""
    fields = draft.fields
    topic = fields.required_topic("command_topic")
    switch_on, switch_off = fields.template("command_on_template"), fields.template("command_off_template")
    if switch_on is None or switch_off is None:
        raise fields.wrong("command_on_template", "a template, like command_off_template")
    reading = {n: t for n in ("state", "brightness", "red", "green", "blue", "color_temp")
               if (t := fields.template(f"{n}_template"))}  # fmt: skip
    config = temperature_range(fields)
    draft.trait("OnOff")
    if "brightness" in reading:
        draft.trait("Level")
    if {"red", "green", "blue"} <= reading.keys():
        draft.trait("Color")
    if "color_temp" in reading:
        draft.trait("ColorTemperature", config)
    place = fields.topic("state_topic")
    listened = {"OnOff": "state", "Level": "brightness", "Color": "red", "ColorTemperature": "color_temp"}
    confirmed = (trait for trait, name in listened.items() if name in reading)
    draft.listen(place, lambda payload: _rendered(payload, reading, config), *confirmed)

    def on(**values: Any) -> tuple[Publish, ...]:
        return (draft.message(topic, switch_on.render(state="on", **values)),)

    draft.write("OnOff", lambda v: on() if v else (draft.message(topic, switch_off.render(state="off")),))
    if draft.has("Level"):
        draft.write("Level", lambda v: on(brightness=scaled(float(v or 0), 0, 255)))
    if draft.has("Color"):
        draft.write("Color", lambda v: on(**dict(zip(("red", "green", "blue"), rgb_of(str(v)), strict=True))))
    if draft.has("ColorTemperature"):
        draft.write("ColorTemperature", lambda v: on(color_temp=mired_of(float(v or 1))))


def _rendered(payload: Payload, reading: dict[str, Template], config: TraitConfig) -> Iterable[Report]:
    told = {name: text for name, t in reading.items() if (text := t.value(payload)) not in UNKNOWN}
    numbers = {name: number_in(text, payload.topic) for name, text in told.items() if name != "state"}
    if told.get("state") in ("on", "off"):
        yield Report("OnOff", told["state"] == "on")
    if "brightness" in numbers:
        yield Report("Level", percent_of(numbers["brightness"], 0, 255))
    if {"red", "green", "blue"} <= numbers.keys():
        yield Report("Color", hex_of(numbers["red"], numbers["green"], numbers["blue"]))
    if "color_temp" in numbers:
        yield Report("ColorTemperature", clamp_kelvin(kelvin_of(numbers["color_temp"]), config))


def any_light(draft: Draft) -> None:
    """A light of the schema that it names."""
    schema = draft.fields.text("schema", "default").lower()
    makers = {"default": light, "basic": light, "json": json_light, "template": template_light}
    if schema not in makers:
        raise ProtocolError(f"light schema {schema[:40]!r}", place=draft.fields.place, remedy=", ".join(makers))
    makers[schema](draft)
