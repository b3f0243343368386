"""The web server, which opens first and is handed the rooms as they come up."""

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from hub.core.running import the_only_hub
from hub.floors.ground import Ground
from hub.floors.home import HomeFloor

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue
    from hub.dialogue.grammar_feed import GrammarFeed
    from hub.swarm.peers import Peers
    from hub.web.learning_port import LearningKeeper
    from hub.web.ports import CameraFigures
    from hub.web.server import WebServer


async def open_web(ground: Ground, stack: AsyncExitStack) -> "WebServer":
    """Begin to serve: from here on `/healthz` answers."""
    from hub.web.home_files import WebFiles
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


def hand_out(
    server: "WebServer",
    floor: HomeFloor,
    dialogue: "Dialogue | None" = None,
    feed: "GrammarFeed | None" = None,
    cameras: "Callable[[], Iterable[tuple[str, CameraFigures]]] | None" = None,
    *,
    peers: "Peers | None" = None,
    learning: "Callable[[], LearningKeeper | None] | None" = None,
    complete: bool,
) -> None:
    """Give the server the rooms that are up; `complete` when no more will come."""
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
        gauges=floor.history,
        peers=peers,
        learning=learning,
        cameras=cameras,
        listening=None if feed is None else feed.listening,
        names_known=names_known,
    )
    server.open(rooms, complete=complete)
