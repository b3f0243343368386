"""What only reports: sensor and binary_sensor."""

import math
from collections.abc import Iterable

from hub.core.traits import TraitConfig

from ..draft import Draft, number_in
from ..model import Report
from ..naming import clean_name, slug

_TEXT_CLASSES = frozenset({"date", "enum", "timestamp", "uptime"})
_PRESENCE = frozenset({"motion", "occupancy", "presence", "moving"})
_CONTACT = frozenset({"door", "garage_door", "opening", "window"})


def sensor(draft: Draft) -> None:
    """A number with a unit is Measure, all else Text."""
    fields = draft.fields
    topic = fields.required_topic("state_topic")
    kind = slug(fields.text("device_class")) if fields.has("device_class") else ""
    unit = clean_name(fields.text("unit_of_measurement"))[:20]
    if kind not in _TEXT_CLASSES and (unit or fields.has("state_class") or kind):
        draft.trait("Measure", TraitConfig(unit=unit, measures=kind))

        def measured(text: str) -> Iterable[Report]:
            yield Report("Measure", number_in(text, topic))

        draft.state("state_topic", ("value_template",), measured)
        return
    draft.trait("Text", TraitConfig(measures=kind))

    def told(text: str) -> Iterable[Report]:
        line = clean_name(text[:200])
        if line:
            yield Report("Text", line)

    draft.state("state_topic", ("value_template",), told)


def binary_trait(device_class: str) -> str:
    """The trait of a yes-or-no sensor of this class."""
    if device_class in _PRESENCE:
        return "Presence"
    return "Contact" if device_class in _CONTACT else "OnOff"


def binary_sensor(draft: Draft) -> float:
    """Motion is Presence, a door is Contact, all else OnOff that cannot be commanded. Returns its off_delay."""
    fields = draft.fields
    fields.required_topic("state_topic")
    kind = slug(fields.text("device_class")) if fields.has("device_class") else ""
    on, off = fields.text("payload_on", "ON"), fields.text("payload_off", "OFF")
    trait = binary_trait(kind)
    draft.trait(trait, TraitConfig(measures=kind))

    def parse(text: str) -> Iterable[Report]:
        if text in (on, off):
            yield Report(trait, text == on)

    draft.state("state_topic", ("value_template",), parse)
    delay = fields.amount("off_delay", 0)
    return delay if 0 < delay < math.inf else 0.0
