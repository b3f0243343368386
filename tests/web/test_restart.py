"""Beginning anew: who may ask for it, and what is said where nothing would start the hub."""

import aiohttp
import pytest

from hub.core.errors import SettingsError
from hub.core.settings import WebSettings
from hub.web.server import WebServer

Client = aiohttp.ClientSession


async def test_the_hub_is_asked_once_and_says_which_run_this_is(server: WebServer, client: Client) -> None:
    asked: list[str] = []

    async def restart() -> None:
        asked.append("restart")

    server.rooms.restart = restart
    async with client.get("/healthz") as answer:
        run = (await answer.json())["run"]
    async with client.post("/api/v1/restart", json={}) as answer:
        assert (answer.status, await answer.json()) == (200, {"run": run})
    assert asked == ["restart"]


async def test_without_something_to_start_it_the_hub_stays(server: WebServer, client: Client) -> None:
    async with client.post("/api/v1/restart", json={}) as answer:
        assert answer.status == 503
        assert (await answer.json())["error"]["remedy"]
    async with client.post("/api/v1/restart", json={"now": True}) as answer:
        assert answer.status == 422


async def test_another_site_cannot_restart_it(server: WebServer, client: Client) -> None:
    async with client.post("/api/v1/restart", json={}, headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        (WebSettings(host="0.0.0.0"), "tls"),
        (WebSettings(host="0.0.0.0", tls=True), "owner"),
        (WebSettings(host="0.0.0.0", accounts="off"), "accounts"),
    ],
)
async def test_settings_with_which_it_would_not_come_up_are_found_before(
    server: WebServer, settings: WebSettings, remedy: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        server.check(settings)
    assert remedy in refused.value.remedy
    server.check(WebSettings())
