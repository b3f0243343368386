"""Satellites through the API: a real list over a real store and a guard, before satellites that speak the protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.errors import StoreError
from hub.core.events import Origin, Replied
from hub.core.settings import SatelliteSettings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.guard.connect import Guard
from hub.satellites.announcing import announce_at
from hub.satellites.microphones import Microphones
from hub.satellites.wyoming.satellite import WyomingSatellite
from hub.satellites.wyoming.satellite_list import MOST_SATELLITES, SatelliteList
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.web.api.rooms import Rooms
from hub.web.server import WebServer
from tests.ports import free_port
from tests.satellites.scripted import SPEECH, WAKE, ScriptedDialogue, ScriptedEars, ScriptedSatellite, ScriptedVoice
from tests.satellites.scripted import sound as piece
from tests.satellites.wishes import ALWAYS
from tests.web.asking import get, post
from tests.web.conftest import somebody

Client = aiohttp.ClientSession
DECLARED = SatelliteSettings(name="hall", host="192.168.1.7", port=10700, area="kitchen")


class House:
    """A hub's satellites; `running()` is one run of it, `hears` or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = Bus()
        self.states = StateTable(self.bus)
        self.ears, self.dialogue, self.voice = ScriptedEars(), ScriptedDialogue(), ScriptedVoice()
        self.microphones: Microphones

    @asynccontextmanager
    async def running(self, *, hears: bool = True) -> AsyncIterator[SatelliteList]:
        database = await Database.open(self.folder / "house.db")
        guard, supervisor = Guard(), Supervisor(self.bus)
        table = HomeTable(database)
        known = SatelliteList([DECLARED], table, lambda: ["kitchen", "attic"], guard.connect, supervisor)
        await known.load()
        self.microphones = Microphones(self.states, table)
        known.switch_with(self.microphones)
        heard = self.microphones.before(self.ears)

        def make(about: SatelliteSettings) -> WyomingSatellite:
            waits = {"first_wait_s": 0.02, "longest_wait_s": 0.1}
            return WyomingSatellite(about, guard.connect, heard, self.dialogue, self.voice, **waits)

        if hears:
            known.begin(make)
            announce_at(self.bus, known.running.values)
        try:
            yield known
        finally:
            await supervisor.close()
            await guard.close()
            await database.close()


