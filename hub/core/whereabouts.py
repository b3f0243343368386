"""Where people are, as the state table keeps it: under `area.<id>` for an area, `person.<id>` for a person.

An area's `Presence` says whether somebody is there (None: nothing tells), its `Measure` how many. A person's `Presence`
says whether they are at home (None: nothing tells), their `Text` the area they are in ("": not known). Neither is an
entity: nobody can command them.
"""

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from hub.core.states import StateTable  # which plugins, in processes of their own, do without

AREA: Final = "area."
PERSON: Final = "person."


class InUse(Struct, frozen=True):
    """Whether an area is in use and by how many; both None where nothing tells."""

    somebody: bool | None = None
    people: int | None = None


class Located(Struct, frozen=True):
    """Whether a person is at home (None: nothing tells), and in which area ("": not known)."""

    home: bool | None = None
    area: str = ""


class Whereabouts(Struct, frozen=True):
    """The areas that something tells of, all people of the home by their ids, and how they are called."""

    areas: dict[str, InUse] = field(default_factory=dict)
    people: dict[str, Located] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def in_use(states: "StateTable", area: str) -> InUse:
    """What is known of an area."""
    somebody, people = states.value(AREA + area, "Presence"), states.value(AREA + area, "Measure")
    if not isinstance(somebody, bool):
        return InUse()
    return InUse(somebody, people if isinstance(people, int) else int(somebody))


def located(states: "StateTable", person: str) -> Located:
    """What is known of a person."""
    home, area = states.value(PERSON + person, "Presence"), states.value(PERSON + person, "Text")
    return Located(home if isinstance(home, bool) else None, area if isinstance(area, str) else "")
