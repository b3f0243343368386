"""Which integrations a home asks for: those of its hearth.toml."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from hub.core.settings import Settings


class WantedDevice(NamedTuple):
    """An integration that is to run as `instance`; `place` is where its config stands."""

    id: str
    config: Mapping[str, Any]
    instance: str
    place: str


def declared_devices(settings: Settings, known: Collection[str], place: str) -> Iterator[WantedDevice]:
    """What hearth.toml, which is at `place`, asks for of the integrations `known`, without the virtual things."""
    for number, broker in enumerate(settings.mqtt):
        instance = "mqtt" if number == 0 else f"mqtt_{number + 1}"
        yield WantedDevice("mqtt", msgspec.to_builtins(broker), instance, f"{place} [[mqtt]]")
    for integration, config in settings.plugins.config.items():
        if integration in known:
            yield WantedDevice(integration, config, integration, f"{place} [plugins.config.{integration}]")
