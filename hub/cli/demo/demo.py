"""`hearth demo`: the demo home plays its story, from recorded sound and drawn films to switched devices."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from hub.cli.choose_home import chosen_home
from hub.cli.demo.story import Clip, story, story_camera, unmet
from hub.cli.doctor.seeing_checks import missing_parts
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.cli.report import SEEN, TOLD, json_line, readable_line
from hub.core.events import CommandDone, Event, GestureMade, PresenceChanged
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from hub.app import Hub
    from hub.cli.demo.together import Scene
    from hub.satellites.viewer import Viewer

_CALLED: Final = "clips/01_light_on.flac"
_ACTED_S: Final = 5.0
"""How long what a gesture sets off may take."""


@click.command()
@click.option("--real-time", is_flag=True, help="Play the sound at the speed of life.")
@json_option
def demo(real_time: bool, as_json: bool) -> int:
    """Run the demo home and let it hear and see its own recordings; tells what happened and what each stage took.

    Exits with 1 when something did not come out as the story says.
    """
    log_to_stderr("error")
    with chosen_home("demo") as paths:
        return asyncio.run(_demo(paths, real_time, as_json))


async def _demo(paths: HomePaths, real_time: bool, as_json: bool) -> int:
    from rich.console import Console

    console = Console(highlight=False)
    blind = missing_parts()
    folder, clips = story()
    if not as_json:
        console.print(f"Starting the demo home and its {'ears' if blind else 'ears and eyes'}...")
    if blind:
        click.echo(f"hearth: the scenes with a camera are left out: {blind[0]} ({blind[1]})", err=True)
        clips = [clip for clip in clips if not clip.shown]
    wrong: list[str] = []
    scenes = len(clips)
    async with _playing(paths, folder, eyes=blind is None, real_time=real_time) as player:
        for clip in clips:
            if as_json:
                emit({"event": "clip", "id": clip.id, "text": clip.text, "area": clip.area})
            else:
                console.print(_heading(clip))
            told = _json if as_json else lambda event: console.print(readable_line(event))
            end, missing = await player.play(clip, told)
            if missing:
                wrong.append(clip.id)
            if as_json:
                emit({**end, "as_told": not missing})
                continue
            stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in end["stages_ms"].items())
            console.print(f"          [dim]{stages}[/]" + "".join(f"\n          [red]{m}[/]" for m in missing))
    async for scene in _together(folder):
        scenes += 1
        if as_json:
            emit(scene)
        else:
            _show_scene(console, scene)
        wrong += [] if scene.as_told else [scene.id]
    if not as_json:
        console.print(f"\n{scenes - len(wrong)} of {scenes} went as the story says.")
    return failure(f"not as the story says: {', '.join(wrong)}") if wrong else 0


async def _together(folder: Path) -> AsyncIterator["Scene"]:
    from hub.cli.demo.together import together

    with tempfile.TemporaryDirectory(prefix="hearth-demo-") as homes:
        async for scene in together(Path(homes), folder / _CALLED):
            yield scene


def _show_scene(console: "Console", scene: "Scene") -> None:
    from rich.table import Table

    colour = "green" if scene.as_told else "red"
    console.print(f"\n[bold]{scene.about}[/]\n          [{colour}]{scene.told}[/]")
    if scene.rows:
        table = Table(*scene.rows[0])
        for row in scene.rows[1:]:
            table.add_row(*row)
        console.print(table)


def _json(event: Event) -> None:
    line = json_line(event)
    if line is not None:
        emit(line)


def _heading(clip: Clip) -> str:
    wake = "hey jarvis, " if clip.wake else ""
    return f"\n[bold]{clip.about}[/]  [dim]“{wake}{clip.text}” in the {clip.area.replace('_', ' ')}[/]"


class _Player:
    """Plays scenes to a running hub."""

    def __init__(self, hub: "Hub", viewer: "Viewer | None", folder: Path, real_time: bool) -> None:
        self._hub = hub
        self._viewer = viewer
        self._folder = folder
        self._real_time = real_time

    async def play(self, clip: Clip, tell: Callable[[Event], None]) -> tuple[dict[str, Any], list[str]]:
        """What the scene gave as `tell` has it, the `end` line, and what was not as the story says."""
        from hub.cli.hearing import hear_file

        happened: list[Event] = []
        acted = asyncio.Event()

        def told(event: Event) -> None:
            happened.append(event)
            tell(event)
            if len([e for e in happened if isinstance(e, CommandDone)]) >= len(clip.commands):
                acted.set()

        cancel = self._hub.bus.subscribe((*TOLD, *SEEN, GestureMade), told)
        try:
            if clip.film:
                await self._show(clip, clip.film)
            file = self._folder / clip.file
            end = await hear_file(self._hub, file, area=clip.area, listen=not clip.wake, real_time=self._real_time)
            if clip.then:
                await self._show(clip, clip.then)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_ACTED_S):
                        await acted.wait()
        finally:
            cancel()
        return end, unmet(clip, happened)

    async def _show(self, clip: Clip, film: str) -> None:
        """A film before the camera; as after the wake word, the next gesture counts."""
        assert self._viewer is not None

        def told(event: Event, _t: float) -> None:
            if not isinstance(event, PresenceChanged) or event.people:
                self._hub.bus.publish(event)

        await self._viewer.look(self._folder / film, told, area=clip.area, stream="camera.living_room", woken=True)


@asynccontextmanager
async def _playing(paths: HomePaths, folder: Path, *, eyes: bool, real_time: bool) -> AsyncIterator[_Player]:
    from hub.app import Parts, running_hub
    from hub.satellites.viewer import viewer

    def with_camera(settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, camera=(story_camera(),)) if eyes else settings

    parts = Parts.VOICE | Parts.EYES if eyes else Parts.VOICE
    async with running_hub(paths, parts, settings=with_camera) as hub:
        if hub.eyes is None:
            yield _Player(hub, None, folder, real_time)
            return
        async with viewer(hub.eyes, hub.bus) as showing:
            yield _Player(hub, showing, folder, real_time)
