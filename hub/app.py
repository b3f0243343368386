"""Builds the rooms from settings and starts them: the only file that knows them all.

`running_hub` is the order of things: settings, store, home, devices, skills, dialogue, ears, satellites; the web
server opens first and hands out rooms as they come up. Every room is given what it needs in its constructor.
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.clock import SystemClock
from hub.core.errors import SettingsError
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue, Turn
    from hub.dialogue.home_grammar import HomeGrammar
    from hub.guard.connect import Guard
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.registry import Home
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.perception.ears.ears import Ears
    from hub.plugins.device_host import DeviceHost
    from hub.plugins.skill_host import SkillHost
    from hub.store.database import Database
    from hub.store.history import History
    from hub.web.ports import Said
    from hub.web.server import WebServer

log = structlog.get_logger(__name__)


class Parts(enum.Flag):
    """Which floors to start: a command that only reads the home does not load the models."""

    HOME = enum.auto()
    DIALOGUE = enum.auto()
    EARS = enum.auto()
    SATELLITES = enum.auto()
    WEB = enum.auto()
    TEXT = HOME | DIALOGUE
    VOICE = TEXT | EARS
    ALL = VOICE | SATELLITES | WEB


@dataclass(frozen=True)
class Ground:
    """What every room stands on."""

    paths: HomePaths
    settings: Settings
    problems: tuple[SettingsError, ...]
    bus: Bus
    states: StateTable
    supervisor: Supervisor
    clock: SystemClock


@dataclass(frozen=True)
class HomeFloor:
    """The store, the home over it, and the devices in it."""

    guard: "Guard"
    database: "Database"
    history: "History"
    home: "Home"
    exposure: "Exposure"
    dispatcher: "Dispatcher"
    undo: "UndoLog"
    why: "Why"
    devices: "DeviceHost"


async def _ground(paths: HomePaths, change: Callable[[Settings], Settings], stack: AsyncExitStack) -> Ground:
    loaded = load_settings(paths.settings)
    for problem in loaded.problems:
        log.warning("left out of the settings", problem=str(problem))
    bus = Bus()
    stack.push_async_callback(bus.close)
    supervisor = Supervisor(bus)
    return Ground(paths, change(loaded.settings), loaded.problems, bus, StateTable(bus), supervisor, SystemClock())


async def _home_floor(ground: Ground, stack: AsyncExitStack) -> HomeFloor:
    from hub.guard.connect import Guard
    from hub.home.declared import is_virtual, virtual_config
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.recent import EventRing
    from hub.home.registry import Home
    from hub.home.scenes import Scenes
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.plugins.device_host import DeviceHost
    from hub.plugins.discovery import find_devices
    from hub.store.command_log import CommandLog
    from hub.store.database import Database
    from hub.store.history import History
    from hub.store.home_table import HomeTable, Overrides
    from hub.store.ledger import LedgerTable
    from hub.store.plugin_data import PluginData
    from hub.store.retention import Retention

    settings, bus, states = ground.settings, ground.bus, ground.states
    database = await Database.open(settings.store.url or ground.paths.database)
    stack.push_async_callback(database.close)
    history = History(database, bus)
    stack.push_async_callback(history.close)
    # What is supervised stops before the database closes under it.
    stack.push_async_callback(ground.supervisor.close)
    ground.supervisor.start("history", history.run)
    ground.supervisor.start("retention", Retention(database, history_days=settings.store.history_days).run)
    for row in await history.last_states():
        states.restore(row.entity, row.trait, row.value, row.at)

    guard = Guard(writer=LedgerTable(database))
    stack.push_async_callback(guard.close)
    ground.supervisor.start("ledger", guard.ledger.run)
    ring = EventRing(bus)
    home = Home(settings, bus, states, Overrides(HomeTable(database)))
    await home.load()
    scenes = Scenes(settings)
    exposure = Exposure(home, states, scenes, settings.safety)
    commands = CommandLog(database)
    dispatcher = Dispatcher(home, states, bus, exposure, scenes, commands)
    stack.push_async_callback(dispatcher.close)
    undo = UndoLog(bus, ring, states)
    await commands.fail_interrupted(bus)

    data = PluginData(database)
    devices = DeviceHost(home, states, dispatcher, bus, ground.supervisor, data=data, connect=guard.open_socket)
    stack.push_async_callback(devices.close)
    devices.offer(find_devices(settings.plugins))
    why = Why(home, states, ring, history)
    floor = HomeFloor(guard, database, history, home, exposure, dispatcher, undo, why, devices)
    place = str(ground.paths.settings)
    if any(is_virtual(e) for e in settings.entity):
        devices.start("virtual", virtual_config(settings), place=place)
    for number, broker in enumerate(settings.mqtt):
        instance = "mqtt" if number == 0 else f"mqtt_{number + 1}"
        devices.start("mqtt", msgspec.to_builtins(broker), instance=instance, place=f"{place} [[mqtt]]")
    for integration, config in settings.plugins.config.items():
        if integration in {found.manifest.id for found in devices.available()}:
            devices.start(integration, config, place=f"{place} [plugins.config.{integration}]")
    return floor


async def _dialogue_floor(
    ground: Ground, floor: HomeFloor, stack: AsyncExitStack, feed: "_GrammarFeed | None"
) -> "tuple[SkillHost, Dialogue]":
    from hub.dialogue.dialogue import Dialogue
    from hub.home.take_back import TakeBack
    from hub.plugins.discovery import find_skills
    from hub.plugins.ports import HubHome, HubPorts, SayRequest
    from hub.plugins.skill_host import SkillHost
    from hub.plugins.timers import Timers
    from hub.store.plugin_data import PluginData
    from hub.store.timers import Timers as TimerTable

    settings, bus = ground.settings, ground.bus
    skills = SkillHost(bus, language=settings.home.language)
    stack.push_async_callback(skills.close)
    take_back = TakeBack(floor.undo, floor.dispatcher)
    dialogue = Dialogue(
        bus,
        floor.home.view,
        skills,
        undo=take_back,
        exposed=floor.exposure.exposed,
        on_grammar=None if feed is None else feed.take,
        least_confidence=settings.voice.min_confidence,
    )
    timers = Timers(TimerTable(floor.database), bus, ground.clock, skills.ring)

    async def say(ask: SayRequest) -> None:
        await dialogue.announce(
            ask.reply or ask.text,
            skill=ask.skill if ask.reply else "",
            values=ask.values,
            area=ask.area,
            language=ask.language,
            causes=ask.causes,
        )

    home = HubHome(floor.home, ground.states, floor.dispatcher, floor.exposure)
    skills.start(
        find_skills(settings.plugins), HubPorts(home=home, timers=timers, data=PluginData(floor.database), say=say)
    )
    await dialogue.start()
    stack.push_async_callback(dialogue.close)
    ground.supervisor.start("timers", timers.run)
    return skills, dialogue


async def _ears(ground: Ground, stack: AsyncExitStack) -> "Ears":
    """Start the sealed worker; its models load while the rest of the hub comes up."""
    from hub.inference.store import ModelStore
    from hub.perception.ears.build import build_ears

    models = ModelStore(allow_download=ground.settings.models.allow_download)
    ears = await asyncio.to_thread(build_ears, ground.settings, models, ground.bus)
    stack.push_async_callback(ears.stop)
    await ears.start()
    return ears


class _GrammarFeed:
    """Gives the ears the sentences of every new grammar, built off the loop; only the newest matters."""

    def __init__(self, ears: asyncio.Task["Ears"], supervisor: Supervisor) -> None:
        self._ears = ears
    def __init__(self, ears: "asyncio.Task[Ears]", supervisor: Supervisor) -> None:
        self._arrived = asyncio.Event()
        self.given = asyncio.Event()
        supervisor.start("speech grammar", self._run)

    def take(self, grammar: "HomeGrammar") -> None:
        """Pass `grammar` on, when it is in the language that is spoken here."""
        if grammar.language.language == grammar.home.language:
            self._newest = grammar
            self._arrived.set()

    async def _run(self) -> None:
        from hub.dialogue.spoken_grammar import spoken_grammar

        while True:
            await self._arrived.wait()
            self._arrived.clear()
            grammar = self._newest
            assert grammar is not None
            heard = await asyncio.to_thread(spoken_grammar, grammar)
            ears = await asyncio.shield(self._ears)
            await ears.set_grammar(heard)
            self.given.set()


class _Speaker:
    """The dialogue, as the page speaks to it."""

    def __init__(self, dialogue: "Dialogue") -> None:
        self._dialogue = dialogue

    async def say(self, text: str, *, area: str = "", person: str = "", channel: str = "ui") -> "Said":
        from hub.web.ports import Said

        turn = await self._dialogue.hear(text, area=area, person=person, channel=channel)
        return Said(reply=turn.reply, understood=not turn.reason, expects_answer=turn.expects_answer)


async def _web_server(ground: Ground, stack: AsyncExitStack) -> "WebServer":
    from hub.web.server import WebServer

    failures = ground.supervisor.failures
    server = WebServer(ground.settings.web, ground.bus, ground.states, lambda: failures)
    stack.push_async_callback(server.close)
    await server.start()
    return server


def _open_rooms(server: "WebServer", floor: HomeFloor, dialogue: "Dialogue | None", *, complete: bool) -> None:
    from hub.web.ports import Rooms

    speaker = None if dialogue is None else _Speaker(dialogue)
    rooms = Rooms(home=floor.home, commander=floor.dispatcher, speaker=speaker, why=floor.why, history=floor.history)
    server.open(rooms, complete=complete)


@dataclass(frozen=True)
class Hub:
    """The rooms of a running hub, as its owner (the command line) holds them."""

    ground: Ground
    floor: HomeFloor
    skills: "SkillHost | None" = None
    dialogue: "Dialogue | None" = None
    web: "WebServer | None" = None
    ears: "Ears | None" = None

    @property
    def settings(self) -> Settings:
        """What hearth.toml says."""
        return self.ground.settings

    @property
    def bus(self) -> Bus:
        """Where facts are told."""
        return self.ground.bus

    @property
    def states(self) -> StateTable:
        """How things stand."""
        return self.ground.states

    @property
    def home(self) -> "Home":
        """What there is."""
        return self.floor.home

    @property
    def dispatcher(self) -> "Dispatcher":
        """Where commands go."""
        return self.floor.dispatcher

    @property
    def why(self) -> "Why":
        """Who knows the story of an entity."""
        return self.floor.why

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
        ground = await _ground(paths, settings, stack)
        # First of all the web server: from here on /healthz answers, and the page says what is still coming up.
        server = await _web_server(ground, stack) if Parts.WEB in parts else None
        loading = asyncio.create_task(_ears(ground, stack), name="ears") if Parts.EARS in parts else None
        feed = None if loading is None else _GrammarFeed(loading, ground.supervisor)
        floor = await _home_floor(ground, stack)
        skills, dialogue, ears = None, None, None
        if server is not None:
            _open_rooms(server, floor, None, complete=False)
        else:
            await floor.devices.ready()  # who starts a hub to look and leave looks at a home that has reported
        if Parts.DIALOGUE in parts:
            skills, dialogue = await _dialogue_floor(ground, floor, stack, feed)
        if server is not None:
            _open_rooms(server, floor, dialogue, complete=True)
        if loading is not None and feed is not None:
            ears = await loading
            await feed.given.wait()
        yield Hub(ground, floor, skills, dialogue, server, ears)
