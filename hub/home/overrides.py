"""What the household said of an entity in the app, kept in the store; hearth.toml still wins over it."""

from typing import Any, Protocol

import msgspec
from msgspec import Struct


class OverrideTable(Protocol):
    """Where overrides are kept: entity id -> fields, as plain JSON values."""

    async def load(self) -> dict[str, dict[str, Any]]:
        """Every entity's override."""
        ...

    async def save(self, entity: str, fields: dict[str, Any]) -> None:
        """Keep the override of one entity (empty: forget it); it is on disk when this returns."""
        ...


class Override(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fields that the household set; None leaves what the integration says.

    `source` (`owner/local id`) pins this id to one integration's entity, so that of two integrations that both bring
    `light.kitchen` the same one keeps the plain id after every restart.
    """

    name: str | None = None
    aliases: tuple[str, ...] | None = None
    area: str | None = None
    exposed: bool | None = None
    source: str = ""

    def says_something(self) -> bool:
        """Whether a person set any of it: the household knows this entity."""
        return any(v is not None for v in (self.name, self.aliases, self.area, self.exposed))

    def fields(self) -> dict[str, Any]:
        """The override as the table keeps it."""
        return {k: v for k, v in msgspec.to_builtins(self).items() if v is not None}
