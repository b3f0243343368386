"""What the household said of an entity in the app, kept in the store; hearth.toml still wins over it."""

from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from hub.core.entities import Entity
from hub.core.errors import ValueRefusedError

MAX_NAME: Final = 120
MOST_ALIASES: Final = 20


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

    def applied(self, entity: Entity) -> Entity:
        """The entity as the household speaks of it."""
        said = {k: v for k in ("name", "aliases", "area", "exposed") if (v := getattr(self, k)) is not None}
        return msgspec.structs.replace(entity, **said)


def check_names(entity: Entity) -> None:
    """Raise `ValueRefusedError` when an entity's names are empty, too long or too many."""
    names = (entity.name, *entity.aliases, *(n for found in entity.names.values() for n in found))
    if not entity.name.strip() or any(len(n) > MAX_NAME or any(ord(c) < 32 for c in n) for n in names):
        raise ValueRefusedError(
            f"a name of {entity.id} is empty, longer than {MAX_NAME} characters or has control characters",
            remedy="give it a name that people would say",
        )
    if len(entity.aliases) > MOST_ALIASES:
        raise ValueRefusedError(f"{entity.id} has more than {MOST_ALIASES} aliases", remedy="keep the ones people say")
