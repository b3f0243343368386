"""`hearth see FILE...`: pictures and films through the real eyes, as fast as they look."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.file_by_file import file_by_file
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.cli.report import SEEN, json_line, readable_line
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

    from hub.core.bus import Bus
    from hub.core.settings_file import load_settings
    from hub.inference.store import ModelStore
    from hub.perception.eyes.build import build_eyes
    from hub.satellites.viewer import viewer

    console = Console(highlight=False)
    loaded, bus = load_settings(paths.settings), Bus()
    settings = loaded.settings
    for problem in loaded.problems:
        failure(f"left out: {problem}")

    def tell(event: Event, t: float) -> None:
        if not isinstance(event, SEEN):
            return
        if as_json:
            emit({"t": round(t, 3), **(json_line(event) or {})})
        else:
            console.print(readable_line(event))

    def cost(end: dict[str, Any]) -> str:
        return f"{end['frames']} frames at {end['fps']:.0f} a second"

    eyes = await asyncio.to_thread(build_eyes, settings, ModelStore(), bus)
    await eyes.start()
    try:
        async with viewer(eyes, bus, allow_unsealed=settings.seeing.allow_unsealed) as showing:
            work = partial(showing.look, told=tell, area=area, arm=settings.seeing.arm)
            return await file_by_file(files, work, cost, console, as_json=as_json)
    finally:
        await eyes.stop()
        await bus.close()
