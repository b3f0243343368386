"""Voice and hand together, through real ears and real eyes: a camera that shows drawn films, and a spoken sentence."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.app import Hub, Parts, running_hub
from hub.bench.spoken import spoken
from hub.cli.hearing import hear_file
from hub.core.bundled import bundled
from hub.core.commands import Command
from hub.core.events import CommandDone, GestureMade, HandPointed, Replied, SpeechTranscribed, WakeHeard
from hub.core.paths import HomePaths
from tests.e2e.running import HEARS
from tests.media.sound_files import wav
from tests.until import until

pytestmark = [*HEARS, pytest.mark.eyes, pytest.mark.slow]
FILMS = bundled("config") / "demo" / "films"
LAMPS = {
    "light.kitchen": (-0.05, 0.08),  # left above, as the film points first
    "light.bedroom": (1.05, 0.78),  # right below
    "light.bathroom": (-0.05, 0.79),  # left below
    "light.hallway": (1.05, 0.09),  # right above
}
POINTS_AT_S = (2.3, 5.8, 9.3, 12.8)
"""Seconds of the film in which a finger points at each."""


def home_with_camera(home: Path, film: Path, area: str) -> HomePaths:
    """The demo home with a camera in an area; it sees all lamps."""
    sees = ", ".join(f'"{entity}" = [{x}, {y}]' for entity, (x, y) in LAMPS.items())
    camera = f'\n[[camera]]\nname = "{area} camera"\nsource = "{film}"\narea = "{area}"\nsees = {{ {sees} }}\n'
    settings = home / "hearth.toml"
    settings.write_text(settings.read_text() + camera)
    return HomePaths(home)


async def recorded(folder: Path, text: str) -> Path:
    file = folder / f"{text.replace(' ', '_')}.wav"
    samples = await spoken(f"hey jarvis, {text}", "slt")
    file.write_bytes(wav(samples.tobytes()))
    return file


@asynccontextmanager
async def seeing_hub(paths: HomePaths) -> AsyncIterator[tuple[Hub, list[Any]]]:
    events: list[Any] = []
    async with running_hub(paths, Parts.VOICE | Parts.EYES | Parts.SATELLITES) as hub:
        told = (CommandDone, HandPointed, GestureMade, Replied, SpeechTranscribed, WakeHeard)
        hub.bus.subscribe(told, events.append)
        assert hub.eyes is not None and hub.eyes.sealed
        yield hub, events


async def switch(hub: Hub, on: bool, camera: str = "camera.living_room") -> None:
    result = await hub.dispatcher.send(Command(entity=camera, trait="OnOff", value=on, channel="cli"))
    assert result.ok, result.reason


async def test_turn_that_on_turns_on_what_is_pointed_at(demo_home: Path, tmp_path: Path) -> None:
    clip = await recorded(tmp_path, "turn that on")
    pictures = pictures_of(FILMS / "point_lamp.mp4", POINTS_AT_S)
    films = [held(picture, tmp_path / f"{number}.mp4") for number, picture in enumerate(pictures)]
    before_the_camera = tmp_path / "camera.mp4"
    before_the_camera.symlink_to(films[0])
    async with seeing_hub(home_with_camera(demo_home, before_the_camera, "living_room")) as (hub, events):
        for film, lamp in zip(films, LAMPS, strict=True):
            if film is not films[0]:
                await switch(hub, False)
                before_the_camera.unlink()
                before_the_camera.symlink_to(film)
                events.clear()
                await switch(hub, True)
            await until(lambda: len([e for e in events if isinstance(e, HandPointed)]) > 3)
            await hear_file(hub, clip, area="living_room")
            done = [e.entity for e in events if isinstance(e, CommandDone) and e.entity in LAMPS]
            assert done == [lamp], [e for e in events if isinstance(e, SpeechTranscribed | Replied)]
        story = await hub.why.why("light.hallway")
    assert "saw a finger point up and right in the picture of camera.living_room" in story.text


async def test_a_thumb_up_confirms_unlocking_the_door(demo_home: Path, tmp_path: Path) -> None:
    clip = await recorded(tmp_path, "unlock the front door")
    (palm,) = pictures_of(FILMS / "gestures.mp4", (1.7,))
    (thumb,) = pictures_of(FILMS / "thumb_up.mp4", (1.6,))
    before_the_camera = tmp_path / "camera.mp4"
    before_the_camera.symlink_to(held(pictures_of(FILMS / "thumb_up.mp4")[0], tmp_path / "rest.mp4"))
    async with seeing_hub(home_with_camera(demo_home, before_the_camera, "hallway")) as (hub, events):
        await hub.dispatcher.send(Command(entity="lock.front_door", trait="Lock", value="locked", channel="cli"))
        events.clear()
        await hear_file(hub, clip, area="hallway")
        asked = [e for e in events if isinstance(e, Replied)][-1]
        assert asked.expects_answer
        assert hub.states.value("lock.front_door", "Lock") == "locked"
        await switch(hub, False, "camera.hallway")
        before_the_camera.unlink()
        # The camera has not heard the wake word now: an open hand arms the one that answers.
        before_the_camera.symlink_to(film_of([palm] * 8 + [thumb] * 240, tmp_path / "thumb.mp4", 8))
        await switch(hub, True, "camera.hallway")
        await until(lambda: any(isinstance(e, CommandDone) and e.entity == "lock.front_door" for e in events))
        assert [e.name for e in events if isinstance(e, GestureMade)] == ["thumb_up"]
        assert hub.states.value("lock.front_door", "Lock") == "unlocked"
        story = await hub.why.why("lock.front_door")
    assert "meant thumb up in the hallway" in story.text


def pictures_of(film: Path, seconds: Sequence[float] = ()) -> list[Any]:
    """The pictures of a film, or those at these seconds."""
    import av

    with av.open(str(film)) as source:
        frames = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in source.decode(video=0)]
    if not seconds:
        return [picture for _, picture in frames]
    return [next(picture for time, picture in frames if time >= second) for second in seconds]


def film_of(pictures: Sequence[Any], to: Path, rate: int) -> Path:
    import av

    with av.open(str(to), "w") as target:
        out = target.add_stream("mpeg4", rate=rate, options={"qscale": "2"})
        out.height, out.width = pictures[0].shape[:2]
        out.pix_fmt = "yuv420p"
        for picture in pictures:
            target.mux(out.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        target.mux(out.encode(None))
    return to


def held(picture: Any, to: Path) -> Path:
    """A minute of one picture."""
    return film_of([picture] * 480, to, 8)
