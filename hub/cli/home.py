"""`hearth home`: what there is, how it stands, why; and whether a hearth.toml is sound."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from hub.cli import beside
from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.core.errors import CommandError, ConfirmationRequiredError, UsageError
from hub.core.paths import HomePaths
from hub.core.traits import TraitConfig

if TYPE_CHECKING:
    from hub.app import Hub


@click.group(invoke_without_command=True)
@click.option("--areas", is_flag=True, help="List the areas and whether they are in use, instead of the entities.")
@home_option
@json_option
@click.pass_context
def home(ctx: click.Context, areas: bool, config: str | None, as_json: bool) -> None:
    """Areas, entities and states. Without a subcommand: list them."""
    log_to_stderr("error")
    if config is not None:
        ctx.find_root().obj = config
    if ctx.invoked_subcommand is not None:
        return
    with chosen_home(config) as paths:
        running = beside.running_hub(paths)
    if running is not None and not areas:
        from hub.cli.home_list import list_beside

        list_beside(running, as_json)
        return
    _with_hub(config, lambda hub: _list_areas(hub, as_json) if areas else _list(hub, as_json))


async def _list(hub: "Hub", as_json: bool) -> None:
    from hub.cli.home_list import lines_of, show

    show(*lines_of(hub), as_json=as_json)


async def _list_areas(hub: "Hub", as_json: bool) -> None:
    """The areas as the hub that runs last wrote them down: whether somebody is there is worked out by that one."""
    from rich.console import Console
    from rich.markup import escape

    from hub.core.whereabouts import in_use

    console = Console(highlight=False)
    for area in hub.home.view().areas.values():
        known = in_use(hub.states, area.id)
        if as_json:
            line = {"area": area.id, "name": area.name, "floor": area.floor}
            emit({**line, "presence": known.somebody, "people": known.people})
            continue
        words = "-" if known.somebody is None else f"in use by {known.people}" if known.somebody else "nobody there"
        console.print(f"  {area.id:<24} {escape(area.name):<24} {words}")


@home.command("set")
@click.argument("entity")
@click.argument("value")
@click.option("--trait", default="", help="Which trait; found from the value when there is one choice.")
@click.option("--yes", is_flag=True, help="Also do what asks for a confirmation.")
@home_option
@json_option
def set_value(entity: str, value: str, trait: str, yes: bool, config: str | None, as_json: bool) -> None:
    """Set a trait of ENTITY: `hearth home set light.kitchen on`, `... 40%`, `... red`."""
    from hub.core.commands import Command

    async def send(hub: "Hub") -> None:
        chosen = trait or _fitting_trait(entity, hub.home.entity(entity).traits, value)
        command = Command(entity=entity, trait=chosen, value=value, channel="cli", confirmed=yes)
        result = await hub.dispatcher.send(command)
        if as_json:
            line = {"entity": entity, "trait": result.trait, "value": result.value, "ok": result.ok}
            emit({"event": "command", **line, **({} if result.ok else {"code": result.code, "reason": result.reason})})
        if not result.ok:
            raise CommandError(result.reason or result.code, place=entity)
        if not as_json:
            click.echo(f"{entity} {result.trait} = {result.value}")

    async def send_beside(running: beside.RunningHub) -> None:
        about = await beside.entity(running, entity)
        traits = {name: msgspec.convert(about["config"].get(name, {}), TraitConfig) for name in about["traits"]}
        chosen = trait or _fitting_trait(entity, traits, value)
        done = await beside.command(running, entity, chosen, value, confirmed=yes)
        line = {"entity": entity, "trait": done["trait"], "value": done["value"], "ok": True}
        emit({"event": "command", **line}) if as_json else click.echo(f"{entity} {done['trait']} = {done['value']}")

    try:
        with chosen_home(config) as paths:
            running = beside.running_hub(paths)
            if running is not None:
                return asyncio.run(send_beside(running))
        _with_hub(config, send)
    except ConfirmationRequiredError as error:
        remedy = "this is risky; add --yes if you mean it"
        raise ConfirmationRequiredError(error.message, place=entity, remedy=remedy) from error


def _fitting_trait(entity: str, traits: Mapping[str, TraitConfig], value: str) -> str:
    """The first trait of the entity that takes this value."""
    from hub.core.errors import ValueRefusedError
    from hub.core.traits import TRAITS, parse_value

    for trait, config in traits.items():
        if not TRAITS[trait].commands:
            continue
        try:
            parse_value(trait, value, config)
        except ValueRefusedError:
            continue
        return trait
    takes = ", ".join(f"{t} ({TRAITS[t].commands})" for t in traits if TRAITS[t].commands)
    remedy = f"it takes {takes}" if takes else "it can only be read"
    raise UsageError(f"{entity} cannot become {value!r}", remedy=remedy)


@home.command()
@click.argument("entity")
@home_option
@json_option
def why(entity: str, config: str | None, as_json: bool) -> None:
    """Tell what led to ENTITY being as it is."""

    async def tell(hub: "Hub") -> None:
        story = await hub.why.why(entity)
        if as_json:
            emit(story)
        else:
            click.echo(story.text)

    _with_hub(config, tell)


@home.command()
@click.argument("directory", type=click.Path(exists=True, path_type=Path))
@json_option
def check(directory: Path, as_json: bool) -> int:
    """Check DIRECTORY/hearth.toml: every mistake with its line and what to do. Exits with 1 when there is one."""
    from hub.core.settings_file import load_settings
    from hub.home.scenes import Scenes

    path = directory if directory.is_file() else directory / "hearth.toml"
    if not path.is_file():
        raise UsageError(f"there is no {path}", remedy="give the directory that holds hearth.toml")
    loaded = load_settings(path)
    lines = [{"problem": p.message, "place": p.place, "remedy": p.remedy} for p in loaded.problems]
    known = {e.id for e in loaded.settings.entity}
    for entity in loaded.settings.entity:
        for effect in Scenes(loaded.settings).effects(entity.id):
            if effect.entity not in known:
                text = f"{entity.id} acts on {effect.entity}, which hearth.toml does not have"
                lines.append({"problem": text, "place": str(path), "remedy": "correct the id or remove the line"})
    for line in lines:
        emit(line) if as_json else click.echo(f"{line['place']}: {line['problem']} ({line['remedy']})", err=True)
    if not lines and not as_json:
        click.echo(f"{path}: {len(loaded.settings.area)} areas, {len(known)} entities, nothing wrong")
    if lines and as_json:
        return failure(f"{path} has mistakes: {len(lines)}")
    return int(bool(lines))


@home.command()
@home_option
def export(config: str | None) -> None:
    """Write the home as it stands, what was found and added included, as a hearth.toml on stdout."""

    async def write(hub: "Hub") -> None:
        from hub.home.export import as_toml

        added = [(wanted.id, wanted.config) for wanted in hub.devices.added()]
        settings = msgspec.structs.replace(hub.settings, satellite=tuple(hub.satellites.wanted()))
        click.echo(as_toml(hub.home.view(), settings, added), nl=False)

    _with_hub(config, write)


def _with_hub(config: str | None, work: "Callable[[Hub], Awaitable[Any]]") -> None:
    async def run(paths: HomePaths) -> None:
        from hub.app import Parts, running_hub

        async with running_hub(paths, Parts.HOME) as hub:
            await work(hub)

    with chosen_home(config) as paths:
        asyncio.run(run(paths))
