"""The second act of `hearth demo`: two hubs, one house."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from msgspec import Struct

from hub.cli.demo.hands import keep_hands
from hub.core.bundled import bundled
from hub.core.events import CommandDone, Event, WakeHeard
from hub.core.paths import HomePaths
from hub.core.settings import LearningSettings, Settings, SwarmSettings
from hub.media.chunk import SAMPLE_RATE
from hub.swarm.zenoh_config import with_port

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.learning.at_home import HomeLearning
    from hub.learning.federated.pupil import Report

_PATIENCE_S: Final = 20.0
_FAR: Final = 0.3  # how much of a voice in the kitchen is heard in the attic
_ROOM: Final = 10.0  # the noise of a quiet room in a microphone, of 32767
_ATTIC: Final = """
[home]
name = "Attic"
[[area]]
id = "attic"
name = "attic"
[[entity]]
id = "light.attic"
name = "attic lamp"
area = "attic"
traits = ["OnOff"]
"""


class Scene(Struct, frozen=True, kw_only=True, tag_field="event", tag="together"):
    """What happened between the two hubs, in words and checked; `rows` are a table, its headings first."""

    id: str
    about: str
    told: str
    as_told: bool
    rows: tuple[tuple[str, ...], ...] = ()


async def together(folder: Path, clip: Path) -> AsyncIterator[Scene]:
    """Play the act in `folder`, an empty one; `clip` is said in the kitchen, and heard in the attic too."""
    async with _hub(folder / "kitchen", "kitchen") as kitchen, _hub(folder / "attic", "attic") as attic:
        yield await _paired(kitchen, attic)
        yield await _answered_once(kitchen, attic, clip, folder)
        yield await _commanded(kitchen, attic)
        yield await _learnt(kitchen, attic)


@asynccontextmanager
async def _hub(folder: Path, name: str) -> AsyncIterator["Hub"]:
    from hub.app import Parts, running_hub

    _furnish(folder, name)
    await keep_hands(folder, name)
    ports = _free_ports(3)
    swarm = SwarmSettings(enabled=True, name=name, port=ports[0], pairing_port=ports[1], bulk_port=ports[2])

    def with_others(settings: Settings) -> Settings:
        learning = LearningSettings(least_hubs=2, at="")  # this home has but two
        return msgspec.structs.replace(settings, swarm=swarm, learning=learning)

    async with running_hub(HomePaths(folder), Parts.VOICE | Parts.SWARM, settings=with_others) as hub:
        yield hub


def _furnish(folder: Path, name: str) -> None:
    folder.mkdir()
    if name == "kitchen":
        shutil.copy(bundled("config") / "demo" / "hearth.toml", folder)
    else:
        (folder / "hearth.toml").write_text(_ATTIC, "utf-8")


async def _paired(kitchen: "Hub", attic: "Hub") -> Scene:
    assert kitchen.swarm is not None and attic.swarm is not None
    shown = kitchen.swarm.peers.pair()
    await attic.swarm.peers.join(shown.addresses[0], shown.code)
    hubs = (kitchen.swarm.mesh, attic.swarm.mesh)
    found = await _soon(lambda: all(mesh.alive() for mesh in hubs))
    told = f"the attic's hub typed {shown.code}, and the two found each other"
    return Scene(id="paired", about="Two hubs are paired by a code.", told=told, as_told=found)


async def _answered_once(kitchen: "Hub", attic: "Hub", clip: Path, folder: Path) -> Scene:
    from hub.cli.hearing import hear_file

    heard: dict[str, list[Event]] = {"kitchen": [], "attic": []}
    ends = [
        hub.bus.subscribe((WakeHeard, CommandDone), heard[name].append)
        for name, hub in (("kitchen", kitchen), ("attic", attic))
    ]
    near = await _as_heard(clip, folder / "kitchen.wav", 1.0)
    far = await _as_heard(clip, folder / "attic.wav", _FAR)
    await asyncio.gather(
        hear_file(kitchen, near, area="kitchen", real_time=True, arbiter=kitchen.arbiter),
        hear_file(attic, far, area="attic", real_time=True, arbiter=attic.arbiter),
    )
    for end in ends:
        end()
    answered = [name for name, events in heard.items() if any(isinstance(e, WakeHeard) for e in events)]
    done = [e.entity for e in heard["kitchen"] if isinstance(e, CommandDone)]
    told = f"answered by: {' and '.join(answered) or 'nobody'}; switched: {', '.join(done) or 'nothing'}"
    about = "Both hubs hear “hey jarvis”; the nearer one answers."
    return Scene(id="answered", about=about, told=told, as_told=answered == ["kitchen"] and done == ["light.kitchen"])


async def _commanded(kitchen: "Hub", attic: "Hub") -> Scene:
    lamp = "light.attic"
    known = await _soon(lambda: lamp in kitchen.home.view().entities and kitchen.states.available(lamp))
    turn = await kitchen.say("turn on the attic lamp", area="kitchen")
    there = attic.states.value(lamp, "OnOff") is True
    here = await _soon(lambda: kitchen.states.value(lamp, "OnOff") is True)
    about = "The kitchen's hub is asked for the attic's lamp."
    return Scene(id="commanded", about=about, told=" ".join(turn.replies), as_told=known and there and here)


async def _learnt(kitchen: "Hub", attic: "Hub") -> Scene:
    hubs = (kitchen, attic)
    await _soon(lambda: all(hub.learning is not None and hub.learning.here is not None for hub in hubs))
    at_home = [hub.learning.here for hub in hubs if hub.learning is not None and hub.learning.here is not None]
    round_ = await at_home[0].round("gesture")
    reports = await _reports(at_home)
    rows = [("hub", "hands held out", "read right before", "after the round", "uses", "sent")]
    for name, report in zip(("kitchen", "attic"), reports, strict=False):
        right = (str(report.held), str(report.right_before), str(report.right))
        rows.append((name, *right, report.outcome, f"{report.bytes_sent / 1024:.1f} KiB"))
    gained = [report.right - report.right_before for report in reports]
    better = len(gained) == 2 and min(gained) >= 0 and sum(gained) > 0
    told = "no hand left its hub: what was sent is how the network should change"
    told = told if better else f"{round_.outcome}: {round_.reason}"
    about = "Both hubs learn to read stiff hands, from each other's too."
    return Scene(id="learnt", about=about, told=told, as_told=better, rows=tuple(rows))


async def _reports(at_home: "list[HomeLearning]") -> "list[Report]":
    """What came of the round at each hub, once each has come to its end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                standings = [standing for here in at_home for standing in await here.status()]
                reports = [standing.last for standing in standings if standing.last is not None]
                if len(reports) == len(at_home):
                    return reports
                await asyncio.sleep(0.05)
    return []


async def _as_heard(clip: Path, copy: Path, level: float) -> Path:
    """What a microphone makes of `clip` that hears so much of it, and the quiet of its own room."""
    from hub.media.decode import AudioFile
    from hub.media.file_sink import FileSink

    with AudioFile(clip) as file:
        said = np.concatenate([np.asarray(piece) for piece in file.read()])
    quiet = np.random.default_rng(len(copy.name)).normal(0, _ROOM, len(said) + 2 * SAMPLE_RATE)
    quiet[SAMPLE_RATE : SAMPLE_RATE + len(said)] += said * level
    sink = FileSink(copy)
    await sink.play(np.clip(quiet, -32768, 32767).astype(np.int16), SAMPLE_RATE)
    await sink.close()
    return copy


def _free_ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:  # one that is free may be given out twice
        ports.add(int(with_port("127.0.0.1:0").rpartition(":")[2]))
    return list(ports)


async def _soon(holds: Callable[[], object]) -> bool:
    """Whether it holds within a generous while."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            while not holds():  # noqa: ASYNC110 -- of two hubs, looked at from outside
                await asyncio.sleep(0.02)
            return True
    return False
