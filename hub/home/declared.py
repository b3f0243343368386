"""The entities that hearth.toml declares, and the settings that the `virtual` integration gets of them.

An `[[entity]]` with `traits` (or a `scene`) is a virtual entity. One without describes an entity that another
integration brings: its name, aliases, area and exposure win over all else.
"""

from typing import Any, Final

import msgspec

from hub.core.entities import Entity
from hub.core.settings import EntitySettings, Settings
from hub.core.traits import PLAIN_CONFIG, TraitConfig

VIRTUAL: Final = "virtual"
"""The integration that speaks for the entities of hearth.toml."""


def is_virtual(declared: EntitySettings) -> bool:
    """Whether this table defines an entity of its own."""
    return bool(declared.traits or declared.scene)


def trait_configs(declared: EntitySettings) -> dict[str, TraitConfig]:
    """The traits of a virtual entity; a scene can always be pressed."""
    traits = declared.traits if isinstance(declared.traits, dict) else dict.fromkeys(declared.traits, PLAIN_CONFIG)
    return {"Press": PLAIN_CONFIG, **traits} if declared.scene else dict(traits)


def declared_entity(declared: EntitySettings) -> Entity:
    """The entity that a table of hearth.toml defines."""
    return Entity(
        id=declared.id,
        name=declared.name,
        area=declared.area,
        aliases=declared.aliases,
        names=declared.names,
        traits=trait_configs(declared),
        exposed=declared.exposed,
        device_class=declared.device_class,
        owner=VIRTUAL,
    )


def describe(entity: Entity, declared: EntitySettings) -> Entity:
    """`entity` as hearth.toml speaks of it."""
    return msgspec.structs.replace(
        entity,
        name=declared.name,
        aliases=declared.aliases,
        names=declared.names or entity.names,
        area=declared.area or entity.area,
        exposed=entity.exposed if declared.exposed is None else declared.exposed,
        device_class=declared.device_class or entity.device_class,
    )


def virtual_config(settings: Settings) -> dict[str, Any]:
    """The config of the `virtual` integration: every virtual entity with its initial values."""
    entities = [
        {"entity": msgspec.to_builtins(declared_entity(d)), "initial": d.initial}
        for d in settings.entity
        if is_virtual(d)
    ]
    return {"entities": entities}
