"""Builds the floors of a hub from settings and starts them: with `hub.floors` the only code that knows all rooms.

`running_hub` is the order of things: settings, store, home, devices, skills, dialogue, ears, eyes, satellites; the web
server opens first and hands out rooms as they come up. Every room is given what it needs in its constructor.
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.states import StateTable
from hub.floors.dialogue import Beliefs, build_dialogue, build_rooms, count_usage
from hub.floors.ground import Ground, build_ground
from hub.floors.home import HomeFloor, build_home
from hub.floors.learning import Around, Learning, build_learning
from hub.floors.page_cameras import eyes_at_rest, no_eyes
from hub.floors.seeing import open_eyes, seeing, start_cameras, watch_hands
from hub.floors.store import Store, at_first_sight, early_rows, open_store
from hub.floors.swarm import build_arbiter, build_swarm
from hub.floors.voice import grammar_feed, hearing, open_ears, open_microphones, sound_files, start_satellites
from hub.floors.web import know_people, open_web, show_dialogue, show_home

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue, Turn
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.floors.swarm import Swarm
    from hub.home.dispatch import Dispatcher
    from hub.home.registry import Home
    from hub.home.why import Why
    from hub.perception.ears.ears import Ears
    from hub.perception.eyes.eyes import Eyes
    from hub.perception.eyes.hand_watch import HandWatch
    from hub.perception.eyes.lids import Lids
    from hub.perception.presence.rooms import Rooms
    from hub.plugins.devices.device_keeper import DeviceKeeper
    from hub.satellites.wyoming.satellite_list import SatelliteList
    from hub.swarm.arbitration.arbiter import Arbiter
    from hub.web.server import WebServer

T = TypeVar("T")


class Parts(enum.Flag):
    """Which floors to start: a command that only reads the home does not load the models."""

    HOME = enum.auto()
    DIALOGUE = enum.auto()
    EARS = enum.auto()
    EYES = enum.auto()
    SATELLITES = enum.auto()
    WEB = enum.auto()
    SWARM = enum.auto()
    TEXT = HOME | DIALOGUE
    VOICE = TEXT | EARS
    SIGHT = TEXT | EYES
    ALL = VOICE | EYES | SATELLITES | WEB | SWARM


@dataclass(frozen=True)
class Hub:
    """The rooms of a running hub, as its owner (the command line) holds them; None is a room that was not started."""

    settings: Settings
    bus: Bus
    states: StateTable
    home: "Home"
    dispatcher: "Dispatcher"
    why: "Why"
    devices: "DeviceKeeper"
    satellites: "SatelliteList"
    rooms: "Rooms | None" = None
    dialogue: "Dialogue | None" = None
    ears: "Ears | None" = None
    eyes: "Eyes | None" = None
    hands: "HandWatch | None" = None
    web: "WebServer | None" = None
    swarm: "Swarm | None" = None
    arbiter: "Arbiter | None" = None
    learning: Learning | None = None

    async def say(self, text: str, *, area: str = "", person: str = "", channel: str = "cli") -> "Turn":
        """Take `text` as if it had been heard; needs `Parts.DIALOGUE`."""
        if self.dialogue is None:
            raise RuntimeError("this hub was started without the dialogue")
        return await self.dialogue.hear(text, area=area, person=person, channel=channel)


@asynccontextmanager
async def running_hub(
    paths: HomePaths, parts: Parts = Parts.ALL, *, settings: Callable[[Settings], Settings] = lambda s: s
) -> AsyncIterator[Hub]:
    """A hub over the home at `paths`, with `parts` of it running; leaving the block stops it cleanly.

    `settings` may change what hearth.toml says, for options of the command line.
    """
    async with AsyncExitStack() as stack:
        ground = await build_ground(paths, settings, stack)
        rows = await early_rows(ground, needed=Parts.WEB in parts)
        # First of all the web server: from here on /healthz answers, and the page says what is still coming up.
        server = await open_web(at_first_sight(ground, rows, "web") or ground, stack) if Parts.WEB in parts else None
        early = at_first_sight(ground, rows)
        senses = None if early is None else _open_senses(early, parts, stack)
        ground, store = await open_store(ground, stack)
        ears_loading, eyes_loading, resting = senses or _open_senses(ground, parts, stack)
        floor = await _home(ground, store, server, stack)
        dialogue, ears, eyes, feed, skills = None, None, None, None, None
        hands = watch_hands(ground, floor)
        beliefs, learning = Beliefs(), Learning()
        swarm = await build_swarm(ground, floor, stack) if Parts.SWARM in parts else None
        if Parts.DIALOGUE in parts:
            feed = None if ears_loading is None else await _feed(ground, floor, ears_loading, stack)
            dialogue, skills = await build_dialogue(ground, floor, stack, feed, beliefs, swarm)
        if parts & (Parts.WEB | Parts.EYES | Parts.SATELLITES | Parts.SWARM):
            # A command that leaves again at once must not make up its own mind about who is where.
            beliefs.rooms = build_rooms(ground, floor, stack)
        if server is not None:
            server.rooms.peers = None if swarm is None else swarm.peers
            server.rooms.cameras = lambda: () if eyes is None else eyes.paces()
            server.rooms.learning, server.rooms.hands = lambda: learning.here, hands
            if dialogue is not None:
                show_dialogue(server, dialogue, feed, skills)
            server.open()
        if ears_loading is not None and feed is not None:
            ears = await hearing(ground, ears_loading, feed, needed=server is None)
        lids = await seeing(ground, eyes_loading, resting, needed=server is None)
        eyes = lids.eyes if lids is not None else None
        arbiter = None if ears is None or beliefs.rooms is None else build_arbiter(swarm, beliefs.rooms, ground)
        if Parts.SATELLITES in parts and dialogue is not None:
            await _attend(ground, floor, (ears, arbiter), dialogue, server, stack)
            if beliefs.rooms is not None:
                await _look(ground, floor, (lids, beliefs.rooms, hands), server, stack)
        if parts & (Parts.WEB | Parts.SWARM):
            build_learning(Around(ground, floor, swarm, eyes), learning, stack)
        yield Hub(
            settings=ground.settings, bus=ground.bus, states=ground.states, home=floor.home,
            dispatcher=floor.dispatcher, why=floor.why, devices=floor.kept, satellites=floor.satellites,
            rooms=beliefs.rooms, dialogue=dialogue, ears=ears, eyes=eyes, hands=hands, web=server, swarm=swarm,
            arbiter=arbiter, learning=learning,
        )  # fmt: skip


def _open_senses(
    ground: Ground, parts: Parts, stack: AsyncExitStack
) -> "tuple[asyncio.Task[Ears] | None, asyncio.Task[Eyes] | None, asyncio.Task[Eyes | None] | None]":
    """The workers' models load while the rest of the hub comes up. A hub that runs opens its eyes for its cameras only;
    without any they rest until a page shows its own.
    """
    looks = Parts.EYES in parts and (Parts.WEB not in parts or bool(ground.settings.camera))
    ears = _begun("ears", open_ears(ground, stack), stack) if Parts.EARS in parts else None
    eyes = _begun("eyes", open_eyes(ground, stack), stack) if looks else None
    rests = Parts.EYES in parts and not looks
    return ears, eyes, _begun("eyes at rest", eyes_at_rest(ground, stack), stack) if rests else None


async def _home(ground: Ground, store: Store, server: "WebServer | None", stack: AsyncExitStack) -> HomeFloor:
    """The home, shown by the web server where there is one."""
    floor = await build_home(ground, store, stack)
    if server is None:
        await floor.devices.ready()  # who starts a hub to look and leave looks at a home that has reported
        return floor
    await know_people(server, floor)
    show_home(server, ground, floor)
    return floor


async def _feed(ground: Ground, floor: HomeFloor, ears: "asyncio.Task[Ears]", stack: AsyncExitStack) -> "GrammarFeed":
    """What passes the home's sentences to the ears, those that are said most as the likelier ones."""
    usage = await count_usage(ground, floor, stack)
    feed = grammar_feed(ground, ears, usage)
    ground.supervisor.start("usage", partial(usage.run, feed.refresh))
    return feed


