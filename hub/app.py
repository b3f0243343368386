"""Builds the rooms from settings and starts them: the only file that knows them all.

`running_hub` is the order of things: settings, store, home, devices, skills, dialogue, ears, satellites; the web
server opens first and hands out rooms as they come up. Every room is given what it needs in its constructor.
"""

import asyncio
import enum
import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.clock import SystemClock
from hub.core.errors import HearthError, SettingsError
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue, Turn
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.guard.connect import Guard
    from hub.home.dispatch import Dispatcher
    from hub.home.exposure import Exposure
    from hub.home.registry import Home
    from hub.home.undo import UndoLog
    from hub.home.why import Why
    from hub.perception.ears.ears import Ears
    from hub.perception.speech.grammar import SpeechGrammar
    from hub.plugins.device_host import DeviceHost
    from hub.store.database import Database
    from hub.store.history import History
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
    stack.push_async_callback(supervisor.close)
    return Ground(paths, change(loaded.settings), loaded.problems, bus, StateTable(bus), supervisor, SystemClock())


async def _imported(*modules: str) -> None:
    """Import what a floor is made of in a thread: it takes a while, and /healthz answers meanwhile."""
    await asyncio.to_thread(lambda: [importlib.import_module(module) for module in modules])


async def _home_floor(ground: Ground, stack: AsyncExitStack) -> HomeFloor:
    await _imported("hub.store.history", "hub.store.sqlite_file", "hub.plugins.device_host")
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
    ground: Ground, floor: HomeFloor, stack: AsyncExitStack, feed: "GrammarFeed | None"
) -> "Dialogue":
    await _imported("hub.dialogue.dialogue", "hub.plugins.skill_host")
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
    return dialogue


async def _ears(ground: Ground, stack: AsyncExitStack) -> "Ears":
    """Start the sealed worker; its models load while the rest of the hub comes up."""
    from hub.inference.store import ModelStore
    from hub.perception.ears.build import build_ears

    models = ModelStore(allow_download=ground.settings.models.allow_download)
    ears = await asyncio.to_thread(build_ears, ground.settings, models, ground.bus)
    stack.push_async_callback(ears.stop)
    await ears.start()
    return ears


async def _cancelled(task: "asyncio.Task[Any]") -> None:
    """End a task of the start that is still under way when the hub stops."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _grammar_feed(ears: "asyncio.Task[Ears]") -> "GrammarFeed":
    from hub.dialogue.grammar_feed import GrammarFeed

    async def set_grammar(grammar: "SpeechGrammar") -> None:
        await (await asyncio.shield(ears)).set_grammar(grammar)

    return GrammarFeed(set_grammar)


async def _hearing(
    ground: Ground, loading: "asyncio.Task[Ears]", feed: "GrammarFeed", *, needed: bool
) -> "Ears | None":
    """The ears, once they know the home's sentences. Unless `needed`, a hub that cannot hear says so and runs on."""
    try:
        ears = await loading
    except HearthError as error:
        if needed:
            raise
        log.error("the hub does not hear", error=str(error))
        ground.supervisor.failures["ears"] = str(error)
        return None
    ground.supervisor.start("speech grammar", feed.run)
    await feed.first.wait()
    return ears


async def _satellites(
    ground: Ground, floor: HomeFloor, ears: "Ears", dialogue: "Dialogue", stack: AsyncExitStack
) -> None:
    """Microphone, Wyoming satellites, and the hub's own services for others."""
    from hub.dialogue.tts.speak import Speaker, engines
    from hub.satellites.advertise import Advertiser
    from hub.satellites.announcing import announce_at
    from hub.satellites.local import LocalSatellite
    from hub.satellites.offer import Offer
    from hub.satellites.spoken import SpokenBy
    from hub.satellites.understanding import GrammarUnderstanding
    from hub.satellites.wyoming_satellite import WyomingSatellite
    from hub.satellites.wyoming_server import WyomingServer

    settings, language = ground.settings, ground.settings.home.language
    guard = floor.guard
    speech = Speaker(engines(settings.voice, lambda host, port: guard.connect(host, port, "to speak replies")))
    voice = SpokenBy(speech, (language,)) if speech.available else None
    if settings.voice.microphone:
        area = settings.voice.area
        local = LocalSatellite(ears, dialogue, speech, ground.bus, area=area, language=lambda: language)
        ground.supervisor.start("microphone", local.run)
    satellites = [
        WyomingSatellite(about, guard.connect, ears, dialogue, voice, language=language) for about in settings.satellite
    ]
    for satellite in satellites:
        ground.supervisor.start(satellite.stream, satellite.run)
    announce_at(ground.bus, satellites)
    if settings.wyoming.enabled:
        understanding = GrammarUnderstanding(dialogue)
        offer = Offer(
            ears=ears,
            dialogue=dialogue,
            understanding=understanding,
            voice=voice,
            languages=(language,),
            phrases=ears.phrases,
        )
        host, port = settings.wyoming.host, settings.wyoming.port
        server = WyomingServer(offer, host, port, name=settings.home.name, advertiser=Advertiser())
        stack.push_async_callback(server.close)
        await server.start()


async def _web_server(ground: Ground, stack: AsyncExitStack) -> "WebServer":
    from hub.web.server import WebServer

    failures = ground.supervisor.failures
    server = WebServer(ground.settings.web, ground.bus, ground.states, lambda: failures)
    stack.push_async_callback(server.close)
    await server.start()
    return server


def _open_rooms(
    server: "WebServer",
    floor: HomeFloor,
    dialogue: "Dialogue | None" = None,
    feed: "GrammarFeed | None" = None,
    *,
    complete: bool,
) -> None:
    from hub.web.ports import Rooms
    from hub.web.speaking import SpokenTo

    def names_known() -> bool:
        return dialogue is not None and dialogue.current and feed is not None and feed.current

    rooms = Rooms(
        home=floor.home,
        commander=floor.dispatcher,
        speaker=None if dialogue is None else SpokenTo(dialogue),
        why=floor.why,
        history=floor.history,
        listening=None if feed is None else feed.listening,
        names_known=names_known,
    )
    server.open(rooms, complete=complete)


@dataclass(frozen=True)
class Hub:
    """The rooms of a running hub, as its owner (the command line) holds them; None is a room that was not started."""

    settings: Settings
    bus: Bus
    states: StateTable
    home: "Home"
    dispatcher: "Dispatcher"
    why: "Why"
    dialogue: "Dialogue | None" = None
    ears: "Ears | None" = None
    web: "WebServer | None" = None

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
        if loading is not None:
            stack.push_async_callback(_cancelled, loading)
        floor = await _home_floor(ground, stack)
        dialogue, ears = None, None
        if server is not None:
            _open_rooms(server, floor, complete=False)
        else:
            await floor.devices.ready()  # who starts a hub to look and leave looks at a home that has reported
        feed = None if loading is None else _grammar_feed(loading)
        if Parts.DIALOGUE in parts:
            dialogue = await _dialogue_floor(ground, floor, stack, feed)
        if server is not None:
            _open_rooms(server, floor, dialogue, feed, complete=True)
        if loading is not None and feed is not None and dialogue is not None:
            ears = await _hearing(ground, loading, feed, needed=server is None)
            if ears is not None and Parts.SATELLITES in parts:
                await _satellites(ground, floor, ears, dialogue, stack)
        rooms = (floor.home, floor.dispatcher, floor.why, dialogue, ears, server)
        yield Hub(ground.settings, ground.bus, ground.states, *rooms)
