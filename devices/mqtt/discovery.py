"""Home Assistant's MQTT discovery: a topic and a payload become entities."""

import re
from collections.abc import Callable
from typing import Any, Final

from hub.core.errors import ProtocolError

from .abbreviations import expand
from .components.climates import climate, fan, humidifier
from .components.covers import cover, lock, valve
from .components.json_lights import any_light
from .components.sensors import binary_sensor, sensor
from .components.switches import alarm, button, number, scene, select, siren, switch
from .components.vacuums import vacuum
from .draft import Draft
from .fields import Fields
from .model import MqttEntity
from .payload import Payload

MAX_COMPONENTS = 500
_LEVEL = re.compile(r"^[a-zA-Z0-9_-]{1,128}$")

COMPONENTS: Final[dict[str, tuple[str, Callable[[Draft], float | None]]]] = {
    "alarm_control_panel": ("alarm", alarm), "binary_sensor": ("binary_sensor", binary_sensor),
    "button": ("button", button), "climate": ("climate", climate), "cover": ("cover", cover), "fan": ("fan", fan),
    "humidifier": ("humidifier", humidifier), "light": ("light", any_light), "lock": ("lock", lock),
    "number": ("number", number), "scene": ("scene", scene), "select": ("select", select),
    "sensor": ("sensor", sensor), "siren": ("siren", siren), "switch": ("switch", switch),
    "vacuum": ("vacuum", vacuum), "valve": ("valve", valve), "water_heater": ("climate", climate),
}  # fmt: skip
"""Component -> the kind of its entity, and what reads its configuration."""

OTHERS: Final = frozenset({
    "camera", "date", "datetime", "device_automation", "device_tracker", "event", "image", "lawn_mower", "notify",
    "tag", "text", "time", "update",
})  # fmt: skip
"""Components that Home Assistant knows and Hearth has no trait for; they are passed over."""


class Found:
    """What one discovery message says: the entities that it describes now, by their keys, and what was wrong."""

    def __init__(self) -> None:
        self.entities: list[MqttEntity] = []
        self.problems: list[ProtocolError] = []
        self.origin = ""


def is_config(topic: str, prefix: str) -> bool:
    """Whether this topic under the discovery prefix describes something."""
    return topic.startswith(f"{prefix}/") and topic.endswith("/config")


def discover(payload: Payload, prefix: str) -> Found:
    """The entities of a discovery message; an empty payload describes none.

    What is wrong is a `ProtocolError` in `problems` that names the topic; sound components beside it still count.
    """
    found = Found()
    try:
        levels = payload.topic.removeprefix(f"{prefix}/").split("/")[:-1]
        if len(levels) not in (2, 3) or not all(_LEVEL.match(level) for level in levels):
            raise ProtocolError(
                "not a discovery topic",
                place=payload.topic[:200],
                remedy=f"use {prefix}/<component>/[<node_id>/]<object_id>/config with letters, digits, _ and -",
            )
        if not payload.data.strip():
            return found
        config = expand(payload.table())
        origin = config.get("origin")
        found.origin = str(origin.get("name", ""))[:100] if isinstance(origin, dict) else ""
        if levels[0] == "device":
            _device(config, payload.topic, found)
        else:
            _component(levels[0], config, payload.topic, levels[-1], payload.topic, found)
    except ProtocolError as error:
        found.problems.append(error)
    return found


def _device(config: dict[str, Any], topic: str, found: Found) -> None:
    components = config.get("components")
    if not isinstance(components, dict) or not isinstance(config.get("device"), dict):
        raise ProtocolError("a device without components", place=topic, remedy="give device and components")
    if len(components) > MAX_COMPONENTS:
        raise ProtocolError(f"{len(components)} components", place=topic, remedy=f"a device may have {MAX_COMPONENTS}")
    shared = {key: value for key, value in config.items() if key not in ("components", "migrate_discovery")}
    for name, part in components.items():
        place = f"{topic}#{str(name)[:60]}"
        if not isinstance(part, dict):
            found.problems.append(ProtocolError("not a JSON object", place=place, remedy="describe the component"))
            continue
        long = expand({"~": config["~"], **part} if "~" in config else part)
        platform = long.get("platform")
        if len(long.keys() - {"platform", "~"}) == 0:
            continue  # a component with nothing but its platform is removed
        if not isinstance(platform, str):
            found.problems.append(ProtocolError("no platform", place=place, remedy="name the component's platform"))
            continue
        _component(platform, {**shared, **long}, f"{topic}#{name}", str(name), place, found)


def _component(component: str, config: dict[str, Any], key: str, object_id: str, place: str, found: Found) -> None:
    if component in OTHERS:
        return
    if component not in COMPONENTS:
        found.problems.append(
            ProtocolError(f"unknown component {component[:40]!r}", place=place, remedy=", ".join(COMPONENTS))
        )
        return
    kind, read = COMPONENTS[component]
    try:
        draft = Draft(Fields(config, place), kind, key, object_id)
        entity = draft.finish(off_delay_s=read(draft) or 0.0)
    except ProtocolError as error:
        found.problems.append(error)
        return
    if entity is not None:
        found.entities.append(entity)
