"""Rooms and names through the API, over a real home and store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.entities import Area, Entity
from hub.core.settings import EntitySettings, Settings
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG
from hub.home.areas import Areas
from hub.home.registry import Home
from hub.store.accounts import AccountTable
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.web.api.rooms import Rooms
from hub.web.server import WebServer
from tests.web.asking import get, post
from tests.web.conftest import somebody

Client = aiohttp.ClientSession


@pytest.fixture
async def rooms(tmp_path: Path, bus: Bus, states: StateTable) -> AsyncIterator[Rooms]:
    """A home with one room and one thing of hearth.toml's, and one that a device brought."""
    database = await Database.open(tmp_path / "home.db")
    table = HomeTable(database)
    settings = Settings(
        area=(Area(id="kitchen", name="Kitchen"),),
        entity=(EntitySettings(id="light.kitchen", name="kitchen light", area="kitchen", traits=("OnOff",)),),
    )
    home = Home(settings, bus, states, table.overrides)
    home.add("hue", Entity(id="light.desk", name="Hue lamp", traits={"OnOff": PLAIN_CONFIG}))
    yield Rooms(home=home, areas=Areas(home, table), editor=home)
    await database.close()


@pytest.fixture
def furnished(empty_server: WebServer, rooms: Rooms) -> WebServer:
    empty_server.open(rooms)
    return empty_server


async def test_rooms_are_made_changed_and_removed(furnished: WebServer, client: Client) -> None:
    made = await post(client, "areas", {"name": "Wohnküche", "floor": "down", "aliases": ["den"]})
    assert made == {"id": "wohnkuche", "name": "Wohnküche", "floor": "down", "aliases": ["den"], "locked": False}
    changed = await post(client, "areas", {"id": "wohnkuche", "name": "Living room"})
    assert changed == {**made, "name": "Living room"}
    assert [(area["id"], area["locked"]) for area in (await get(client, "areas"))["areas"]] == [
        ("kitchen", True),
        ("wohnkuche", False),
    ]
    assert [area["locked"] for area in (await get(client, "home"))["areas"]] == [True, False]
    await post(client, "areas/remove", {"id": "wohnkuche"})
    assert [area["id"] for area in (await get(client, "areas"))["areas"]] == ["kitchen"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("areas", {"name": ""}, 422, "value_refused"),
        ("areas", {}, 422, "value_refused"),
        ("areas", {"name": "kitchen"}, 422, "value_refused"),
        ("areas", {"name": "x" * 201}, 422, "value_refused"),
        ("areas", {"name": "x", "colour": "red"}, 422, "value_refused"),
        ("areas", {"id": "moon", "name": "Moon"}, 404, "not_found"),
        ("areas", {"id": "kitchen", "name": "Galley"}, 403, "locked"),
        ("areas/remove", {"id": "kitchen"}, 403, "locked"),
        ("areas/remove", {"id": "moon"}, 404, "not_found"),
        ("areas/remove", {}, 422, "value_refused"),
        ("entities/light.kitchen", {"name": "lamp"}, 403, "locked"),
        ("entities/light.moon", {"name": "lamp"}, 404, "not_found"),
        ("entities/light.desk", {"name": ""}, 422, "value_refused"),
        ("entities/light.desk", {"name": "x" * 150}, 422, "value_refused"),
        ("entities/light.desk", {"area": "moon"}, 422, "value_refused"),
        ("entities/light.desk", {"exposed": "yes"}, 422, "value_refused"),
        ("entities/light.desk", {"source": "hue/x"}, 422, "value_refused"),
    ],
)
async def test_what_may_not_be_is_refused(
    furnished: WebServer, client: Client, path: str, body: Any, status: int, code: str
) -> None:
    answer = await post(client, path, body, status)
    assert answer["error"]["code"] == code
    assert answer["error"]["remedy"]
    assert [area["id"] for area in (await get(client, "areas"))["areas"]] == ["kitchen"]
    assert (await get(client, "entities/light.desk"))["name"] == "Hue lamp"


async def test_a_thing_gets_a_name_a_room_and_goes_back_to_its_device_s_word(
    furnished: WebServer, client: Client
) -> None:
    said = {"name": " desk  lamp ", "aliases": ["glow"], "area": "kitchen", "exposed": False}
    answer = await post(client, "entities/light.desk", said)
    wanted = {**said, "name": "desk lamp", "locked": False}
    assert {key: answer[key] for key in wanted} == wanted
    answer = await post(client, "entities/light.desk", {"name": None, "exposed": None})
    assert [answer[key] for key in ("name", "aliases", "area", "exposed")] == ["Hue lamp", ["glow"], "kitchen", None]
    assert (await get(client, "entities/light.kitchen"))["locked"] is True


async def test_who_lives_here_looks_and_who_looks_after_the_hub_changes(
    guarded: WebServer, owner: Client, rooms: Rooms, accounts: AccountTable
) -> None:
    guarded.open(rooms)
    for role, looks, changes in (("guest", 403, 403), ("member", 200, 403), ("admin", 200, 200)):
        async with await somebody(owner, guarded, role) as session:
            await get(session, "areas", looks)
            await post(session, "areas", {"name": "Attic"}, changes)
            await post(session, "entities/light.desk", {"name": "lamp"}, changes)
            await post(session, "areas/remove", {"id": "attic"}, changes)


async def test_before_the_home_is_there_the_routes_say_so(empty_server: WebServer, client: Client) -> None:
    await get(client, "areas", 503)
    await post(client, "areas", {"name": "Attic"}, 503)
    await post(client, "entities/light.desk", {"name": "lamp"}, 503)
