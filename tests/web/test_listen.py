"""The listening socket: a real WebSocket to pages' ears, voice and dialogue with known answers; and hostile pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import numpy as np
import pytest

from hub.core.entities import Area, HomeView
from hub.core.events import Origin, Replied, StateChanged
from hub.satellites.browser import MOST_PAGES, BrowserSatellites
from hub.web import page_sockets
from hub.web.server import WebServer
from tests.satellites.scripted import SPEECH, WAKE, ScriptedDialogue, ScriptedEars, ScriptedVoice

from .conftest import somebody
from .pages import NO_GREETINGS, PAGE, START, Doors, PlayedPage, doors_to, upgrade
from .raw_connection import connect


class Household:
    """What pages are served with."""

    def __init__(self) -> None:
        self.allowed = True
        self.ears, self.dialogue, self.voice = ScriptedEars(), ScriptedDialogue(), ScriptedVoice()
        home = HomeView(name="Test home", areas={"kitchen": Area(id="kitchen", name="Kitchen")})
        phrases = {"hey_jarvis": "hey jarvis"}
        self.pages = BrowserSatellites(
            self.ears, self.ears, self.dialogue, self.voice, self.ears.bus, lambda: home,
            phrases=phrases, language="en", allowed=lambda: self.allowed,
        )  # fmt: skip


class ListeningPage(PlayedPage):
    """It says that it has played whatever it was sent."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        super().__init__(socket)
        self.sound = 0
        self.plays = True

    async def say(self, *levels: int) -> None:
        for level in levels:
            await self.socket.send_bytes(np.full(1280, level, "<i2").tobytes())

    async def next(self) -> Any:
        told = await super().next()
        if told is not None and told["type"] == "reply" and self.plays:
            await self.socket.send_json({"type": "played", "reply": told["number"]})
        return told

    def sounds(self, data: bytes) -> None:
        self.sound += len(data) // 2


@pytest.fixture
async def household(server: WebServer) -> AsyncIterator[Household]:
    made = Household()
    server.rooms.listener = made.pages
    yield made
    await made.pages.close()


Pages = Doors[ListeningPage]


@pytest.fixture
async def doors(household: Household, client: aiohttp.ClientSession) -> AsyncIterator[Pages]:
    async with doors_to(client, "/api/v1/listen", ListeningPage) as made:
        yield made


async def test_a_wake_word_and_what_follows_are_told_answered_and_sound(household: Household, doors: Pages) -> None:
    household.ears.said = ["lamp on"]
    page = await doors.page(**START)
    assert (await page.next()) == {"type": "ready", "version": 1, "words": ["hey jarvis", "alexa"]}
    await page.say(WAKE, SPEECH, 0)
    assert (await page.next()) == {"type": "wake", "word": "hey_jarvis", "score": 0.9}
    assert (await page.next()) == {"type": "speech"}
    assert (await page.next()) == {"type": "transcript", "text": "lamp on", "confidence": 0.9}
    reply = await page.next()
    assert reply == {
        "type": "reply", "number": 1, "text": "The lamp is on.", "rate": 16_000, "samples": 1500, "unasked": False,
    }  # fmt: skip
    await page.socket.send_json({"type": "stop"})
    assert (await page.next()) == {"type": "stop"}
    assert page.sound == 1500
    assert (await page.next()) is None
    heard = household.dialogue.heard[0]
    assert (heard["area"], heard["stream"]) == ("kitchen", f"browser:{PAGE}")


async def test_a_tap_is_one_turn_with_the_questions_that_it_brings(household: Household, doors: Pages) -> None:
    household.ears.said = ["open the door", "lamp on"]
    page = await doors.page(**START, wake=False)
    assert (await page.next())["words"] == []
    assert (await page.next()) == {"type": "listening"}
    await page.say(SPEECH, 0)
    assert (await page.until("reply"))["text"] == "Shall I unlock the door?"
    assert (await page.next()) == {"type": "listening"}
    await page.say(SPEECH, 0)
    assert (await page.until("reply"))["text"] == "The lamp is on."
    assert (await page.next()) == {"type": "stop"}


