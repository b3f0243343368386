"""`hearth demo`: the demo home plays its story, from recorded sound to switched devices."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from hub.cli.choose_home import chosen_home
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.cli.report import TOLD, json_line, readable_line
from hub.core.bundled import bundled
from hub.core.events import CommandDone, CommandFailed, Event, IntentMatched
from hub.core.paths import HomePaths


class Clip(Struct, frozen=True, kw_only=True):
    """One clip of config/demo/story.toml: what is said where, and what must come of it."""

    id: str
    file: str
    voice: str
    text: str
    about: str
    intent: str
    area: str = ""
    wake: bool = True
    more: bool = False
    asks: bool = False
    reply: str = ""
    commands: tuple[dict[str, Any], ...] = ()


def story() -> tuple[Path, list[Clip]]:
    """The folder of the demo home, and its story."""
    folder = bundled("config") / "demo"
    text = (folder / "story.toml").read_text("utf-8")
    return folder, msgspec.convert(tomllib.loads(text)["clip"], list[Clip])


@click.command()
@click.option("--real-time", is_flag=True, help="Play the sound at the speed of life.")
@json_option
def demo(real_time: bool, as_json: bool) -> int:
    """Run the demo home and let it hear its own recordings; tells what happened and what each stage took.

    Exits with 1 when something did not come out as the story says.
    """
    log_to_stderr("error")
    with chosen_home("demo") as paths:
        return asyncio.run(_demo(paths, real_time, as_json))


async def _demo(paths: HomePaths, real_time: bool, as_json: bool) -> int:
    from rich.console import Console

    from hub.app import Parts, running_hub
    from hub.cli.hearing import hear_file

    console, wrong = Console(highlight=False), []
    heard: list[Event] = []

    def tell(event: Event) -> None:
        heard.append(event)
        if as_json:
            emit(json_line(event))
        else:
            console.print(readable_line(event))

    folder, clips = story()
    if not as_json:
        console.print("Starting the demo home and its ears...")
    async with running_hub(paths, Parts.VOICE) as hub:
        hub.bus.subscribe(TOLD, tell)
        for clip in clips:
            heard.clear()
            if as_json:
                emit({"event": "clip", "id": clip.id, "text": clip.text, "area": clip.area})
            else:
                wake = "hey jarvis, " if clip.wake else ""
                console.print(
                    f"\n[bold]{clip.about}[/]  [dim]“{wake}{clip.text}” in the {clip.area.replace('_', ' ')}[/]"
                )
            end = await hear_file(hub, folder / clip.file, area=clip.area, listen=not clip.wake, real_time=real_time)
            missing = unmet(clip, heard)
            if missing:
                wrong.append(clip.id)
            if as_json:
                emit({**end, "as_told": not missing})
                continue
            stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in end["stages_ms"].items())
            console.print(f"          [dim]{stages}[/]" + "".join(f"\n          [red]{m}[/]" for m in missing))
    if not as_json:
        console.print(f"\n{len(clips) - len(wrong)} of {len(clips)} went as the story says.")
    return failure(f"not as the story says: {', '.join(wrong)}") if wrong else 0


def unmet(clip: Clip, heard: list[Event]) -> list[str]:
    """What the story says of `clip` and did not happen, or happened beside it."""
    missing = []
    if not any(isinstance(e, IntentMatched) and e.name == clip.intent for e in heard):
        missing.append(f"not understood as {clip.intent}")
    done = [(e.entity, e.trait, e.value) for e in heard if isinstance(e, CommandDone)]
    wanted = [(c["entity"], c["trait"], c["value"]) for c in clip.commands]
    missing += [
        f"{entity} {trait} did not become {value}"
        for entity, trait, value in wanted
        if (entity, trait, value) not in done
    ]
    if not clip.more:
        missing += [
            f"{entity} {trait} became {value}" for entity, trait, value in done if (entity, trait, value) not in wanted
        ]
    missing += [f"{e.entity}: {e.reason}" for e in heard if isinstance(e, CommandFailed)]
    return missing
