"""Placing: what a thing of another hub is called here, so that nothing that is called alike is lost.

Ids: a thing keeps its own id where nothing has it. Otherwise this hub's own keeps it, and of other hubs' things that of
the hub whose id sorts first; the rest get the beginning of their hub's id: `light.kitchen_7f3a09`. That depends on
nothing but which things there are, so a thing with a suffix has the same one on every hub, whoever came first. What a
duty brings keeps the id that it had on this hub; its suffix is the integration's name.

Names: of two things in one area that are called alike, the other hub's is called by the hub's name too: "attic lamp".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

Thing = tuple[str, str]
"""A hub, and its own id of the thing; or a duty that brings it, and the id that it has there."""
_TAG: Final = 6
_LONGEST: Final = 120


def ids(
    things: Iterable[Thing], taken: Callable[[str], bool], kept: Mapping[Thing, str] = MappingProxyType({})
) -> dict[Thing, str]:
    """An id for each thing, given which ids things of this hub have (`taken`), and which some had and keep."""
    found: dict[Thing, str] = {}
    used: set[str] = set(kept.values())  # also of what is away: it comes back
    for entity, thing in {kept[thing]: thing for thing in sorted(things) if thing in kept}.items():
        found[thing] = entity
    second: list[Thing] = []
    for hub, local in sorted(set(things) - found.keys()):
        if taken(local) or local in used:
            second.append((hub, local))
        else:
            found[hub, local] = local
            used.add(local)
    for hub, local in second:
        found[hub, local] = chosen = _suffixed(hub, local, lambda wanted: taken(wanted) or wanted in used)
        used.add(chosen)
    return found


def _suffixed(hub: str, local: str, used: Callable[[str], bool]) -> str:
    tag, shortest = re.sub(r"[^a-z0-9]", "", hub.lower()) or "hub", _TAG
    if ":" in hub:
        _, integration, rest = (*hub.split(":", 2), "", "")[:3]
        tag, shortest = f"{integration}_{rest}".strip("_"), len(integration)
    kind, _, rest = local.partition(".")
    for length in range(shortest, len(tag) + _TAG):
        end = f"_{tag[:length]}"
        wanted = f"{kind}.{rest[: _LONGEST - len(end)]}{end}"
        if not used(wanted):
            return wanted
    number = 2
    while used(wanted := f"{kind}.{rest[: _LONGEST - 12]}_{tag[:_TAG]}_{number}"):
        number += 1
    return wanted


def names(
    things: Mapping[Thing, tuple[str, str]], own: Iterable[tuple[str, str]], hub_name: Callable[[str], str]
) -> dict[Thing, str]:
    """A name for each thing, given its area and its own name; `own` are areas and names of this hub's things."""
    used = {(area, name.casefold()) for area, name in own}
    found: dict[Thing, str] = {}
    for thing, (area, name) in sorted(things.items()):
        said = name if (area, name.casefold()) not in used else f"{hub_name(thing[0])} {name}"[:_LONGEST]
        used.add((area, said.casefold()))
        found[thing] = said
    return found
