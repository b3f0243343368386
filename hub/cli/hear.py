"""`hearth hear FILE...`: sound files through the real voice path, faster than real time."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.file_by_file import file_by_file
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.report import TOLD, json_line, readable_line
from hub.core.events import Event
from hub.core.paths import HomePaths
from hub.core.settings import Settings, WakeWordSettings


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--no-wake", is_flag=True, help="Take all speech as spoken to the hub.")
@click.option("--wake-word", "words", multiple=True, help="Listen for this word instead of the settings'; repeatable.")
@click.option("--area", default="", help="The area where it is heard.")
@click.option("--recognizer", default="", help="auto, grammar or whisper:NAME.")
@home_option
@json_option
def hear(
    files: tuple[Path, ...],
    no_wake: bool,
    words: tuple[str, ...],
    area: str,
    recognizer: str,
    config: str | None,
    as_json: bool,
) -> int:
    """Run audio FILES (wav, flac, mp3, ogg) through wake word, speech, dialogue and devices.

    Exits with 1 when a file could not be read; what is not understood is told, and is no failure.
    """
    log_to_stderr()

    def change(settings: Settings) -> Settings:
        wake = tuple(WakeWordSettings(model=word) for word in words) or settings.wake
        voice = msgspec.structs.replace(settings.voice, recognizer=recognizer or settings.voice.recognizer)
        return msgspec.structs.replace(settings, wake=wake, voice=voice)

    with chosen_home(config) as paths:
        return asyncio.run(_hear(paths, files, area, no_wake, change, as_json))


async def _hear(
    paths: HomePaths,
    files: tuple[Path, ...],
    area: str,
    no_wake: bool,
    change: Callable[[Settings], Settings],
    as_json: bool,
) -> int:
    from rich.console import Console

    from hub.app import Parts, running_hub
    from hub.cli.hearing import hear_file

    console = Console(highlight=False)

    def tell(event: Event) -> None:
        if as_json:
            emit(json_line(event))
        else:
            console.print(readable_line(event))

    def cost(end: dict[str, Any]) -> str:
        return f"{end['audio_s']:.1f} s of sound in {end['wall_s']:.1f} s"

    async with running_hub(paths, Parts.VOICE, settings=change) as hub:
        hub.bus.subscribe(TOLD, tell)
        work = partial(hear_file, hub, area=area, wake=not no_wake)
        return await file_by_file(files, work, cost, console, as_json=as_json)
