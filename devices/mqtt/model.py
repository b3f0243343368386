"""What an MQTT entity is made of: topics that are listened to, and what is published for a command."""

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct, field

from hub.core.entities import Entity
from hub.core.events import Value

from .payload import Payload


class Publish(Struct, frozen=True):
    """One message to send."""

    topic: str
    payload: str
    qos: int = 0
    retain: bool = False


class Report(Struct, frozen=True):
    """What a message says of a trait. `moving` is +1 or -1 while the device is on its way (opening, locking)."""

    trait: str
    value: Value
    moving: int = 0


Read = Callable[[Payload], Iterable[Report]]
Write = Callable[[Value], tuple[Publish, ...]]


class Listener(Struct, frozen=True):
    """`read` is called with every message on `topic`; it raises `ProtocolError` on what it cannot use."""

    topic: str
    read: Read
    qos: int = 0


class AvailabilityTopic(Struct, frozen=True):
    """A topic that says whether the device is there: True, False, or None for neither. `assumed` until it speaks."""

    topic: str
    read: Callable[[Payload], bool | None]
    assumed: bool = False


class Availability(Struct, frozen=True):
    """How the topics' words combine."""

    topics: tuple[AvailabilityTopic, ...]
    mode: Literal["all", "any", "latest"] = "latest"


class MqttEntity(Struct, frozen=True, kw_only=True):
    """An entity with its topics.

    `key` tells it from all others of this broker and `place` is the topic that described it. A trait in `confirmed`
    has a state topic that answers its commands; others are taken as done when sent.
    """

    key: str
    place: str
    entity: Entity
    listeners: tuple[Listener, ...] = ()
    writers: dict[str, Write] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    availability: Availability | None = None
    expire_after_s: float = 0.0
    off_delay_s: float = 0.0
    ask: tuple[Publish, ...] = ()

    def topics(self) -> dict[str, int]:
        """Every topic to subscribe to, with its QoS."""
        found = {listener.topic: listener.qos for listener in self.listeners}
        for entry in self.availability.topics if self.availability else ():
            found.setdefault(entry.topic, 0)
        return found
