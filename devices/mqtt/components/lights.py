"""Lights that have a topic for each thing: on, brightness, colour, colour temperature (the `default` schema)."""

from collections.abc import Iterable, Sequence

from hub.core.errors import ProtocolError
from hub.core.events import Value
from hub.core.traits import TraitConfig

from ..colour import (
    hex_of,
    hex_of_hs,
    hex_of_xy,
    hs_of,
    kelvin_of,
    mired_of,
    percent_of,
    rgb_of,
    scaled,
    xy_of,
)
from ..draft import Draft, number_in
from ..fields import Fields
from ..model import Publish, Report
from .switches import choice, on_off

_COLOURS = ("xy", "rgb", "hs")  # where a light has several, the first of these that it has is used


def temperature_range(fields: Fields) -> TraitConfig:
    """The kelvin that a light can do, from min_kelvin and max_kelvin or their mireds."""
    low, high = fields.number("min_kelvin"), fields.number("max_kelvin")
    most, least = fields.number("max_mireds", 500), fields.number("min_mireds", 153)
    low = low if low is not None else kelvin_of(most or 500)
    high = high if high is not None else kelvin_of(least or 153)
    if not 0 < low < high:
        raise fields.wrong("max_mireds", "more than min_mireds")
    return TraitConfig(min=max(1000.0, low), max=min(12000.0, high), unit="K")


def clamp_kelvin(kelvin: float, config: TraitConfig) -> int:
    """`kelvin` inside the light's range: what a device reports may lie a rounding outside."""
    return round(max(config.min or 1000, min(config.max or 12000, kelvin)))


def colour_of(model: str, parts: Sequence[float]) -> str:
    """#rrggbb of the numbers of an rgb, hs or xy colour."""
    if model == "rgb":
        return hex_of(parts[0], parts[1], parts[2])
    return (hex_of_hs if model == "hs" else hex_of_xy)(parts[0], parts[1])


def light(draft: Draft) -> None:
    """A light with a topic for each thing."""
    fields = draft.fields
    fields.required_topic("command_topic")
    on_off(draft, state=("state_value_template", "value_template"), command=())
    order = fields.text("on_command_type", "last")
    if order not in ("last", "first", "brightness"):
        raise fields.wrong("on_command_type", "last, first or brightness")
    if fields.has("brightness_command_topic") or fields.has("brightness_state_topic"):
        _brightness(draft, order)
    for model in _COLOURS:
        if not draft.has("Color") and (fields.has(f"{model}_command_topic") or fields.has(f"{model}_state_topic")):
            _colour(draft, model)
    if fields.has("color_temp_command_topic") or fields.has("color_temp_state_topic"):
        _temperature(draft)
    choice(draft, fields.words("effect_list"), "effect_state_topic", ("effect_value_template",),
           "effect_command_topic", ("effect_command_template",))  # fmt: skip


def _brightness(draft: Draft, order: str) -> None:
    fields = draft.fields
    scale = fields.amount("brightness_scale", 255)
    if scale < 1:
        raise fields.wrong("brightness_scale", "1 or more")
    state, topic, switch = (fields.topic(f"{k}_topic") for k in ("brightness_state", "brightness_command", "command"))
    template = fields.template("brightness_command_template")
    on, off = (draft.message(switch, fields.text(f"payload_{w}", w.upper())) for w in ("on", "off"))
    draft.trait("Level")

    def parse(text: str) -> Iterable[Report]:
        yield Report("Level", percent_of(number_in(text, state), 0, scale))

    draft.state("brightness_state_topic", ("brightness_value_template",), parse, "Level")
    if not topic:
        return

    def write(value: Value) -> tuple[Publish, ...]:
        if not value:
            return (off,)
        raw = max(1, scaled(float(value), 0, scale))
        style = draft.message(topic, str(raw) if template is None else template.render(value=raw))
        return {"last": (style, on), "first": (on, style), "brightness": (style,)}[order]

    draft.write("Level", write)
    if order == "brightness":
        draft.write("OnOff", lambda value: write(100 if value else 0))


def _colour(draft: Draft, model: str) -> None:
    state = draft.fields.topic(f"{model}_state_topic")
    topic = draft.fields.topic(f"{model}_command_topic")
    template = draft.fields.template(f"{model}_command_template")
    draft.trait("Color")

    def parse(text: str) -> Iterable[Report]:
        parts = [number_in(part, state) for part in text.strip("()[]").split(",")]
        if len(parts) != (3 if model == "rgb" else 2):
            raise ProtocolError(f"{text[:40]!r} is no {model} colour", place=state, remedy="publish numbers and commas")
        yield Report("Color", colour_of(model, parts))

    draft.state(f"{model}_state_topic", (f"{model}_value_template",), parse, "Color")
    if not topic:
        return

    def write(value: Value) -> tuple[Publish, ...]:
        colour = str(value)
        names, parts = {
            "rgb": (("red", "green", "blue"), rgb_of(colour)),
            "hs": (("hue", "sat"), hs_of(colour)),
            "xy": (("x", "y"), xy_of(colour)),
        }[model]
        if template is not None:
            return (draft.message(topic, template.render(**dict(zip(names, parts, strict=True)))),)
        return (draft.message(topic, ",".join(f"{part:g}" for part in parts)),)

    draft.write("Color", write)


def _temperature(draft: Draft) -> None:
    fields = draft.fields
    kelvin = fields.flag("color_temp_kelvin")
    config = temperature_range(fields)
    draft.trait("ColorTemperature", config)
    place = fields.topic("color_temp_state_topic")

    def parse(text: str) -> Iterable[Report]:
        raw = number_in(text, place)
        yield Report("ColorTemperature", clamp_kelvin(raw if kelvin else kelvin_of(raw), config))

    draft.state("color_temp_state_topic", ("color_temp_value_template",), parse, "ColorTemperature")
    draft.command("ColorTemperature", "color_temp_command_topic", ("color_temp_command_template",),
                  lambda value: str(int(value or 0) if kelvin else mired_of(float(value or 1))))  # fmt: skip
