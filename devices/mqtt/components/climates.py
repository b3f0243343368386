"""What keeps a temperature, a humidity or a breeze: climate, water_heater, fan, humidifier."""

from collections.abc import Iterable

from hub.core.traits import TraitConfig

from ..colour import percent_of, scaled
from ..draft import Draft, number_in
from ..model import Report
from .switches import choice, on_off

_MODES = ("auto", "off", "cool", "heat", "dry", "fan_only")


def climate(draft: Draft) -> None:
    """A thermostat: Setpoint in °C, Mode, and the measured temperature."""
    fields = draft.fields
    fahrenheit = fields.text("temperature_unit", "C").upper().startswith("F")
    if fields.has("temperature_command_topic") or fields.has("temperature_state_topic"):
        low, high = fields.number("min_temp"), fields.number("max_temp")
        config = TraitConfig(
            min=7.0 if low is None else _celsius(low, fahrenheit),
            max=35.0 if high is None else _celsius(high, fahrenheit),
            step=fields.number("temp_step"),
            unit="°C",
        )
        if config.min is not None and config.max is not None and config.min >= config.max:
            raise fields.wrong("max_temp", "more than min_temp")
        draft.trait("Setpoint", config)
        _temperature(draft, "temperature_state_topic", "temperature_state_template", "Setpoint", fahrenheit)
        draft.command("Setpoint", "temperature_command_topic", ("temperature_command_template",),
                      lambda value: f"{_to_device(float(value or 0), fahrenheit):g}")  # fmt: skip
    if fields.has("current_temperature_topic"):
        draft.trait("Measure", TraitConfig(unit="°C", measures="temperature"))
        _temperature(draft, "current_temperature_topic", "current_temperature_template", "Measure", fahrenheit)
    modes = fields.words("modes") if fields.has("modes") else _MODES
    choice(draft, modes, "mode_state_topic", ("mode_state_template",),
           "mode_command_topic", ("mode_command_template",))  # fmt: skip
    if fields.has("power_command_topic"):
        on, off = fields.text("payload_on", "ON"), fields.text("payload_off", "OFF")
        draft.trait("OnOff")
        draft.command("OnOff", "power_command_topic", ("power_command_template",), lambda value: on if value else off)


def _celsius(value: float, fahrenheit: bool) -> float:
    return round((value - 32) / 1.8, 2) if fahrenheit else value


def _to_device(value: float, fahrenheit: bool) -> float:
    return round(value * 1.8 + 32, 1) if fahrenheit else value


def _temperature(draft: Draft, topic: str, template: str, trait: str, fahrenheit: bool) -> None:
    place = draft.fields.topic(topic)

    def parse(text: str) -> Iterable[Report]:
        yield Report(trait, _celsius(number_in(text, place), fahrenheit))

    draft.state(topic, (template,), parse, *((trait,) if trait == "Setpoint" else ()))


def fan(draft: Draft) -> None:
    """A fan: OnOff, Level by percentage of its speeds, Mode of its presets."""
    fields = draft.fields
    fields.required_topic("command_topic")
    on_off(draft, state=("state_value_template", "value_template"))
    low, high = fields.amount("speed_range_min", 1), fields.amount("speed_range_max", 100)
    if low >= high:
        raise fields.wrong("speed_range_max", "more than speed_range_min")
    if fields.has("percentage_command_topic") or fields.has("percentage_state_topic"):
        draft.trait("Level")
        _level(draft, "percentage_state_topic", "percentage_value_template", low - 1, high)
        draft.command("Level", "percentage_command_topic", ("percentage_command_template",),
                      lambda value: str(scaled(float(value or 0), low - 1, high)))  # fmt: skip
    choice(draft, fields.words("preset_modes"), "preset_mode_state_topic", ("preset_mode_value_template",),
           "preset_mode_command_topic", ("preset_mode_command_template",))  # fmt: skip


def _level(draft: Draft, topic: str, template: str, low: float, high: float) -> None:
    place = draft.fields.topic(topic)

    def parse(text: str) -> Iterable[Report]:
        yield Report("Level", percent_of(number_in(text, place), low, high))

    draft.state(topic, (template,), parse, "Level")


def humidifier(draft: Draft) -> None:
    """A humidifier or dehumidifier: OnOff, Level is the humidity to reach in %, Mode, the measured humidity."""
    fields = draft.fields
    fields.required_topic("command_topic")
    on_off(draft, state=("state_value_template", "value_template"))
    low, high = fields.amount("min_humidity", 0), fields.amount("max_humidity", 100)
    if not 0 <= low < high <= 100:
        raise fields.wrong("max_humidity", "more than min_humidity, both from 0 to 100")
    draft.trait("Level", TraitConfig(min=low, max=high))
    _level(draft, "target_humidity_state_topic", "target_humidity_state_template", 0, 100)
    draft.command("Level", "target_humidity_command_topic", ("target_humidity_command_template",),
                  lambda value: str(int(value or 0)))  # fmt: skip
    place = fields.topic("current_humidity_topic")
    if place:
        draft.trait("Measure", TraitConfig(unit="%", measures="humidity"))

        def parse(text: str) -> Iterable[Report]:
            yield Report("Measure", number_in(text, place))

        draft.state("current_humidity_topic", ("current_humidity_template",), parse)
    choice(draft, fields.words("modes"), "mode_state_topic", ("mode_state_template",),
           "mode_command_topic", ("mode_command_template",))  # fmt: skip
