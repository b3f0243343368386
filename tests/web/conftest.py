"""A real web server on a free port of this machine, with rooms of the tests' own behind it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.entities import Area, HomeView
from hub.core.log_ring import LogRing
from hub.core.paths import HomePaths
from hub.core.settings import Settings, WebSettings
from hub.core.settings_file import parse_settings
from hub.core.states import StateTable
from hub.home.areas import Areas
from hub.home.first_steps import FirstSteps
from hub.home.household_settings import HouseholdSettings
from hub.home.registry import Home
from hub.store.accounts import AccountTable
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.web.access.passwords import Passwords
from hub.web.api.home_keeper import HomeKeeper
from hub.web.api.rooms import Rooms
from hub.web.server import WebServer

from .players import Cabinet, Drawer, House, Neighbours, NoSatellites, Pupils, Remembers, Shelf


@pytest.fixture
def states(bus: Bus) -> StateTable:
    return StateTable(bus)


@pytest.fixture
def house(states: StateTable) -> House:
    return House(states)


@pytest.fixture
async def empty_server(bus: Bus, states: StateTable) -> AsyncIterator[WebServer]:
    """A server whose rooms are not ready."""
    server = WebServer(WebSettings(port=0, accounts="off"), bus, states, most_connections=64, header_timeout_s=0.3)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def server(empty_server: WebServer, house: House) -> WebServer:
    """A server with all its rooms."""
    empty_server.open(rooms_of(house))
    return empty_server


def rooms_of(house: House) -> Rooms:
    """All rooms, played; the settings are real, over a table in memory."""
    drawer = Drawer()
    settings = HouseholdSettings(parse_settings('[home]\nlanguage = "en"\n'), drawer)
    bus = Bus()
    home = Home(Settings(area=(Area(id="kitchen", name="Kitchen"),)), bus, StateTable(bus))
    areas = Areas(home, HomeTable(None))  # type: ignore[arg-type]  # nothing is kept by these tests
    return Rooms(
        areas=areas, editor=home, devices=Cabinet(), satellites=NoSatellites(),
        home=house, commander=house, speaker=house, why=house, history=house, gauges=house,
        turns=Remembers(), peers=Neighbours(),
        learning=Pupils, settings=settings, first_steps=FirstSteps(drawer, HomeView), skills=Shelf(),
    )  # fmt: skip


@pytest.fixture
async def client(empty_server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the server."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{empty_server.port}") as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    """The time of the `guarded` server."""
    return FakeClock()


@pytest.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[AccountTable]:
    """Where the `guarded` server keeps accounts."""
    database = await Database.open(tmp_path / "hearth.db")
    yield AccountTable(database)
    await database.close()


async def _nothing_found() -> list[Any]:
    return []


@pytest.fixture
def problems() -> dict[str, str]:
    """What is wrong with the hub of `guarded`."""
    return {}


@pytest.fixture
async def guarded(
    bus: Bus,
    states: StateTable,
    house: House,
    clock: FakeClock,
    accounts: AccountTable,
    problems: dict[str, str],
    tmp_path: Path,
) -> AsyncIterator[WebServer]:
    """A server with all its rooms that asks who people are, once there is an owner."""
    server = WebServer(WebSettings(port=0), bus, states, lambda: problems, clock=clock, passwords=cheap())
    await server.start()
    await server.know(accounts)
    server.open(rooms_of(house))
    server.rooms.doctor = _nothing_found
    server.rooms.log = LogRing().lines
    server.rooms.keeper = HomeKeeper(HomePaths(tmp_path), accounts._database, Settings(), house.view)
    yield server
    await server.close()


def cheap() -> Passwords:
    """Passwords that are hashed quickly."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


OWNER = {"name": "Ann", "password": "correct horse"}
WRONG = {**OWNER, "password": "wrong password"}


def browser(server: WebServer, **headers: str) -> aiohttp.ClientSession:
    """A browser: it keeps cookies."""
    return aiohttp.ClientSession(server.url, cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers)


async def let_in(session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set up or log in; from then on the browser's page sends what its POSTs need."""
    async with session.post(path, json=body) as answer:
        assert answer.status == 200, await answer.text()
        me: dict[str, Any] = await answer.json()
    session.headers["X-Hearth-Page"] = me["page_token"]
    return me


@pytest.fixture
async def owner(guarded: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    """The owner's browser."""
    async with browser(guarded) as session:
        await let_in(session, "api/v1/setup", OWNER)
        yield session


async def somebody(owner: aiohttp.ClientSession, guarded: WebServer, role: str) -> aiohttp.ClientSession:
    """The browser of somebody with this role; the caller closes it."""
    body = {"name": f"{role} Bob", "password": "battery staple"}
    async with owner.post("api/v1/accounts", json={**body, "role": role}) as answer:
        assert answer.status == 200, await answer.text()
    session = browser(guarded)
    await let_in(session, "api/v1/login", body)
    return session


async def token_of(session: aiohttp.ClientSession, scope: str) -> str:
    """A token of who has logged in with this browser."""
    async with session.post("api/v1/tokens", json={"name": f"to {scope}", "scope": scope}) as answer:
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["token"])
