"""Hands on the live socket: who may watch, that nothing queues for a page that is slow, and when it is over."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.errors import UsageError
from hub.core.events import Event, WorkerLost
from hub.perception.eyes.hand_watch import DrawnHand, DrawnHands, HandWatch
from hub.web import hands_feed
from hub.web.live_client import LiveClient
from hub.web.live_commands import LiveCommand
from hub.web.routes import Access
from hub.web.server import WebServer

from .conftest import browser, somebody, token_of

Client = aiohttp.ClientSession
Socket = aiohttp.ClientWebSocketResponse
COMMANDS = {"watch_hands": Access.ADMIN, "leave_hands": Access.ADMIN, "still_there": Access.GUEST}
STANDING = {"event": "HandsWatched", "allowed": True, "cameras": ["camera.hallway"]}


def look(number: int, camera: str = "camera.hallway") -> DrawnHands:
    """Hands before a camera; `number` tells it from others."""
    hand = DrawnHand(hand="right", gesture="fist", confidence=0.9, points=(number / 1000,) * 42)
    return DrawnHands(camera=camera, aspect=1.5, hands=(hand,))


def tell(watch: HandWatch, drawn: DrawnHands) -> None:
    """As the eyes do."""
    for watcher in tuple(watch._watchers):
        watcher.drawn(drawn)


@pytest.fixture
def watch(server: WebServer) -> HandWatch:
    made = HandWatch(allowed=True)
    made.look_for("camera.hallway")
    server.rooms.hands = made
    return made


@pytest.fixture
async def page(server: WebServer, client: Client) -> AsyncIterator[Socket]:
    async with client.ws_connect("/api/v1/live") as socket:
        await socket.receive_json(timeout=30)
        yield socket


async def ask(socket: Socket, command: str = "watch_hands") -> None:
    await socket.send_json({"command": command})


async def numbers(socket: Socket) -> dict[str, int]:
    """The next looks that are told, by camera."""
    told = await socket.receive_json(timeout=30)
    assert told["event"] == "HandsDrawn"
    return {each["camera"]: round(each["hands"][0]["points"][0] * 1000) for each in told["looks"]}


async def until(holds: Any) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.001)


def test_every_command_states_who_may(server: WebServer) -> None:
    assert {command.name: command.access for command in server.live.commands.all} == COMMANDS


@pytest.mark.parametrize("access", [Access.PUBLIC, None, "admin"])
def test_a_command_without_a_rule_cannot_be_made(access: Any) -> None:
    with pytest.raises(UsageError, match="access"):
        LiveCommand(name="x", access=access, summary="", handler=lambda _client: None)


async def answer(session: Client, bus: Bus, command: str) -> dict[str, Any] | None:
    """What is said to a command before the next event; None for nothing."""
    async with session.ws_connect("api/v1/live") as socket:
        await socket.receive_json(timeout=30)
        await ask(socket, command)
        await asyncio.sleep(0.05)
        bus.publish(WorkerLost(worker="w", lost="l"))
        told: dict[str, Any] = await socket.receive_json(timeout=30)
        return None if told["event"] == "WorkerLost" else told


@pytest.mark.parametrize("role", ["guest", "member", "admin", "owner"])
async def test_threat_14_a_role_says_what_it_may_and_no_more(
    guarded: WebServer, owner: Client, bus: Bus, role: str
) -> None:
    guarded.rooms.hands = watch = HandWatch(allowed=True)
    session = owner if role == "owner" else await somebody(owner, guarded, role)
    session.headers["Origin"] = f"http://127.0.0.1:{guarded.port}"
    for command in guarded.live.commands.all:
        told = await answer(session, bus, command.name)
        refused = told == {"event": "CommandRefused", "command": command.name, "code": "role"}
        assert refused != Access(role).includes(command.access), (command.name, told)
    assert watch._watchers == []
    if session is not owner:
        await session.close()


@pytest.mark.parametrize("scope", ["read", "control", "admin"])
async def test_threat_14_a_token_to_read_or_control_sees_no_hands(
    guarded: WebServer, owner: Client, bus: Bus, scope: str
) -> None:
    guarded.rooms.hands = HandWatch(allowed=True)
    token = await token_of(owner, scope)
    async with browser(guarded, Authorization=f"Bearer {token}") as program:
        told = await answer(program, bus, "watch_hands")
    assert told is not None
    assert told["event"] == ("HandsWatched" if scope == "admin" else "CommandRefused")


async def test_who_watches_is_told_how_it_stands_and_then_each_look_that_they_ask_for(
    page: Socket, watch: HandWatch
) -> None:
    tell(watch, look(1))
    await ask(page)
    assert await page.receive_json(timeout=30) == STANDING
    tell(watch, look(2))
    assert await numbers(page) == {"camera.hallway": 2}
    await ask(page)
    await asyncio.sleep(0.05)
    tell(watch, look(3))
    assert await numbers(page) == {"camera.hallway": 3}


async def test_for_a_page_that_is_slow_looks_are_dropped_and_only_the_newest_waits(
    page: Socket, watch: HandWatch, bus: Bus
) -> None:
    await ask(page)
    assert await page.receive_json(timeout=30) == STANDING
    for number in range(1, 501):
        tell(watch, look(number))
        tell(watch, look(1000 + number, "camera.door"))
    bus.publish(WorkerLost(worker="w", lost="l"))
    assert await numbers(page) == {"camera.hallway": 1}
    assert (await page.receive_json(timeout=30))["event"] == "WorkerLost"
    await ask(page)
    assert await numbers(page) == {"camera.hallway": 500, "camera.door": 1500}


async def test_a_page_whose_connection_is_full_gets_no_more_into_it(watch: HandWatch) -> None:
    feed = hands_feed.HandsFeed(lambda: watch)
    client = FullClient()
    feed.watch(client)
    client.waiting = 1
    tell(watch, look(1))
    tell(watch, look(2))
    assert [said["event"] for said in client.told] == ["HandsWatched"]
    client.waiting = 0
    tell(watch, look(3))
    assert client.told[1]["looks"][0]["hands"][0]["points"][0] == 0.003
    feed.left(client)


class FullClient(LiveClient):
    """A client whose connection takes what it is told to."""

    def __init__(self) -> None:
        self.waiting = 0
        self.told: list[dict[str, Any]] = []

    @property
    def unread(self) -> int:
        return self.waiting

    def tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)


async def test_what_is_forbidden_meanwhile_is_not_told_any_more(page: Socket, watch: HandWatch) -> None:
    await ask(page)
    await page.receive_json(timeout=30)
    tell(watch, look(1))
    tell(watch, look(2))  # waits for the page to ask
    await numbers(page)
    watch.allow(False)
    assert await page.receive_json(timeout=30) == {**STANDING, "allowed": False}
    await ask(page)
    await asyncio.sleep(0.05)
    watch.allow(True)
    assert await page.receive_json(timeout=30) == STANDING


@pytest.mark.parametrize("how", ["leaves", "closes", "is cut", "sleeps"])
async def test_a_page_that_watches_no_more_is_known_not_to(
    page: Socket, watch: HandWatch, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "sleeps":
        monkeypatch.setattr(hands_feed, "LAPSES_S", 0.05)
    await ask(page)
    await page.receive_json(timeout=30)
    if how == "leaves":
        await ask(page, "leave_hands")
    elif how == "closes":
        await page.close()
    elif how == "is cut":
        assert page._response.connection is not None
        page._response.connection.close()
    await until(lambda: watch._watchers == [])


async def test_whose_session_is_revoked_sees_nothing_from_then_on(guarded: WebServer, owner: Client) -> None:
    guarded.rooms.hands = watch = HandWatch(allowed=True)
    admin = await somebody(owner, guarded, "admin")
    async with admin.ws_connect("api/v1/live", headers={"Origin": f"http://127.0.0.1:{guarded.port}"}) as socket:
        await socket.receive_json(timeout=30)
        await ask(socket)
        await socket.receive_json(timeout=30)
        [account] = [each for each in await accounts(owner) if each["role"] == "admin"]
        async with owner.post("api/v1/accounts/change", json={"account": account["account"], "role": "member"}) as done:
            assert done.status == 200, await done.text()
        assert watch._watchers == []
    await admin.close()


async def accounts(session: Client) -> list[dict[str, Any]]:
    async with session.get("api/v1/accounts") as told:
        found: list[dict[str, Any]] = (await told.json())["accounts"]
        return found


async def test_nothing_of_a_hand_is_an_event(page: Socket, watch: HandWatch, bus: Bus) -> None:
    published: list[Event] = []
    bus.subscribe(Event, published.append)
    await ask(page)
    await page.receive_json(timeout=30)
    tell(watch, look(1))
    await numbers(page)
    assert published == []
    assert not issubclass(DrawnHands, Event)


async def test_before_the_home_is_there_a_page_is_told_so_and_asks_again(page: Socket, server: WebServer) -> None:
    await ask(page)
    assert await page.receive_json(timeout=30) == {"event": "HandsWatched", "allowed": False, "cameras": []}
    server.rooms.hands = HandWatch(allowed=True)
    await ask(page)
    assert (await page.receive_json(timeout=30))["allowed"] is True


@pytest.mark.parametrize(
    "said", ["", "x", "[]", '{"command": 1}', '{"command": "watch"}', '"watch_hands"', "[" * 4000, json.dumps({"a": 1})]
)
async def test_what_is_no_command_means_nothing(page: Socket, bus: Bus, watch: HandWatch, said: str) -> None:
    await page.send_str(said)
    await asyncio.sleep(0.02)
    bus.publish(WorkerLost(worker="w", lost="l"))
    assert (await page.receive_json(timeout=30))["event"] == "WorkerLost"
    assert watch._watchers == []
