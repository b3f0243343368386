"""The home as a hearth.toml: what the store and the integrations know, in the form that a person edits."""

from typing import Any

import msgspec
import tomli_w

from hub.core.entities import Entity, HomeView
from hub.core.settings import EntitySettings, Settings
from hub.home.declared import is_virtual

_HEADER = "# Written by `hearth home export`. What stands here wins over the app; remove what the app may decide.\n\n"


def as_toml(view: HomeView, settings: Settings) -> str:
    """`view` as the text of a hearth.toml, with all else that `settings` says.

    Entities of an integration are written without traits: their integration brings those.
    """
    declared = {e.id: e for e in settings.entity}
    document = _plain(settings)
    document["home"] = {"name": view.name, "language": view.language}
    document["area"] = [_plain(area) for area in view.areas.values()]
    document["person"] = [_plain(person) for person in view.people.values()]
    document["entity"] = [_plain(_entity(e, declared.get(e.id))) for e in view.entities.values()]
    return _HEADER + tomli_w.dumps({k: v for k, v in document.items() if v not in ([], {})})


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
