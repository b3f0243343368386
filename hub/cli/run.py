"""`hearth run`: the hub."""

import asyncio
import signal
import sys
from typing import Final

import click
import msgspec

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import log_to_stderr
from hub.core.paths import HomePaths
from hub.core.settings import Settings

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port instead of the settings'; 0 finds one.")
@click.option("--deaf", is_flag=True, help="Without ears: no microphone, no models; text and the page work.")
@home_option
def run(port: int | None, deaf: bool, config: str | None) -> None:
    """Start the hub and print its address; Ctrl-C or SIGTERM stops it cleanly."""
    for number in _STOPS:
        signal.signal(number, _stop_at_once)  # until the loop attends to both
    log_to_stderr("info")
    with chosen_home(config) as paths:
        asyncio.run(_run(paths, port, deaf))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends now anyway, and well


def _stop_at_once(_number: int, _frame: object) -> None:
    for number in _STOPS:  # once: a second one must not cut the cleaning up short
        signal.signal(number, signal.SIG_IGN)
    # Not KeyboardInterrupt: Python takes one that passes through an `exec` (imports do that) for unhandled ever after,
    # and kills itself at its end though it was handled.
    sys.exit(130)


async def _run(paths: HomePaths, port: int | None, deaf: bool) -> None:
    hub = asyncio.create_task(_serve(paths, port, deaf), name="hub")
    asked = asyncio.Event()

    def stop() -> None:
        if not asked.is_set():
            asked.set()
            hub.cancel()

    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await hub
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
    click.echo("stopped", err=True)


async def _serve(paths: HomePaths, port: int | None, deaf: bool) -> None:
    """Run the hub until cancelled, be it while it still starts."""
    from hub.app import Parts, running_hub

    def change(settings: Settings) -> Settings:
        if port is None:
            return settings
        return msgspec.structs.replace(settings, web=msgspec.structs.replace(settings.web, port=port))

    parts = Parts.ALL & ~Parts.EARS if deaf else Parts.ALL
    async with running_hub(paths, parts, settings=change) as hub:
        log_to_stderr(hub.settings.log_level)
        assert hub.web is not None
        click.echo(f"{hub.settings.home.name} is at {hub.web.url}")
        if hub.web.setup_code:
            click.echo(f"The code to make the owner with, from any device: {hub.web.setup_code}")
        click.echo("Ctrl-C stops it.", err=True)
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()  # until cancelled
