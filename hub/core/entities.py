"""Entities: the things of a home that have state, and how people call them."""

import re
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct, field

from hub.core.errors import ValueRefusedError
from hub.core.traits import TRAITS, TraitConfig

Kind = Literal[
    "light", "switch", "cover", "climate", "fan", "lock", "media_player", "vacuum", "camera", "sensor",
    "binary_sensor", "scene", "timer", "button", "number", "select", "alarm", "humidifier", "valve", "siren",
]  # fmt: skip
KINDS: Final[tuple[str, ...]] = get_args(Kind)
PEER: Final = "peer:"
"""How the owner of another hub's entity begins; that hub's id follows."""
BROWSER: Final = "browser"
"""The device class of the one camera that stands for those of all browsers: a permission, and no thing that one has."""
_ID = re.compile(r"^([a-z_]+)\.([a-z0-9_]{1,120})$")


def split_id(entity: str) -> tuple[str, str]:
    """`light.kitchen` as `("light", "kitchen")`; raises `ValueRefusedError` when it is no entity id."""
    match = _ID.match(entity)
    if match is None or match[1] not in KINDS:
        raise ValueRefusedError(
            f"{entity[:80]!r} is not an entity id",
            remedy=f"write kind.name in small letters, the kind one of {', '.join(KINDS)}",
        )
    return match[1], match[2]


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something with state, such as `light.kitchen`.

    `traits` says what it can do; `names` holds names in other languages (`{"de": ("Küchenlicht",)}`); `exposed` is
    the household's word on voice and gesture (None: the rule for its kind decides); `owner` is the integration
    that speaks for it, `device` the physical thing that it is part of.
    """

    id: str
    name: str
    area: str = ""
    aliases: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: dict[str, TraitConfig] = field(default_factory=dict)
    exposed: bool | None = None
    device_class: str = ""  # garage, door, blind, outlet... as far as the integration knows
    owner: str = ""
    device: str = ""

    def __post_init__(self) -> None:
        split_id(self.id)
        for trait in self.traits:
            if trait not in TRAITS:
                raise ValueRefusedError(f"{self.id} has unknown trait {trait!r}", remedy=f"use {', '.join(TRAITS)}")

    @property
    def kind(self) -> str:
        """How people speak of it: light, switch, cover..."""
        return self.id.partition(".")[0]

    def spoken_names(self, language: str = "") -> tuple[str, ...]:
        """Every name it answers to in `language`, the main one first."""
        return (self.name, *self.aliases, *self.names.get(language, ()))


class Area(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room or another place of the home."""

    id: Annotated[str, Meta(description="how the rest of hearth.toml calls it")]
    name: Annotated[str, Meta(description="what people say")]
    floor: Annotated[str, Meta(description='its floor, such as `upstairs`: "everything upstairs"')] = ""
    aliases: Annotated[tuple[str, ...], Meta(description="other names that people say")] = ()
    names: Annotated[dict[str, tuple[str, ...]], Meta(description="names in other languages")] = field(
        default_factory=dict
    )

    def spoken_names(self, language: str = "") -> tuple[str, ...]:
        """Every name it answers to in `language`, the main one first."""
        return (self.name, *self.aliases, *self.names.get(language, ()))

    def answers_to(self, words: str) -> bool:
        """Whether this is its id, or one of its names in any language, whatever the letters' case."""
        names = (self.id, self.name, *self.aliases, *(n for found in self.names.values() for n in found))
        return words.strip().casefold() in {n.casefold() for n in names}


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who lives here."""

    id: Annotated[str, Meta(description="how hearth.toml and the API call them")]
    name: Annotated[str, Meta(description="what people say")]
    aliases: Annotated[tuple[str, ...], Meta(description="other names that people say")] = ()


class HomeView(Struct, frozen=True, kw_only=True):
    """The home as it stands: what grammars, pages and skills read. A new one is made when something changes."""

    name: str = "Home"
    language: str = "en"
    areas: dict[str, Area] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def in_area(self, area: str) -> list[Entity]:
        """The entities of one area."""
        return [e for e in self.entities.values() if e.area == area]

    def floors(self) -> dict[str, list[Area]]:
        """Floor name -> its areas."""
        found: dict[str, list[Area]] = {}
        for area in self.areas.values():
            if area.floor:
                found.setdefault(area.floor, []).append(area)
        return found
