"""The looking socket: a real WebSocket to pages' cameras, a tap of known ways behind it; and hostile pages."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import aiohttp
import pytest

from hub.core.entities import Area, HomeView
from hub.core.errors import MediaError, SealError, UnavailableError
from hub.guard.worker_host import WorkerHost
from hub.media.encoded import MOST_BYTES
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.lids import Lids
from hub.perception.eyes.messages import FromEyes
from hub.satellites.browser_cameras import MOST_PAGES, BrowserCameras, NoEyes
from hub.satellites.page_showing import PageShowing
from hub.web.server import WebServer
from tests.perception.eyes.fakes import FakeHost
from tests.until import until

from .conftest import somebody
from .pages import NO_GREETINGS, PAGE, START, Doors, PlayedPage, doors_to

PICTURE = b"\xff\xd8\xff a picture that nobody here decodes"


class Household:
    """What pages are served with; of each page the tap keeps what it was given."""

    def __init__(self) -> None:
        self.allowed = True
        self.host = FakeHost()
        self.seen: list[tuple[str, str, bytes]] = []
        """Stream, room and picture."""
        self.fails: Exception | None = None
        """What the tap says of its next picture."""
        home = HomeView(name="Test home", areas={"kitchen": Area(id="kitchen", name="Kitchen")})
        lids = Lids(Eyes(cast("WorkerHost[FromEyes]", self.host)), linger_s=0.0)
        self.cameras = BrowserCameras("camera.browser", lids, lambda: home, self._looking, allowed=lambda: self.allowed)
        self.switch: asyncio.Task[None] | None = None

    def turn_on(self) -> None:
        self.allowed = True
        self.switch = asyncio.create_task(self.cameras.run())

    async def turn_off(self) -> None:
        """As the home's switch does: nobody looks when this returns."""
        assert self.switch is not None
        self.switch.cancel()
        await asyncio.gather(self.switch, return_exceptions=True)
        assert self.cameras.pages == 0
        self.allowed = False

    def _looking(self, _eyes: Eyes, stream: str, area: str, page: PageShowing) -> Callable[[], Awaitable[None]]:
        async def look() -> None:
            loop = asyncio.get_running_loop()
            tap = socket.socket(fileno=os.dup(page.feed.for_tap()))
            tap.setblocking(False)
            try:
                while True:
                    await loop.sock_sendall(tap, b"?")
                    length = int.from_bytes(await _exactly(tap, 4), "big")
                    self.seen.append((stream, area, await _exactly(tap, length)))
                    if self.fails is not None:
                        page.report(cast("Any", self.fails))
            finally:
                tap.close()

        return look


