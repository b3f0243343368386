"""`hearth say TEXT`: what would have happened had it been heard."""

import asyncio

import click

from hub.cli import beside as hub_beside
from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.cli.report import TOLD, json_line, readable_line
from hub.core.events import CommandFailed, Event, NotUnderstood
from hub.core.paths import HomePaths


@click.command()
@click.argument("text")
@click.option("--area", default="", help="The area where it is said.")
@click.option("--person", default="", help="Who says it.")
@home_option
@json_option
def say(text: str, area: str, person: str, config: str | None, as_json: bool) -> int:
    """Text through the dialogue, as if it had been heard. Exits with 1 when it was not understood or not done."""
    log_to_stderr()
    with chosen_home(config) as paths:
        return asyncio.run(_say(paths, text, area, person, as_json))


async def _say(paths: HomePaths, text: str, area: str, person: str, as_json: bool) -> int:
    from rich.console import Console

    from hub.app import Parts, running_hub

    console, failed = Console(highlight=False), list[str]()

    def tell(event: Event) -> None:
        if isinstance(event, NotUnderstood):
            failed.append(f"{event.reason.replace('_', ' ')}: {event.text}")
        elif isinstance(event, CommandFailed):
            failed.append(f"{event.entity}: {event.reason}")
        if as_json:
            emit(json_line(event))
        else:
            console.print(readable_line(event))

    beside = hub_beside.running_hub(paths)
    if beside is not None:
        await hub_beside.say(
            beside, text, area=area, person=person, tell=lambda e: tell(e) if isinstance(e, TOLD) else None
        )
        return failure("; ".join(failed)) if failed else 0
    async with running_hub(paths, Parts.TEXT) as hub:
        hub.bus.subscribe(TOLD, tell)
        await hub.say(text, area=area, person=person, channel="cli")
    return failure("; ".join(failed)) if failed else 0
