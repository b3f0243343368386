"""The web server, which opens first and is handed the rooms as they come up."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from hub.core.running import the_only_hub
from hub.floors.ground import Ground
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.plugins.skills.home_skills import HomeSkills
    from hub.web.server import WebServer


async def open_web(ground: Ground, stack: AsyncExitStack) -> "WebServer":
    """Begin to serve: from here on `/healthz` answers."""
    from hub.web.access.home_files import WebFiles
    from hub.web.server import WebServer

    failures = ground.supervisor.failures
    files = WebFiles.of(ground.paths.root)
    server = WebServer(ground.settings.web, ground.bus, ground.states, lambda: failures, files=files)
    stack.push_async_callback(server.close)
    await server.start()
    stack.enter_context(the_only_hub(ground.paths, server.local_url))
    server.trust(files.new_token())
    if ground.settings.web.tls:
        ground.supervisor.start("web certificate", server.keep_certificate)
    return server


async def know_people(server: "WebServer", floor: HomeFloor) -> None:
    """Tell the server who may come in. Raises `StoreError`."""
    from hub.store.accounts import AccountTable

    await server.know(AccountTable(floor.database))


def show_home(server: "WebServer", ground: Ground, floor: HomeFloor) -> None:
    """The page shows the home from now on."""
    from hub.home.first_steps import FirstSteps
    from hub.home.turn_log import TurnLog
    from hub.store.home_table import HomeTable
    from hub.web.api.backups import Backups
    from hub.web.api.home_keeper import HomeKeeper

    rooms = server.rooms
    rooms.areas, rooms.editor, rooms.devices = floor.areas, floor.home, floor.kept
    rooms.satellites = floor.satellites
    rooms.home, rooms.commander, rooms.why = floor.home, floor.dispatcher, floor.why
    rooms.history = rooms.gauges = floor.history
    rooms.turns = TurnLog(floor.history)
    rooms.settings = floor.settings
    # From now on it is known whether somebody owns the home.
    floor.settings.check("web", server.check)
    rooms.keeper = HomeKeeper(ground.paths, floor.database, ground.settings, floor.home.view)
    rooms.backups = Backups(ground.paths, ground.settings.store.url, lambda: floor.home.view().name)
    rooms.first_steps = FirstSteps(HomeTable(floor.database), floor.home.view)
    server.open(complete=False)


def show_dialogue(
    server: "WebServer", dialogue: "Dialogue", feed: "GrammarFeed | None", skills: "HomeSkills | None"
) -> None:
    """The page can be spoken to from now on, and shows what understands."""
    from hub.web.api.speaking import SpokenTo

    rooms = server.rooms
    rooms.speaker, rooms.skills = SpokenTo(dialogue), skills
    rooms.listening = None if feed is None else feed.listening
    rooms.names_known = lambda: dialogue.current and feed is not None and feed.current