async def _exactly(tap: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        found += await asyncio.get_running_loop().sock_recv(tap, count - len(found))
    return found


class ShowingPage(PlayedPage):
    """While it waits for something else it sends every picture that is asked for."""

    async def meanwhile(self, told: Any) -> None:
        if told["type"] == "show":
            await self.socket.send_bytes(PICTURE)


@pytest.fixture
async def household(server: WebServer) -> AsyncIterator[Household]:
    made = Household()
    made.turn_on()
    server.rooms.onlooker = made.cameras
    yield made
    await made.cameras.close()
    assert made.switch is not None
    made.switch.cancel()
    await asyncio.gather(made.switch, return_exceptions=True)


Pages = Doors[ShowingPage]


@pytest.fixture
async def doors(household: Household, client: aiohttp.ClientSession) -> AsyncIterator[Pages]:
    async with doors_to(client, "/api/v1/look", ShowingPage) as made:
        yield made


async def test_each_picture_is_asked_for_and_goes_to_the_tap_as_it_came(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    assert (await page.next()) == {"type": "show"}
    await page.socket.send_bytes(PICTURE)
    assert (await page.next()) == {"type": "ready", "version": 1}
    assert (await page.next()) == {"type": "show"}
    await page.socket.send_bytes(PICTURE[::-1])
    assert (await page.next()) == {"type": "show"}
    stream = f"camera.browser:{PAGE}"
    assert household.seen == [(stream, "kitchen", PICTURE), (stream, "kitchen", PICTURE[::-1])]
    assert household.cameras.pages == 1
    await page.socket.send_json({"type": "stop"})
    assert (await page.next()) == {"type": "stop"}
    assert (await page.next()) is None
    assert household.cameras.pages == 0


async def test_no_picture_is_asked_for_sooner_than_the_eyes_have_a_use_for_it(
    household: Household, doors: Pages
) -> None:
    page = await doors.page(**START)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(8):
        await page.until("show")
        await page.socket.send_bytes(PICTURE)
    assert loop.time() - began > 6 / 15


@pytest.mark.parametrize(
    ("message", "code"),
    [
        *((message, "protocol") for message in NO_GREETINGS),
        (json.dumps({**START, "rate": 1_000}), "protocol"),
        (json.dumps({**START, "area": "dungeon"}), "not_found"),
        (PICTURE, "protocol"),
    ],
)
async def test_a_first_message_that_is_none(
    household: Household, doors: Pages, message: str | bytes, code: str
) -> None:
    page = await doors.page()
    await page.send(message)
    told = await page.next()
    assert (told["type"], told["code"]) == ("error", code)
    assert told["message"]
    assert (await page.next()) is None
    assert household.host.lives == 0


@pytest.mark.parametrize(
    ("message", "code"),
    [(json.dumps(START), "protocol"), ("{}", "protocol"), ('{"type":"played"}', "protocol"), (b"", "media")],
)
async def test_a_later_message_that_is_none_ends_it(
    household: Household, doors: Pages, message: str | bytes, code: str
) -> None:
    page = await doors.page(**START)
    await page.until("show")
    await page.send(message)
    assert (await page.until("error"))["code"] == code
    assert (await page.next()) is None
    assert household.cameras.pages == 0
    assert household.seen == []


async def test_a_picture_that_nobody_asked_for_ends_it(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("show")
    for _ in range(2):
        await page.socket.send_bytes(PICTURE)
    told = await page.until("error")
    assert (told["code"], told["message"]) == ("protocol", "a picture that nobody asked for")
    assert len(household.seen) <= 1


async def test_a_flood_is_cut(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("show")

    async def flood() -> None:
        for _ in range(3_000):
            await page.socket.send_bytes(bytes(MOST_BYTES))

    sending = asyncio.create_task(flood())
    await until(lambda: household.cameras.pages == 0)
    while await page.next() is not None:
        pass
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert len(household.seen) <= 1


async def test_a_picture_that_is_too_large_ends_it(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("show")
    await page.socket.send_bytes(bytes(MOST_BYTES + 1))
    assert (await page.next()) is None
    assert household.seen == []


async def test_a_picture_that_the_tap_refuses_ends_it(household: Household, doors: Pages) -> None:
    household.fails = MediaError("this is not a picture, or a broken one", remedy="send a plain JPEG")
    page = await doors.page(**START)
    told = await page.until("error")
    assert (told["code"], told["remedy"]) == ("media", "send a plain JPEG")
    assert (await page.next()) is None


async def test_who_sends_no_pictures_is_left(
    household: Household, doors: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.satellites.page_showing.SILENT_S", 0.05)
    page = await doors.page(**START)
    await page.next()
    assert (await page.next())["code"] == "unavailable"


async def test_no_more_pages_than_there_may_be(household: Household, doors: Pages) -> None:
    for number in range(MOST_PAGES):
        await (await doors.page(**{**START, "page": f"{number:016x}"})).until("show")
    page = await doors.page(**START)
    assert (await page.next())["code"] == "unavailable"


async def test_a_page_that_comes_again_takes_its_own_place(household: Household, doors: Pages) -> None:
    first = await doors.page(**START)
    await first.until("show")
    second = await doors.page(**START)
    await second.until("show")
    assert (await first.next()) == {"type": "stop"}
    assert household.cameras.pages == 1


async def test_the_households_switch_ends_looking_and_keeps_it_from_beginning(
    household: Household, doors: Pages
) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    await household.turn_off()
    assert (await page.until("error"))["code"] == "switched_off"
    assert (await page.next()) is None
    seen = len(household.seen)
    again = await doors.page(**START)
    told = await again.next()
    assert (told["code"], told["remedy"]) == ("switched_off", "switch them on under Privacy")
    assert len(household.seen) == seen
    household.turn_on()
    await (await doors.page(**START)).until("ready")


async def test_the_eyes_open_for_the_first_page_and_close_after_the_last(household: Household, doors: Pages) -> None:
    assert household.host.lives == 0
    pages = [await doors.page(**{**START, "page": f"{number:016x}"}) for number in range(2)]
    for page in pages:
        await page.until("show")
    assert (household.host.lives, household.host.running) == (1, True)
    for page in pages:
        await page.socket.send_json({"type": "stop"})
        await page.until("stop")
    await until(lambda: not household.host.running)
    await (await doors.page(**START)).until("show")
    assert household.host.lives == 2


async def test_eyes_that_do_not_open_say_why(household: Household, doors: Pages) -> None:
    household.host.fails = SealError("no filter today", remedy="use Linux")
    page = await doors.page(**START)
    told = await page.next()
    assert (told["code"], told["message"], told["remedy"]) == ("seal", "no filter today", "use Linux")


async def test_a_hub_that_ends_is_waited_for_and_does_not_say_stop(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("show")
    await household.cameras.close()
    assert (await page.next()) is None


async def test_a_hub_that_cannot_see_says_so(server: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect("/api/v1/look") as socket:
        assert (await socket.receive_json(timeout=20))["code"] == "unavailable"  # it starts
    server.rooms.onlooker = NoEyes(UnavailableError("this hub cannot see", remedy="make setup"))
    async with client.ws_connect("/api/v1/look") as socket:
        told = await socket.receive_json(timeout=20)
        assert (told["code"], told["remedy"]) == ("blind", "make setup")


async def test_threat_05_looking_ends_with_the_session(guarded: WebServer, owner: aiohttp.ClientSession) -> None:
    household = Household()
    household.turn_on()
    guarded.rooms.onlooker = household.cameras
    member = await somebody(owner, guarded, "member")
    async with member, member.ws_connect("api/v1/look", origin=guarded.url.rstrip("/")) as socket:
        await socket.send_json(START)
        page = ShowingPage(socket)
        await page.until("ready")
        async with member.post("api/v1/logout", json={}) as answer:
            assert answer.status == 200
        while await page.next() is not None:
            pass
        assert page.closed_with == 4401
    await until(lambda: not household.cameras.pages)
    await household.turn_off()
