"""`hearth run`: the hub."""

import asyncio
import signal
import sys

import click
import msgspec

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import log_to_stderr
from hub.core.paths import HomePaths
from hub.core.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port instead of the settings'; 0 finds one.")
@home_option
def run(port: int | None, config: str | None) -> None:
    """Start the hub and print its address; Ctrl-C or SIGTERM stops it cleanly."""
    log_to_stderr("info")
    with chosen_home(config) as paths:
        asyncio.run(_run(paths, port))


async def _run(paths: HomePaths, port: int | None) -> None:
    from hub.app import Parts, running_hub

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def change(settings: Settings) -> Settings:
        if port is None:
            return settings
        return msgspec.structs.replace(settings, web=msgspec.structs.replace(settings.web, port=port))

    async with running_hub(paths, Parts.ALL, settings=change) as hub:
        assert hub.web is not None
        click.echo(f"{hub.settings.home.name} is at {hub.web.url}")
        click.echo("Ctrl-C stops it.", err=True)
        sys.stdout.flush()
        await stop.wait()
    click.echo("stopped", err=True)
