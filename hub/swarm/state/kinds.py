"""What may be shared, kind by kind: the shape of each value, and who may write it.

Areas, people, names and settings belong to the household, which speaks through whichever hub it stands before: every
member may write them. A claim to a duty is a hub's own: it counts only when it says the hub that wrote it. So is what a
hub offers to do.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct, field

from hub.core.entities import Area, Person
from hub.core.errors import HearthError, ProtocolError
from hub.swarm.state.cells import Cell, check_form

MOST_OFFERS: Final = 256
Word = Annotated[str, Meta(min_length=1, max_length=120)]
Place = Annotated[str, Meta(max_length=140)]
Id = Annotated[str, Meta(min_length=1, max_length=140)]


class Claim(Struct, frozen=True, kw_only=True):
    """A hub does a duty; the stamp of the cell is its fencing counter."""

    hub: str


class SharedTimer(Struct, frozen=True, kw_only=True):
    """A skill's timer, due at `due` by the clock of the hub `clock_of` (UTC seconds)."""

    skill: Id
    id: Id
    handler: Id
    due: float
    clock_of: str
    arguments: dict[str, Any] = field(default_factory=dict)
    area: str = ""
    created: float = 0.0


ENTITY_FIELDS: Final[dict[str, Any]] = {"name": Word, "area": Place, "exposed": bool, "aliased": bool}
"""What the household says of an entity; its aliases are a set of their own."""

SHAPES: Final[dict[str, Any]] = {
    "area": Area,
    "person": Person,
    "alias": Word,
    "setting": Any,
    "timer": SharedTimer,
    "duty": Claim,
    "offers": Annotated[tuple[Id, ...], Meta(max_length=MOST_OFFERS)],
}


def kind_of(key: str) -> str:
    """The kind of a cell: what stands before the first slash."""
    return key.partition("/")[0]


def shape_of(key: str) -> Any:
    """The type of a key's value. Raises `ProtocolError` when there is no such kind."""
    kind, _, rest = key.partition("/")
    shape = ENTITY_FIELDS.get(rest.rpartition("/")[2]) if kind == "entity" else SHAPES.get(kind)
    if shape is None or not rest:
        raise ProtocolError(f"a change of what is not shared ({key[:60]!r})")
    return shape


def decoded(cell: Cell) -> Any:
    """The value as its kind's type. Raises `ProtocolError`."""
    try:
        return msgspec.convert(cell.value, shape_of(cell.key))
    except (msgspec.ValidationError, HearthError) as error:
        raise ProtocolError(f"{cell.key[:60]!r} cannot be {str(error)[:120]}") from error


def check(cell: Cell) -> None:
    """Raise `ProtocolError` unless a hub may have written this cell."""
    check_form(cell)
    shape = shape_of(cell.key)
    if kind_of(cell.key) == "offers" and cell.key != offers_key(cell.stamp.hub):
        raise ProtocolError("a hub says what another offers")
    if cell.gone:
        return
    value = decoded(cell)
    if isinstance(value, Claim) and value.hub != cell.stamp.hub:
        raise ProtocolError("a hub claims a duty for another")
    if shape is Word and not (value.isprintable() and value.strip()):
        raise ProtocolError(f"{cell.key[:60]!r} has a name that cannot be one")
    if isinstance(value, Area | Person) and cell.key != f"{kind_of(cell.key)}/{value.id}":
        raise ProtocolError(f"{cell.key[:60]!r} speaks of another")
    if isinstance(value, Area | Person) and not _speakable(value):
        raise ProtocolError(f"{cell.key[:60]!r} has a name that cannot be one")
    if isinstance(value, SharedTimer) and cell.key != timer_key(value.skill, value.id):
        raise ProtocolError(f"{cell.key[:60]!r} speaks of another")


def timer_key(skill: str, timer: str) -> str:
    """The key of a timer."""
    return f"timer/{skill}/{timer}"


def offers_key(hub: str) -> str:
    """The key of what a hub offers to do."""
    return f"offers/{hub}"


def entity_key(hub: str, local: str, field_: str) -> str:
    """The key of what the household says of an entity."""
    return f"entity/{hub}/{local}/{field_}"


def aliases_key(hub: str, local: str) -> str:
    """The name of the set of an entity's aliases."""
    return f"alias/{hub}/{local}"


def _speakable(value: Area | Person) -> bool:
    foreign = value.names.values() if isinstance(value, Area) else ()
    names = (value.id, value.name, *value.aliases, *(name for names in foreign for name in names))
    return len(names) <= 24 and all(0 < len(name) <= 120 and name.isprintable() for name in names)


def plain(value: Any) -> Any:
    """The value as plain data, in which tuples are lists, as JSON gives them back."""
    return _lists(msgspec.to_builtins(value))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value
