"""The home as a hearth.toml: what the store and the integrations know, in the form that a person edits."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import tomli_w

from hub.core.entities import Entity, HomeView
from hub.core.settings import EntitySettings, MqttSettings, Settings
from hub.home.declared import is_virtual

_HEADER = "# Written by `hearth home export`. What stands here wins over the app; remove what the app may decide.\n\n"


def as_toml(view: HomeView, settings: Settings, added: Iterable[tuple[str, Mapping[str, Any]]] = ()) -> str:
    """`view` as the text of a hearth.toml, with all else that `settings` says.

    Entities of an integration are written without traits: their integration brings those. `added` are the integrations
    that the household added, with their configs, passwords among them as hearth.toml has those too. One that a
    hearth.toml cannot have a second time is named in a comment.
    """
    declared = {e.id: e for e in settings.entity}
    document = _plain(settings)
    document["home"] = {"name": view.name, "language": view.language}
    document["area"] = [_plain(area) for area in view.areas.values()]
    document["person"] = [_plain(person) for person in view.people.values()]
    document["entity"] = [_plain(_entity(e, declared.get(e.id))) for e in view.entities.values()]
    left = _add(document, added)
    return _HEADER + left + tomli_w.dumps({k: v for k, v in document.items() if v not in ([], {})})


def _add(document: dict[str, Any], added: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Write the integrations into the document; a comment of those for which it has no place."""
    left = ""
    brokers = MqttSettings.__struct_fields__
    for integration, config in added:
        if integration == "mqtt":
            broker = {name: value for name, value in _without_none(dict(config)).items() if name in brokers}
            document["mqtt"] = [*document.get("mqtt", []), broker]
            continue
        configs = document.setdefault("plugins", {}).setdefault("config", {})
        if integration in configs:
            left += f"# Not written: a second {integration}, which the app has.\n\n"
        else:
            configs[integration] = _without_none(dict(config))
    return left


def _entity(entity: Entity, declared: EntitySettings | None) -> EntitySettings:
    if declared is not None and is_virtual(declared):
        return declared
    return EntitySettings(
        id=entity.id,
        name=entity.name,
        area=entity.area,
        aliases=entity.aliases,
        names=entity.names,
        exposed=entity.exposed,
        device_class=entity.device_class,
    )


def _plain(value: Any) -> Any:
    """The struct as TOML's types, defaults and None left out."""
    return _without_none(msgspec.to_builtins(value))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_none(v) for v in value]
    return value