async def test_a_tap_that_nobody_speaks_after_says_so(household: Household, doors: Pages) -> None:
    page = await doors.page(**START, wake=False)
    await page.until("listening")
    await page.socket.send_json({"type": "end"})
    assert (await page.next()) == {"type": "not_understood", "reason": "silence", "text": ""}
    assert (await page.next()) == {"type": "stop"}


async def test_what_means_nothing_is_told_with_its_reason(household: Household, doors: Pages) -> None:
    household.ears.said = ["mumble", "broken"]
    page = await doors.page(**START)
    await page.until("ready")
    await page.socket.send_json({"type": "talk"})
    await page.until("listening")
    await page.say(SPEECH, 0)
    missed = await page.until("not_understood")
    assert missed["reason"] == "not_understood"
    assert (await page.next())["text"] == "Sorry?"
    await page.say(WAKE, SPEECH, 0)
    assert (await page.until("error"))["code"] == "unavailable"


async def test_a_microphone_that_is_tried_is_told_and_nothing_is_done(household: Household, doors: Pages) -> None:
    household.ears.said = ["lamp on"]
    public: list[object] = []
    household.ears.bus.subscribe(Replied, public.append)
    page = await doors.page(**START, act=False)
    await page.until("ready")
    await page.say(WAKE, SPEECH, 0)
    assert (await page.until("transcript"))["text"] == "lamp on"
    household.ears.bus.publish(Replied(text="the timer is over"))
    await page.socket.send_json({"type": "stop"})
    assert (await page.next()) == {"type": "stop"}
    assert household.dialogue.heard == []


async def test_what_is_said_unasked_sounds_in_its_area(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    household.ears.bus.publish(Replied(text="elsewhere", origin=Origin(area="cellar")))
    household.ears.bus.publish(Replied(text="an answer", stream="satellite:x", origin=Origin(area="kitchen")))
    household.ears.bus.publish(Replied(text="the timer is over", origin=Origin(area="kitchen")))
    reply = await page.next()
    assert (reply["text"], reply["unasked"]) == ("the timer is over", True)


async def test_a_hub_without_a_voice_answers_in_writing(household: Household, doors: Pages) -> None:
    household.ears.said = ["the lamp is unspeakable"]
    household.dialogue.hear = _unspeakable  # type: ignore[method-assign]
    page = await doors.page(**START)
    await page.say(WAKE, SPEECH, 0)
    reply = await page.until("reply")
    assert (reply["text"], reply["samples"]) == ("unspeakable", 0)


async def _unspeakable(text: str, **_: Any) -> Any:
    from tests.satellites.scripted import Said

    return Said("unspeakable")


async def test_the_hub_is_deaf_to_itself_until_the_page_has_played(household: Household, doors: Pages) -> None:
    household.ears.said = ["lamp on"]
    page = await doors.page(**START)
    page.plays = False
    await page.say(WAKE, SPEECH, 0)
    reply = await page.until("reply")
    stream = household.ears.streams[0]
    assert stream.muted
    await page.socket.send_json({"type": "played", "reply": reply["number"] + 1})
    await page.socket.send_json({"type": "played", "reply": reply["number"]})
    async with asyncio.timeout(20):
        while stream.muted:
            await asyncio.sleep(0.01)


async def test_a_page_that_comes_again_takes_its_own_place(household: Household, doors: Pages) -> None:
    first = await doors.page(**START)
    await first.until("ready")
    second = await doors.page(**START)
    await second.until("ready")
    assert (await first.next()) == {"type": "stop"}
    assert household.pages.pages == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        *((message, "protocol") for message in NO_GREETINGS),
        (json.dumps({**START, "rate": 0}), "protocol"),
        (json.dumps({**START, "rate": 10_000_000}), "protocol"),
        (json.dumps({**START, "token": "x"}), "protocol"),
        (json.dumps({**START, "area": "dungeon"}), "not_found"),
        (b"\0\0", "protocol"),
    ],
)
async def test_a_first_message_that_is_none(doors: Pages, message: str | bytes, code: str) -> None:
    page = await doors.page()
    await page.send(message)
    told = await page.next()
    assert (told["type"], told["code"]) == ("error", code)
    assert told["message"]
    assert (await page.next()) is None


