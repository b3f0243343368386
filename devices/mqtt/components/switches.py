"""What is only on or off, or is set off: switch, siren, button, scene, number, select, alarm panel."""

from collections.abc import Iterable

from hub.core.events import Value
from hub.core.traits import TraitConfig

from ..draft import Draft, number_in, report
from ..model import Publish, Report


def on_off(
    draft: Draft,
    *,
    state: tuple[str, ...] = ("value_template",),
    command: tuple[str, ...] = ("command_template",),
) -> None:
    """OnOff by command_topic and state_topic, with payload_on and payload_off."""
    fields = draft.fields
    on, off = fields.text("payload_on", "ON"), fields.text("payload_off", "OFF")
    state_on, state_off = fields.text("state_on", on), fields.text("state_off", off)
    draft.trait("OnOff")

    def parse(text: str) -> Iterable[Report]:
        if text in (state_on, state_off):
            yield Report("OnOff", text == state_on)

    draft.state("state_topic", state, parse, "OnOff")
    draft.command("OnOff", "command_topic", command, lambda value: on if value else off)


def switch(draft: Draft) -> None:
    """A relay, an outlet."""
    draft.fields.required_topic("command_topic")
    on_off(draft)


def siren(draft: Draft) -> None:
    """A siren; without a template it is told in JSON, and may answer in JSON."""
    fields = draft.fields
    topic = fields.required_topic("command_topic")
    on_off(draft, state=("state_value_template", "value_template"))
    if not fields.has("command_template") and not fields.has("command_off_template"):
        on, off = fields.text("payload_on", "ON"), fields.text("payload_off", "OFF")
        words = {True: on, False: off}

        def write(value: Value) -> tuple[Publish, ...]:
            return (draft.message(topic, f'{{"state": "{words[bool(value)]}"}}'),)

        draft.write("OnOff", write)


def button(draft: Draft) -> None:
    """A button: pressing publishes payload_press."""
    draft.fields.required_topic("command_topic")
    press = draft.fields.text("payload_press", "PRESS")
    draft.trait("Press")
    draft.command("Press", "command_topic", ("command_template",), lambda _: press)


def scene(draft: Draft) -> None:
    """A scene: pressing publishes payload_on."""
    draft.fields.required_topic("command_topic")
    press = draft.fields.text("payload_on", "ON")
    draft.trait("Press")
    draft.command("Press", "command_topic", (), lambda _: press)


def number(draft: Draft) -> None:
    """A number to set: Level where it is a percentage from 0 to 100, else Setpoint in the device's own unit."""
    fields = draft.fields
    fields.required_topic("command_topic")
    low, high, unit = fields.amount("min", 1), fields.amount("max", 100), fields.text("unit_of_measurement")[:20]
    if low >= high:
        raise fields.wrong("max", "more than min")
    trait = "Level" if unit == "%" and low >= 0 and high <= 100 else "Setpoint"
    config = TraitConfig(min=low, max=high, step=fields.number("step"), unit=unit)
    draft.trait(trait, config)
    place = fields.topic("state_topic")

    def parse(text: str) -> Iterable[Report]:
        yield report(trait, number_in(text, place), config, place)

    draft.state("state_topic", ("value_template",), parse, trait)
    draft.command(trait, "command_topic", ("command_template",), lambda value: f"{value:g}")


def select(draft: Draft) -> None:
    """A choice of options."""
    fields = draft.fields
    fields.required_topic("command_topic")
    options = fields.words("options")
    if not options:
        raise fields.wrong("options", "a list of words")
    choice(draft, options, "state_topic", ("value_template",), "command_topic", ("command_template",))


def choice(
    draft: Draft,
    options: tuple[str, ...],
    state: str,
    state_templates: tuple[str, ...],
    command: str,
    command_templates: tuple[str, ...],
) -> None:
    """Mode of `options`, by the topics and templates of these fields."""
    if not options or not (draft.fields.has(state) or draft.fields.has(command)):
        return
    config = TraitConfig(options=options)
    draft.trait("Mode", config)
    place = draft.fields.topic(state)

    def parse(text: str) -> Iterable[Report]:
        yield report("Mode", text, config, place)

    draft.state(state, state_templates, parse, "Mode")
    draft.command("Mode", command, command_templates, str)


_ARMED = {"armed_home": "ARM_HOME", "armed_away": "ARM_AWAY", "armed_night": "ARM_NIGHT",
          "armed_vacation": "ARM_VACATION"}  # fmt: skip
_ALARM = ("disarmed", *_ARMED, "arming", "disarming", "pending", "triggered")


def alarm(draft: Draft) -> None:
    """An alarm panel: Mode disarmed, armed_home, armed_away, armed_night, armed_vacation; codes are not sent."""
    fields = draft.fields
    fields.required_topic("command_topic")
    words = {mode: fields.text(f"payload_{mode.replace('armed', 'arm')}", word) for mode, word in _ARMED.items()}
    words["disarmed"] = fields.text("payload_disarm", "DISARM")
    config = TraitConfig(options=_ALARM)
    draft.trait("Mode", config)
    place = fields.topic("state_topic")

    def parse(text: str) -> Iterable[Report]:
        moving = {"arming": 1, "pending": 1, "disarming": -1}.get(text, 0)
        yield Report("Mode", report("Mode", text, config, place).value, moving)

    draft.state("state_topic", ("value_template",), parse, "Mode")
    draft.command("Mode", "command_topic", ("command_template",), lambda value: words.get(str(value)), "action")