async def _attend(
    ground: Ground,
    floor: HomeFloor,
    hearing: "tuple[Ears | None, Arbiter | None]",
    dialogue: "Dialogue",
    server: "WebServer | None",
    stack: AsyncExitStack,
) -> None:
    """Start what brings sound, pages among it, each microphone with its switch."""
    microphones = await open_microphones(ground, floor)
    ears, arbiter = hearing
    pages = None
    if ears is not None and arbiter is not None:
        pages = await start_satellites(ground, floor, ears, dialogue, arbiter, microphones, stack)
    if server is not None:
        server.rooms.microphones, server.rooms.listener = microphones, pages
        server.rooms.files = None if ears is None else sound_files(ground, floor, ears, dialogue)


async def _look(
    ground: Ground,
    floor: HomeFloor,
    seeing: "tuple[Lids | None, Rooms, HandWatch]",
    server: "WebServer | None",
    stack: AsyncExitStack,
) -> None:
    """Start what the hub looks through, the cameras of pages among it."""
    lids, rooms, hands = seeing
    if lids is not None:
        pages = await start_cameras(ground, floor, (lids, rooms, hands), server is not None, stack)
        if server is not None:
            server.rooms.onlooker = server.rooms.showing = pages
    elif server is not None:
        server.rooms.onlooker = no_eyes()


def _begun(name: str, opening: Coroutine[Any, Any, T], stack: AsyncExitStack) -> "asyncio.Task[T]":
    """Do it in the background; where it is still under way when the hub stops, it ends."""
    task = asyncio.create_task(opening, name=name)
    stack.push_async_callback(cancelled, task)
    return task