@pytest.fixture
def satellites(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
async def box() -> AsyncIterator[ScriptedSatellite]:
    """A satellite that is on; its port is `box_port`'s."""
    made = ScriptedSatellite()
    made.port = await made.start()  # type: ignore[attr-defined]  # for these tests
    yield made
    await made.stop()


def _of(box: ScriptedSatellite, **more: Any) -> dict[str, Any]:
    return {"name": "shelf", "host": "127.0.0.1", "port": box.port, "area": "attic", **more}  # type: ignore[attr-defined]


async def _post(client: Client, path: str, body: Any, status: int = 200) -> Any:
    return await post(client, f"satellites{path}", body, status)


async def _get(client: Client, status: int = 200) -> Any:
    return await get(client, "satellites", status)


async def _until(client: Client, name: str, state: str) -> Any:
    async with asyncio.timeout(20):
        while True:
            for each in (await _get(client))["satellites"]:
                if each["name"] == name and each["state"] == state:
                    return each
            await asyncio.sleep(0.01)


async def test_one_that_was_found_is_added_heard_kept_moved_and_removed(
    empty_server: WebServer, client: Client, satellites: House, box: ScriptedSatellite
) -> None:
    satellites.ears.said = ["turn on the lamp"]
    async with satellites.running() as known:
        empty_server.open(Rooms(satellites=known))
        added = await _post(client, "", _of(box))
        assert (added["name"], added["area"], added["locked"]) == ("shelf", "attic", False)
        await _until(client, "shelf", "connected")
        await box.until("run-satellite")
        await box.send(ALWAYS, *(piece(level) for level in (WAKE, SPEECH, SPEECH, 0, 0)))
        await box.until("transcript")
        assert (satellites.dialogue.heard[0]["text"], satellites.dialogue.heard[0]["area"]) == (
            "turn on the lamp", "attic"
        )  # fmt: skip
        assert "microphone.satellite_shelf" in {each.entity for each in satellites.microphones.all()}
        assert known.has("127.0.0.1", added["port"], own=False) and known.has("192.168.1.9", added["port"], own=True)
    async with satellites.running() as known:
        empty_server.open(Rooms(satellites=known))
        await _until(client, "shelf", "connected")
        assert (await _post(client, "", _of(box, area="kitchen")))["area"] == "kitchen"
        await _until(client, "shelf", "connected")
        satellites.bus.publish(Replied(text="the egg is done", stream="", origin=Origin(area="kitchen")))
        await box.until("audio-stop", 2)
        assert "the egg is done" in satellites.voice.spoken
        await _post(client, "/remove", {"name": "shelf"})
        assert [each["name"] for each in (await _get(client))["satellites"]] == ["hall"]
        assert "microphone.satellite_shelf" not in {each.entity for each in satellites.microphones.all()}
        await box.until("pause-satellite")
    async with satellites.running() as known:
        assert [about.name for about in known.wanted()] == ["hall"]


async def test_one_that_is_away_says_why_and_is_connected_again(
    empty_server: WebServer, client: Client, satellites: House, box: ScriptedSatellite
) -> None:
    async with satellites.running() as known:
        empty_server.open(Rooms(satellites=known))
        port = (await _post(client, "", _of(box)))["port"]
        await _until(client, "shelf", "connected")
        await box.stop()
        assert (await _until(client, "shelf", "away"))["trouble"]
        await box.start(port)
        assert (await _until(client, "shelf", "connected"))["trouble"] == ""


async def test_a_hub_that_does_not_hear_keeps_it_for_when_it_does(
    empty_server: WebServer, client: Client, satellites: House, box: ScriptedSatellite
) -> None:
    async with satellites.running(hears=False) as known:
        empty_server.open(Rooms(satellites=known))
        assert (await _post(client, "", _of(box)))["state"] == "waiting"
    async with satellites.running() as known:
        empty_server.open(Rooms(satellites=known))
        await _until(client, "shelf", "connected")


async def test_what_cannot_be_added_is_refused_and_not_kept(
    empty_server: WebServer, client: Client, satellites: House, box: ScriptedSatellite
) -> None:
    hub = await asyncio.start_server(_no_satellite, "127.0.0.1", 0)
    other = hub.sockets[0].getsockname()[1]
    async with satellites.running(hears=False) as known:
        empty_server.open(Rooms(satellites=known))
        refused: list[tuple[dict[str, Any], int]] = [
            ({"port": free_port()}, 503), ({"port": other}, 502), ({"port": 0}, 422), ({"host": "8.8.8.8"}, 403),
            ({"host": "169.254.169.254"}, 403), ({"host": "a b"}, 422), ({"host": "http://x/"}, 422),
            ({"area": "moon"}, 422), ({"name": "hall"}, 403), ({"name": "a:b"}, 422), ({"name": "a\x00"}, 422),
            ({"name": " "}, 422), ({"name": "\u202egnp"}, 422), ({"name": "x" * 61}, 422), ({"name": "HALL"}, 422),
            ({"host": "192.168.1.7", "port": 10700}, 422), ({"more": 1}, 422),
        ]  # fmt: skip
        for wrong, status in refused:
            assert (await _post(client, "", _of(box, **wrong), status))["error"]["message"], wrong
        await _post(client, "/remove", {"name": "hall"}, 403)
        await _post(client, "/remove", {"name": "shelf"}, 404)
        await _post(client, "", _of(box))
        for again in ({"name": "shelf 2"}, {"port": free_port()}):
            await _post(client, "", _of(box, **again), 422)
    hub.close()
    async with satellites.running(hears=False) as known:
        assert [about.name for about in known.wanted()] == ["hall", "shelf"]


async def _no_satellite(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b'{"type": "info", "data": {"asr": []}}\n')
    writer.close()


async def test_there_are_not_endlessly_many_and_a_store_that_fails_adds_none(
    satellites: House, box: ScriptedSatellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise StoreError("the disk is full")

    async with satellites.running(hears=False) as known:
        monkeypatch.setattr(known._table, "set_row", lost)
        with pytest.raises(StoreError):
            await known.add(**_of(box))
        assert [about.name for about in known.wanted()] == ["hall"]
        known._added = {f"s{n}": SatelliteSettings(name=f"s{n}", host="h", port=n + 1) for n in range(MOST_SATELLITES)}
        with pytest.raises(Exception, match="were added already"):
            await known.add(**_of(box))


async def test_who_lives_here_looks_and_who_looks_after_the_hub_changes(
    guarded: WebServer, owner: Client, satellites: House, box: ScriptedSatellite
) -> None:
    async with satellites.running(hears=False) as known:
        guarded.open(Rooms(satellites=known))
        for role, looks, changes in (("guest", 403, 403), ("member", 200, 403), ("admin", 200, 200)):
            async with await somebody(owner, guarded, role) as session:
                shown = await _get(session, looks)
                if role == "member":
                    assert [(each["host"], each["port"]) for each in shown["satellites"]] == [("", 0)]
                await _post(session, "", _of(box), changes)
                await _post(session, "/remove", {"name": "shelf"}, changes)


async def test_before_the_home_is_there_the_routes_say_so(empty_server: WebServer, client: Client) -> None:
    await _get(client, 503)
    await _post(client, "", {"name": "x", "host": "x"}, 503)
    await _post(client, "/remove", {"name": "x"}, 503)
