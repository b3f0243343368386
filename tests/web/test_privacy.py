"""What is heard, seen, kept and sent, over the API; and what is handed out and deleted."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.errors import SettingsError
from hub.core.paths import HomePaths
from hub.core.settings import MqttSettings, Settings, WebSettings
from hub.core.states import StateTable
from hub.learning.purge_home import is_asked, purge_asked
from hub.satellites.microphones import Microphones
from hub.store.accounts import AccountTable
from hub.store.database import Database
from hub.store.history import History
from hub.store.home_table import HomeTable
from hub.store.ledger import LedgerTable
from hub.store.plugin_data import PluginData
from hub.web.api.export import LEFT_OUT, without_secrets
from hub.web.api.home_keeper import HomeKeeper
from hub.web.server import WebServer
from tests.web.asking import get, post

from .conftest import OWNER, browser, cheap, let_in, rooms_of
from .players import House

Client = aiohttp.ClientSession


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    found = await Database.open(tmp_path / "hearth.db")
    yield found
    await found.close()


@pytest.fixture
async def private(
    bus: Bus, states: StateTable, house: House, database: Database, tmp_path: Path
) -> AsyncIterator[WebServer]:
    """A hub that keeps something, hears with two microphones, and made three connections."""
    history = History(database, bus)
    states.set("light.kitchen", "OnOff", True)
    await history.flush()
    ledger = LedgerTable(database)
    await ledger.record("mqtt", "192.168.1.9:1883", 10, 20, "devices", 1000.0)
    await ledger.record("models", "example.org:443 (93.184.216.34)", 1, 2, "a model", 1001.0)
    await ledger.record("skill", "example.org:80", 0, 0, "refused: no", 1002.0)
    await PluginData(database).set("weather", "api_token", "very-secret")
    microphones = Microphones(states, HomeTable(database))
    microphones.expect("microphone", area="kitchen")
    microphones.expect("satellite:Bedroom", "Bedroom", "bedroom")
    settings = Settings(mqtt=(MqttSettings(username="hub", password="very-secret"),))
    server = WebServer(WebSettings(port=0), bus, states, passwords=cheap())
    await server.start()
    await server.know(AccountTable(database))
    server.open(rooms_of(house))
    server.rooms.microphones = microphones
    server.rooms.keeper = HomeKeeper(HomePaths(tmp_path), database, settings, house.view)
    yield server
    await server.close()
    await history.close()


async def test_what_is_heard_and_kept_and_a_microphone_is_switched(private: WebServer, states: StateTable) -> None:
    async with browser(private) as page:
        told = await get(page, "privacy")
        assert [(each["entity"], each["place"], each["on"]) for each in told["microphones"]] == [
            ("microphone.microphone", "here", True),
            ("microphone.satellite_bedroom", "satellite", True),
        ]
        kept = {each["kind"]: each for each in told["keeping"]}
        assert (kept["states"]["rows"], kept["states"]["days"]) == (1, 30)
        assert kept["states"]["oldest"] > 1e9
        assert kept["states"]["bytes"] > 0
        assert (kept["ledger"]["rows"], kept["ledger"]["days"], kept["ledger"]["oldest"]) == (3, 365, 1000.0)
        assert (kept["examples"]["until"], kept["examples"]["oldest"]) == ("forgotten", None)
        assert told["bytes"] > 0
        assert (told["connections"], told["beyond"]) == (3, 1)
        body = {"entity": "microphone.microphone", "on": False}
        assert (await post(page, "privacy/microphone", body))["on"] is False
        assert states.value("microphone.microphone", "OnOff") is False
        assert (await get(page, "privacy"))["microphones"][0]["on"] is False
        await post(page, "privacy/microphone", {"entity": "microphone.attic", "on": False}, 404)
        await post(page, "privacy/microphone", {"entity": "microphone.microphone", "on": "no"}, 422)


async def test_connections_are_paged_and_say_how_far_they_went(private: WebServer) -> None:
    async with browser(private) as page:
        first = await get(page, "privacy/connections?limit=2")
        assert [(row["who"], row["reach"]) for row in first["connections"]] == [
            ("skill", "refused"),
            ("models", "outside"),
        ]
        rest = await get(page, f"privacy/connections?limit=2&before={first['before']}")
        assert [(row["where"], row["reach"]) for row in rest["connections"]] == [("192.168.1.9:1883", "home")]
        assert rest["before"] is None
        for wrong in ("limit=0", "limit=501", "before=-1", "who=x"):
            await get(page, f"privacy/connections?{wrong}", 422)


async def test_a_purge_is_told_first_and_done_between_two_runs(
    private: WebServer, database: Database, tmp_path: Path
) -> None:
    begun: list[str] = []

    async def restart() -> None:
        begun.append("restart")

    async def broken() -> None:
        raise SettingsError("hearth.toml is broken")

    async with browser(private) as page:
        told = await post(page, "privacy/purge", {})
        assert {each["what"]: each["rows"] for each in told["remembered"]}["states"] == 1
        assert told["run"] == ""
        await post(page, "privacy/purge", {"sure": True}, 503)  # nothing would start the hub
        private.rooms.restart = broken
        await post(page, "privacy/purge", {"sure": True}, 422)
        assert not is_asked(HomePaths(tmp_path))
        private.rooms.restart = restart
        assert (await post(page, "privacy/purge", {"sure": True, "ledger": True}))["run"]
    assert begun == ["restart"]
    await private.close()
    await database.close()
    await purge_asked(HomePaths(tmp_path), "")
    assert not is_asked(HomePaths(tmp_path))
    anew = await Database.open(tmp_path / "hearth.db")
    keeper = HomeKeeper(HomePaths(tmp_path), anew, Settings(), lambda: None)  # type: ignore[arg-type, return-value]
    assert {each.kind: each.rows for each in await keeper.keeping()}["states"] == 0
    assert await keeper.connections(0, 10) == []
    await anew.close()


async def test_the_export_has_everything_but_secrets(private: WebServer, tmp_path: Path) -> None:
    async with browser(private) as page:
        me = await let_in(page, "api/v1/setup", OWNER)
        token = (await post(page, "tokens", {"name": "program", "scope": "read"}))["token"]
        async with page.get("api/v1/privacy/export") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Disposition"] == 'attachment; filename="hearth-test-home.zip"'
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(texts["states.jsonl"])["entity"] == "light.kitchen"
    assert len(texts["connections.jsonl"].splitlines()) == 3
    kept = json.loads(texts["kept.json"])
    assert [each["name"] for each in kept["accounts"]] == ["Ann"]
    assert "program" in [each["name"] for each in kept["sessions"]]
    everything = "".join(texts.values())
    for secret in ("argon2", "very-secret", token, me["page_token"], "PRIVATE KEY"):
        assert secret not in everything
    assert not list(tmp_path.glob("tmp*"))


def test_what_is_called_like_a_secret_is_left_out() -> None:
    data = {
        "mqtt": [{"password": "p", "username": "hub"}],
        "rows": [{"key": "access_token", "value": {"a": "t"}}, {"key": "city", "value": "Rome"}],
        "source": "rtsp://user:pw@10.0.0.2/cam?token=abc&channel=1",
        "empty": {"password": ""},
    }
    assert without_secrets(data) == {
        "mqtt": [{"password": LEFT_OUT, "username": "hub"}],
        "rows": [{"key": "access_token", "value": LEFT_OUT}, {"key": "city", "value": "Rome"}],
        "source": "rtsp://10.0.0.2/cam?token=••••••&channel=1",
        "empty": {"password": ""},
    }


async def test_the_audit_is_tried_and_its_lines_are_told(private: WebServer) -> None:
    async def audit() -> list[dict[str, Any]]:
        return [{"check": "sound", "ok": True, "detail": "not found"}]

    async with browser(private) as page:
        await post(page, "privacy/audit", {}, 503)
        private.rooms.audit = audit
        told = await post(page, "privacy/audit", {})
        assert told == {"lines": [{"check": "sound", "ok": True, "detail": "not found"}]}
