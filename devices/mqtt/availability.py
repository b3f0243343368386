"""Whether a device is there, from its availability topics."""

from typing import Any, Literal, cast

from hub.core.errors import ProtocolError

from .fields import Fields
from .model import Availability, AvailabilityTopic
from .payload import Payload
from .templates import Template

MAX_TOPICS = 20
_MODES = ("all", "any", "latest")


def read_availability(fields: Fields) -> Availability | None:
    """A component's availability, None when it has none and is always there."""
    entries: list[dict[str, Any]] = []
    if fields.has("availability"):
        found = fields.config["availability"]
        if not isinstance(found, list) or len(found) > MAX_TOPICS or not all(isinstance(e, dict) for e in found):
            raise fields.wrong("availability", f"a list of at most {MAX_TOPICS} tables with a topic")
        entries = found
    elif fields.has("availability_topic"):
        config = fields.config
        entries = [
            {
                "topic": config["availability_topic"],
                "value_template": config.get("availability_template"),
                "payload_available": config.get("payload_available"),
                "payload_not_available": config.get("payload_not_available"),
            }
        ]
    if not entries:
        return None
    mode = fields.text("availability_mode", "latest")
    if mode not in _MODES:
        raise fields.wrong("availability_mode", ", ".join(_MODES))
    topics = tuple(_topic(Fields(entry, fields.place)) for entry in entries)
    return Availability(topics, cast('Literal["all", "any", "latest"]', mode))


def _topic(fields: Fields) -> AvailabilityTopic:
    there = fields.text("payload_available", "online")
    gone = fields.text("payload_not_available", "offline")
    template = fields.template("value_template")
    return AvailabilityTopic(fields.required_topic("topic"), lambda p: _read(p, there, gone, template))


def _read(payload: Payload, there: str, gone: str, template: Template | None) -> bool | None:
    word = payload.text if template is None else template.value(payload)
    if word == there:
        return True
    return False if word == gone else None


class Presence:
    """Follows one entity's availability topics."""

    def __init__(self, rule: Availability | None) -> None:
        self._rule = rule
        topics = rule.topics if rule else ()
        self._said: dict[str, bool] = {t.topic: t.assumed for t in topics}
        self._latest = all(t.assumed for t in topics)

    def hear(self, payload: Payload) -> None:
        """Take a message in; one on another topic, or that says neither, changes nothing."""
        for entry in self._rule.topics if self._rule else ():
            if entry.topic == payload.topic:
                try:
                    said = entry.read(payload)
                except ProtocolError:
                    said = None
                if said is not None:
                    self._said[entry.topic] = self._latest = said

    @property
    def available(self) -> bool:
        """What the topics say together."""
        if self._rule is None or not self._said:
            return True
        if self._rule.mode == "latest":
            return self._latest
        return (all if self._rule.mode == "all" else any)(self._said.values())
