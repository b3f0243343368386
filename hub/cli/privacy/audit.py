"""`hearth privacy audit`: a hub is given a sound and a picture that nobody has, and all that it leaves is searched."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from hub.app import Hub


@click.command()
@click.option("--no-picture", is_flag=True, help="Leave out the picture, and the eyes that would look at it.")
@home_option
@json_option
def audit(no_picture: bool, config: str | None, as_json: bool) -> int:
    """Try whether anything leaves: takes half a minute, and exits with 1 when something does.

    The home's ledger and the age of what it keeps are read. Then a hub with a temporary home hears and sees something
    that is nowhere else, and its files, database, log, events and connections are searched for it.
    """
    with chosen_home(config) as paths:
        wrong = asyncio.run(_audit(paths, as_json, see=not no_picture))
    return failure(f"not as it must be: {', '.join(wrong)}") if wrong else 0


async def _audit(paths: HomePaths, as_json: bool, *, see: bool) -> list[str]:
    from rich.console import Console

    from hub.bench.audit.audit import audit as lines

    wrong = []
    with Console(stderr=True).status("A hub hears and sees what nobody has heard or seen..."):
        async for line in lines(_hub, paths, see=see):
            if not line.ok:
                wrong.append(line.check)
            if as_json:
                emit(line)
            else:
                click.echo(f"{'✓' if line.ok else '✗'} {line.check:<12} {line.detail}")
    return wrong


def _hub(paths: HomePaths, see: bool, change: Callable[[Settings], Settings]) -> "AbstractAsyncContextManager[Hub]":
    from hub.app import Parts, running_hub

    parts = Parts.VOICE | Parts.SATELLITES | Parts.WEB
    return running_hub(paths, parts | Parts.EYES if see else parts, settings=change)
