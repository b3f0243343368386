"""A component's entity while it is being read from its configuration."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from hub.core.entities import Entity
from hub.core.errors import ProtocolError, ValueRefusedError
from hub.core.events import Value
from hub.core.traits import PLAIN_CONFIG, TraitConfig, parse_value

from .availability import read_availability
from .fields import Fields
from .model import Listener, MqttEntity, Publish, Read, Report, Write
from .naming import clean_name, slug
from .payload import Payload
from .templates import Template

UNKNOWN: Final = frozenset({"", "None", "null", "unknown", "unavailable"})
"""State payloads that say nothing; the last known value stays."""

Parse = Callable[[str], Iterable[Report]]
Compose = Callable[[Value], str | None]


class Draft:
    """Collects traits, topics and commands; `finish` makes the entity. Errors are `ProtocolError` naming the topic."""

    def __init__(self, fields: Fields, kind: str, key: str, object_id: str) -> None:
        self.fields = fields
        self.kind = kind
        self._key = key
        self._object_id = object_id
        self._traits: dict[str, TraitConfig] = {}
        self._listeners: list[Listener] = []
        self._writers: dict[str, Write] = {}
        self._confirmed: set[str] = set()
        self._optimistic = fields.flag("optimistic")

    def trait(self, name: str, config: TraitConfig = PLAIN_CONFIG) -> None:
        """The entity can do this."""
        self._traits[name] = config

    def has(self, trait: str) -> bool:
        """Whether the trait is there already."""
        return trait in self._traits

    def config(self, trait: str) -> TraitConfig:
        """How the trait is configured."""
        return self._traits.get(trait, PLAIN_CONFIG)

    def listen(self, topic: str, read: Read, *traits: str) -> None:
        """Call `read` for messages on `topic` (empty: there is none); it is what confirms commands to `traits`."""
        if topic:
            self._listeners.append(Listener(topic, read, self.fields.qos))
            self._confirmed.update(traits)

    def state(self, topic_key: str, template_keys: tuple[str, ...], parse: Parse, *traits: str) -> None:
        """Listen to the topic of a field, put its payload through the template, and parse the text."""
        topic = self.fields.topic(topic_key)
        template = self.fields.template(*template_keys)
        self.listen(topic, lambda payload: _read(payload, template, parse), *traits)

    def command(
        self, trait: str, topic_key: str, template_keys: tuple[str, ...], compose: Compose, variable: str = "value"
    ) -> None:
        """Publish `compose(value)`, put through the template, on the topic of a field for commands to `trait`."""
        topic = self.fields.topic(topic_key)
        if not topic:
            return
        template = self.fields.template(*template_keys)

        def write(value: Value) -> tuple[Publish, ...]:
            text = compose(value)
            if text is None:
                return ()
            return (self.message(topic, text if template is None else template.render(**{variable: _typed(text)})),)

        self.write(trait, write)

    def write(self, trait: str, write: Write) -> None:
        """Call `write` for commands to `trait`."""
        self._writers[trait] = write

    def message(self, topic: str, payload: str) -> Publish:
        """A message with the component's QoS and retain flag."""
        return Publish(topic, payload, self.fields.qos, self.fields.flag("retain"))

    def finish(self, *, off_delay_s: float = 0.0) -> MqttEntity | None:
        """The entity, or None when nothing of it can be seen or done."""
        if not self._traits:
            return None
        fields = self.fields
        device = fields.config.get("device") if isinstance(fields.config.get("device"), dict) else {}
        assert isinstance(device, dict)
        category = fields.text("entity_category")
        hidden = category in ("config", "diagnostic") or not fields.flag("enabled_by_default", True)
        name = self._name(device)
        return MqttEntity(
            key=self._key,
            place=fields.place,
            entity=Entity(
                id=f"{self.kind}.{self._slug(name)}",
                name=name,
                area=clean_name(device.get("suggested_area")),
                traits=self._traits,
                exposed=False if hidden else None,
                device_class=slug(fields.text("device_class")) if fields.has("device_class") else "",
                device=_device_id(device),
            ),
            listeners=tuple(self._listeners),
            writers=self._writers,
            confirmed=frozenset() if self._optimistic else frozenset(self._confirmed),
            availability=read_availability(fields),
            expire_after_s=max(0.0, fields.amount("expire_after", 0)),
            off_delay_s=off_delay_s,
        )

    def _name(self, device: Mapping[str, Any]) -> str:
        own, thing = self.fields.name("name"), clean_name(device.get("name"))
        if not thing or own.casefold().startswith(thing.casefold()):
            return own or thing or clean_name(self._object_id.replace("_", " ")) or self.kind
        return clean_name(f"{thing} {own}")

    def _slug(self, name: str) -> str:
        wished = self.fields.text("default_entity_id").rpartition(".")[2] or self.fields.text("object_id")
        return slug(wished or name)


def _device_id(device: Mapping[str, Any]) -> str:
    ids = device.get("identifiers")
    if isinstance(ids, list) and ids:
        ids = ids[0]
    if isinstance(ids, str | int):
        return clean_name(ids)
    links = device.get("connections")
    if isinstance(links, list) and links and isinstance(links[0], list) and len(links[0]) == 2:
        return clean_name(links[0][1])
    return ""


def _read(payload: Payload, template: Template | None, parse: Parse) -> Iterable[Report]:
    text = payload.text if template is None else template.value(payload)
    return () if text in UNKNOWN else parse(text)


def _typed(text: str) -> str | int | float:
    """Numbers reach command templates as numbers, so that they can be reckoned with."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(text) if text.lstrip("-").isdigit() else number


def report(trait: str, raw: Any, config: TraitConfig, place: str) -> Report:
    """`raw` as a value of `trait`; raises `ProtocolError` naming the topic when it cannot be one."""
    try:
        return Report(trait, parse_value(trait, raw, config))
    except ValueRefusedError as error:
        raise ProtocolError(error.message, place=place, remedy=error.remedy) from error


def number_in(text: str, place: str) -> float:
    """`text` as a finite number; raises `ProtocolError` naming the topic."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ProtocolError(f"{text[:40]!r} is not a number", place=place, remedy="publish a number")
    return number