@pytest.mark.parametrize(
    "message", [b"\0", json.dumps(START), "{}", '{"type":"played","reply":-1}', '{"type":"talk","wake":true}']
)
async def test_a_later_message_that_is_none_ends_it(household: Household, doors: Pages, message: str | bytes) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    await page.send(message)
    assert (await page.next())["code"] == "protocol"
    assert (await page.next()) is None
    assert household.pages.pages == 0


@pytest.mark.parametrize("size", [2, 16_000])
async def test_a_flood_is_cut(doors: Pages, size: int) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    told = None

    async def flood() -> None:
        for _ in range(3_000):
            await page.socket.send_bytes(bytes(size))

    sending = asyncio.create_task(flood())
    told = await page.until("error")
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert "faster than time" in told["message"]


async def test_a_message_that_is_too_large_ends_it(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    await page.socket.send_bytes(bytes(page_sockets.LISTENING.most_bytes + 2))
    assert (await page.next()) is None


async def test_who_says_nothing_is_cut(doors: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.satellites.page_visits.GREETING_S", 0.05)
    page = await doors.page()
    assert (await page.next())["code"] == "protocol"


async def test_who_does_not_read_is_cut(
    household: Household, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_sockets, "SEND_S", 0.05)
    raw = await connect(server)
    await raw.send(upgrade(server, "/api/v1/listen"))
    assert await raw.status() == 101
    start = json.dumps(START).encode()
    await raw.send(bytes((0x81, 0x80 | len(start), 0, 0, 0, 0)) + start)
    async with asyncio.timeout(20):
        while household.pages.pages == 0:
            await asyncio.sleep(0.01)
        for _ in range(200):
            household.ears.bus.publish(Replied(text="blah " * 5_000, origin=Origin(area="kitchen")))
        while household.pages.pages:
            await asyncio.sleep(0.01)
    raw.close()


async def test_no_more_pages_than_there_may_be(household: Household, doors: Pages) -> None:
    for number in range(MOST_PAGES):
        await (await doors.page(**{**START, "page": f"{number:016x}"})).until("ready")
    page = await doors.page(**START)
    assert (await page.next())["code"] == "unavailable"


async def test_ears_that_are_away_are_named(household: Household, doors: Pages) -> None:
    household.ears.deaf = True
    page = await doors.page(**START)
    assert (await page.next())["code"] == "unavailable"


async def test_a_hub_that_ends_is_waited_for_and_does_not_say_stop(household: Household, doors: Pages) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    await household.pages.close()
    assert (await page.next()) is None


async def test_the_households_switch_ends_listening_and_keeps_it_from_beginning(
    household: Household, doors: Pages
) -> None:
    page = await doors.page(**START)
    await page.until("ready")
    household.allowed = False
    household.ears.bus.publish(StateChanged(entity="microphone.browser", trait="OnOff", value=False))
    assert (await page.next())["code"] == "switched_off"
    assert (await page.next()) is None
    again = await doors.page(**START)
    told = await again.next()
    assert (told["code"], told["remedy"]) == ("switched_off", "switch them on under Privacy")


async def test_a_hub_that_does_not_hear_says_so(server: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.ws_connect("/api/v1/listen") as socket:
        told = await socket.receive_json(timeout=20)
        assert (told["code"], told["remedy"] != "") == ("deaf", True)


async def test_the_policy_lets_the_page_alone_have_a_microphone(
    server: WebServer, client: aiohttp.ClientSession
) -> None:
    async with client.get("/") as answer:
        assert answer.headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=()"


async def test_threat_05_a_socket_ends_with_its_session(guarded: WebServer, owner: aiohttp.ClientSession) -> None:
    guarded.rooms.listener = Household().pages
    member = await somebody(owner, guarded, "member")
    async with member, member.ws_connect("api/v1/listen", origin=guarded.url.rstrip("/")) as socket:
        await socket.send_json(START | {"area": ""})
        assert (await socket.receive_json(timeout=20))["type"] == "ready"
        async with member.post("api/v1/logout", json={}) as answer:
            assert answer.status == 200
        while (message := await socket.receive(timeout=20)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == 4401
