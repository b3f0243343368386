"""`hearth see FILE...`: pictures and films through the real eyes, as fast as they look."""

import asyncio
from pathlib import Path

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.report import SEEN, json_line, readable_line
from hub.core.errors import HearthError
from hub.core.events import Event
from hub.core.paths import HomePaths


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--area", default="", help="The area that is seen.")
@home_option
@json_option
def see(files: tuple[Path, ...], area: str, config: str | None, as_json: bool) -> int:
    """Tell which gestures and how many people pictures and films show. Nothing is acted on.

    Exits with 1 when a file could not be read; a picture that shows nothing is no failure.
    """
    log_to_stderr()
    with chosen_home(config) as paths:
        return asyncio.run(_see(paths, files, area, as_json))


async def _see(paths: HomePaths, files: tuple[Path, ...], area: str, as_json: bool) -> int:
    from rich.console import Console
    from rich.markup import escape

    from hub.core.bus import Bus
    from hub.core.settings_file import load_settings
    from hub.inference.store import ModelStore
    from hub.media.regular_file import readable_name
    from hub.perception.eyes.build import build_eyes
    from hub.satellites.viewer import viewer

    console, failed = Console(highlight=False), False
    loaded, bus = load_settings(paths.settings), Bus()
    settings = loaded.settings
    for problem in loaded.problems:
        click.echo(f"hearth: left out: {' '.join(str(problem).split())}", err=True)

    def tell(event: Event, t: float) -> None:
        if not isinstance(event, SEEN):
            return
        if as_json:
            emit({"t": round(t, 3), **(json_line(event) or {})})
        else:
            console.print(readable_line(event))

    eyes = await asyncio.to_thread(build_eyes, settings, ModelStore(), bus)
    await eyes.start()
    try:
        async with viewer(eyes, bus, allow_unsealed=settings.seeing.allow_unsealed) as showing:
            for file in files:
                if not as_json and len(files) > 1:
                    console.print(f"[bold]{escape(readable_name(file))}[/]")
                try:
                    end = await showing.look(file, tell, area=area, arm=settings.seeing.arm)
                except HearthError as error:
                    failed = True
                    click.echo(f"hearth: {' '.join(str(error).split())}", err=True)
                    continue
                if as_json:
                    emit(end)
                else:
                    stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in end["stages_ms"].items())
                    console.print(f"[dim]{end['frames']} frames at {end['fps']:.0f} a second: {stages}[/]")
    finally:
        await eyes.stop()
        await bus.close()
    return int(failed)
