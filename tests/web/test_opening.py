"""Opening the page to the network of the home in the app: only with an owner and TLS, from the next start on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.app import Hub, Parts, running_hub
from hub.cli.doctor.checks import examine
from hub.cli.in_force import settings_in_force
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import load_settings
from hub.guard.tls import client_context
from hub.web.access.home_files import WebFiles
from tests.ports import free_ports

from .conftest import OWNER, let_in

OPEN = {"web.host": "0.0.0.0", "web.tls": True}
LOGIN = {"name": OWNER["name"], "password": OWNER["password"]}


class Home:
    """A home that keeps its port, and a browser on its machine."""

    def __init__(self, root: Path) -> None:
        self.paths, (self.port,) = HomePaths(root), free_ports(1)

    def says(self, text: str) -> None:
        """Write hearth.toml."""
        self.paths.settings.write_text(text)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[tuple[Hub, aiohttp.ClientSession]]:
        """The hub, with a browser that trusts its certificate where it has one."""

        def at_port(settings: Settings) -> Settings:
            from msgspec.structs import replace

            return replace(settings, web=replace(settings.web, port=self.port))

        async with running_hub(self.paths, Parts.HOME | Parts.WEB, settings=at_port) as hub:
            assert hub.web is not None
            hub.web.open()
            root = WebFiles.of(self.paths.root).root
            connector = aiohttp.TCPConnector(ssl=client_context(root)) if root.exists() else None
            jar = aiohttp.CookieJar(unsafe=True)
            async with aiohttp.ClientSession(hub.web.local_url, connector=connector, cookie_jar=jar) as browser:
                yield hub, browser


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def _change(browser: aiohttp.ClientSession, changes: dict[str, Any], status: int = 200) -> str:
    async with browser.post("api/v1/settings", json={"changes": changes}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def _addresses(browser: aiohttp.ClientSession) -> Any:
    async with browser.get("api/v1/addresses") as answer:
        assert answer.status == 200
        return await answer.json()


async def _opened(home: Home) -> None:
    """Somebody owns the home and opens it."""
    async with home.run() as (_, browser):
        await let_in(browser, "api/v1/setup", OWNER)
        await _change(browser, OPEN)


async def test_it_takes_an_owner_and_tls_and_holds_from_the_next_start_on(home: Home) -> None:
    async with home.run() as (_, browser):
        assert "owner" in await _change(browser, OPEN, 422)
        await let_in(browser, "api/v1/setup", OWNER)
        for alone in ({"web.host": "0.0.0.0"}, {**OPEN, "web.tls": False}):
            assert "in the clear" in await _change(browser, alone, 422)
        for elsewhere in ("192.168.1.5", "::", "8.8.8.8", "hub.local", ""):
            await _change(browser, {**OPEN, "web.host": elsewhere}, 422)
        await _change(browser, OPEN)
        assert "in the clear" in await _change(browser, {"web.tls": None}, 422)
        told = await _addresses(browser)
        assert told["now"] == {
            "open": False, "here": f"http://127.0.0.1:{home.port}/", "elsewhere": [], "authority": ""
        }  # fmt: skip
        assert told["next"]["open"] and told["next"]["here"] == f"https://127.0.0.1:{home.port}/"
    async with home.run() as (hub, browser):
        assert (hub.settings.web.host, hub.settings.web.tls) == ("0.0.0.0", True)
        async with browser.get("api/v1/home") as answer:
            assert answer.status == 401
        await let_in(browser, "api/v1/login", LOGIN)
        told = await _addresses(browser)
        assert told["now"] == told["next"]
        for url in told["now"]["elsewhere"]:
            assert url.startswith("https://") and "127.0.0.1" not in url
            # The home's authority vouches for private addresses; that of a build machine may be none.
            async with browser.get(f"{url}ca.crt", ssl=False) as answer:
                assert answer.status == 200
        assert told["now"]["authority"] == (f"{told['now']['elsewhere'][0]}ca.crt" if told["now"]["elsewhere"] else "")
        await _change(browser, {"web.host": None, "web.tls": None})
    async with home.run() as (hub, browser):
        assert hub.web is not None and hub.web.local_url == f"http://127.0.0.1:{home.port}/"


@pytest.mark.parametrize("text", ['[web]\nhost = "127.0.0.1"\n', "[web]\ntls = false\n", '[web]\naccounts = "off"\n'])
async def test_hearth_toml_has_the_last_word_and_closes_it(home: Home, text: str) -> None:
    await _opened(home)
    home.says(text)
    async with home.run() as (hub, _):
        assert hub.web is not None and hub.web.url == hub.web.local_url
        assert hub.settings.web.host == "127.0.0.1"


async def test_where_hearth_toml_decides_the_app_does_not(home: Home) -> None:
    home.says('[web]\nhost = "127.0.0.1"\n')
    async with home.run() as (_, browser):
        await let_in(browser, "api/v1/setup", OWNER)
        assert "hearth.toml decides on web.host" in await _change(browser, OPEN, 403)


async def test_a_store_that_cannot_be_looked_into_early_is_opened_for_it(home: Home) -> None:
    await _opened(home)
    home.says(f'[store]\nurl = "sqlite:///{home.paths.database}"\n')
    async with home.run() as (hub, _):
        assert hub.web is not None and hub.web.local_url.startswith("https://")


async def test_the_doctor_and_a_restart_judge_what_the_app_says(home: Home) -> None:
    await _opened(home)
    force = await settings_in_force(load_settings(home.paths.settings), home.paths)
    assert force.settings.web.tls and force.source("web.host") == "app"
    (door,) = [finding for finding in await examine(home.paths) if finding.check == "who comes in"]
    assert (door.level, door.detail) == ("ok", "people with an account, over TLS, from the network")
    home.says("[web]\ntls = false\n")
    unfit = [finding for finding in await examine(home.paths) if finding.check == "settings"]
    assert any(finding.level == "broken" and "in the clear" in finding.detail for finding in unfit)
