"""What `hearth home` lists: of the hub that runs, else as the store has it."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hub.cli import beside
from hub.cli.output import emit

if TYPE_CHECKING:
    from hub.app import Hub


class Line(Struct, frozen=True, kw_only=True):
    """An entity as it is listed; `hub` is what people call the hub that it is on, empty for this one."""

    entity: str
    name: str
    kind: str
    area: str
    traits: dict[str, Any]
    available: bool
    hub: str = ""


def lines_of(hub: "Hub") -> tuple[list[Line], dict[str, str]]:
    """The entities of a hub that this command started, and the names of its areas."""
    view = hub.home.view()
    lines = []
    for entity in view.entities.values():
        known = {trait: state.value for trait, state in hub.states.get(entity.id).items()}
        lines.append(
            Line(
                entity=entity.id,
                name=entity.name,
                kind=entity.kind,
                area=entity.area,
                traits={trait: known.get(trait) for trait in entity.traits},
                available=hub.states.available(entity.id),
            )
        )
    return lines, {area.id: area.name for area in view.areas.values()}


async def lines_beside(hub: beside.RunningHub) -> tuple[list[Line], dict[str, str]]:
    """The same, of a hub that runs, with what is on other hubs of the home."""
    home = await beside.get(hub, "api/v1/home")
    hubs: dict[str, str] = {}
    if any(entity["hub"] for entity in home["entities"]):
        hubs = {peer["peer"]: peer["name"] for peer in (await beside.get(hub, "api/v1/peers"))["peers"]}
    lines = [
        Line(
            entity=e["entity"],
            name=e["name"],
            kind=e["kind"],
            area=e["area"],
            traits=e["traits"],
            available=e["available"],
            hub=hubs.get(e["hub"], e["hub"][:8]),
        )
        for e in home["entities"]
    ]
    return lines, {area["id"]: area["name"] for area in home["areas"]}


def list_beside(hub: beside.RunningHub, as_json: bool) -> None:
    """List the home of a hub that runs."""
    show(*asyncio.run(lines_beside(hub)), as_json=as_json)


def show(lines: Iterable[Line], areas: dict[str, str], *, as_json: bool) -> None:
    """Print them, by area."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    shown: str | None = None
    found = sorted(lines, key=lambda one: (one.area, one.entity))
    if not found and not as_json:
        console.print(
            "There is nothing in it yet: the page of `hearth run` leads you through, or write a hearth.toml.",
            soft_wrap=True,
        )
    for line in found:
        if as_json:
            emit(line)
            continue
        if line.area != shown:
            shown = line.area
            console.print(f"\n[bold]{escape(areas.get(line.area, 'everywhere'))}[/]")
        values = ", ".join(f"{trait} {value}" for trait, value in line.traits.items() if value is not None) or "-"
        away = "" if line.available else "[red]away[/] "
        on = f"  [dim]on {escape(line.hub)}[/]" if line.hub else ""
        console.print(f"  {line.entity:<32} {escape(line.name):<24} {away}{escape(values)}{on}")
