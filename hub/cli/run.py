"""`hearth run`: the hub."""

import asyncio
import signal
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import click
import msgspec

from hub.cli.beside_run import audit_lines, findings, pull_models
from hub.cli.choose_home import chosen_home, finish_restore, home_option
from hub.cli.open_store import without_hub
from hub.cli.output import log_to_stderr
from hub.core.errors import HearthError
from hub.core.log_ring import LogRing
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from hub.web.server import WebServer

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port instead of the settings'; 0 finds one.")
@click.option("--deaf", is_flag=True, help="Without ears: no microphone, no models; text and the page work.")
@home_option
def run(port: int | None, deaf: bool, config: str | None) -> None:
    """Start the hub and print its address; Ctrl-C or SIGTERM stops it cleanly."""
    for number in _STOPS:
        signal.signal(number, _stop_at_once)  # until the loop attends to both
    ring = LogRing()
    log_to_stderr("info", ring)
    with chosen_home(config, make=True) as paths:
        asyncio.run(_run(_Wanted(paths, port, deaf, ring)))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends now anyway, and well


def _stop_at_once(_number: int, _frame: object) -> None:
    for number in _STOPS:  # once: a second one must not cut the cleaning up short
        signal.signal(number, signal.SIG_IGN)
    # Not KeyboardInterrupt: Python takes one that passes through an `exec` (imports do that) for unhandled ever after,
    # and kills itself at its end though it was handled.
    sys.exit(130)


@dataclass
class _Wanted:
    """Which hub is to run, and what it keeps when it begins anew."""

    paths: HomePaths
    port: int | None
    deaf: bool
    ring: LogRing
    again: asyncio.Event = field(default_factory=asyncio.Event)
    found_port: int = 0
    """Where the settings leave the choice, the port of the run before: pages that are open come back to it."""
    said: str = ""

    def change(self, settings: Settings) -> Settings:
        """The settings as the command's options, and the run before, have them."""
        port = settings.web.port if self.port is None else self.port
        return msgspec.structs.replace(
            settings, web=msgspec.structs.replace(settings.web, port=port or self.found_port)
        )

    def greet(self, line: str) -> None:
        """Print where the hub is, unless the run before has said the same."""
        if line != self.said:
            click.echo(line)
        self.said = line


async def _run(wanted: _Wanted) -> None:
    stopped = asyncio.Event()
    runs: list[asyncio.Task[None]] = []

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            for task in runs:
                task.cancel()

    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await _finish_purge(wanted.paths)
    while not stopped.is_set():
        runs[:] = [asyncio.create_task(_serve(wanted), name="hub")]
        try:
            await runs[0]
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise
        else:
            click.echo("the hub starts again", err=True)
            await asyncio.to_thread(finish_restore, wanted.paths)
            await _finish_purge(wanted.paths)
    click.echo("stopped", err=True)


async def _finish_purge(paths: HomePaths) -> None:
    """Delete what the household asked to have deleted, now that no hub runs over it; else with the next start."""
    from hub.core.settings_file import load_settings
    from hub.learning.purge_home import is_asked, purge_asked

    if not is_asked(paths):
        return
    try:
        with without_hub(paths):
            await purge_asked(paths, load_settings(paths.settings).settings.store.url)
    except HearthError as error:
        click.echo(f"hearth: what was to be deleted is not yet: {error}", err=True)


async def _serve(wanted: _Wanted) -> None:
    """Run the hub until cancelled, be it while it still starts; or until it is to begin anew."""
    from hub.app import Parts, running_hub

    wanted.again.clear()
    parts = Parts.ALL & ~Parts.EARS if wanted.deaf else Parts.ALL
    async with running_hub(wanted.paths, parts, settings=wanted.change) as hub:
        log_to_stderr(hub.settings.log_level, wanted.ring)
        assert hub.web is not None
        wanted.found_port = hub.web.port
        _hand_over(wanted, hub.web)
        wanted.greet(f"{hub.settings.home.name} is at {hub.web.url}")
        view = hub.home.view()
        if not view.areas and not view.entities:
            click.echo("There is nothing in it yet: open that page, and it leads you through.")
        if hub.web.setup_code:
            click.echo(f"The code to make the owner with, from any device: {hub.web.setup_code}")
        click.echo("Ctrl-C stops it.", err=True)
        sys.stdout.flush()
        await wanted.again.wait()


def _hand_over(wanted: _Wanted, server: "WebServer") -> None:
    """What the page may have done that only `hearth run` can do."""
    rooms = server.rooms
    rooms.restart = partial(_begin_anew, wanted, server)
    rooms.audit = partial(audit_lines, wanted.paths)
    rooms.doctor = partial(findings, wanted.paths)
    rooms.mends = {"models": partial(pull_models, wanted.paths), "certificate": server.renew_certificate}
    rooms.log = wanted.ring.lines


async def _begin_anew(wanted: _Wanted, server: "WebServer") -> None:
    """Have `_serve` return. Raises `SettingsError` where the hub would not come up with its settings as they are."""
    from hub.cli.in_force import settings_in_force
    from hub.core.settings_file import load_settings

    loaded = await asyncio.to_thread(load_settings, wanted.paths.settings)
    server.check(wanted.change((await settings_in_force(loaded, wanted.paths)).settings).web)
    wanted.again.set()
