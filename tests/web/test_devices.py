"""Devices through the API: a real keeper and host over a real store, a guard, and an integration written for it."""

import asyncio
import textwrap
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.core.announced import Announced
from hub.core.bus import Bus
from hub.core.errors import StoreError
from hub.core.settings import MqttSettings, PluginSettings, Settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.guard.connect import Guard
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.devices.device_code import DeviceCode
from hub.plugins.devices.device_host import DeviceHost
from hub.plugins.devices.device_keeper import DeviceKeeper
from hub.plugins.devices.device_shelf import DeviceShelf
from hub.plugins.devices.wanted_devices import declared_devices
from hub.plugins.discovery import find_devices
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.store.kept_devices import DeviceTable
from hub.store.plugin_data import PluginData
from hub.web.api.rooms import Rooms
from hub.web.server import WebServer
from tests.web.conftest import somebody

Client = aiohttp.ClientSession
SECRET = "open sesame 4711"
LAMPS = '''
    """Lamps of a kind that is only here."""
    import asyncio
    from typing import Annotated, Literal
    from msgspec import Meta, Struct
    from hub.sdk import Device, Entity, EntityAdded, StateReported, TraitConfig, Trouble

    device = Device()

    class Config(Struct, kw_only=True, forbid_unknown_fields=True):
        host: Annotated[str, Meta(title="Address", min_length=1)]
        port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 80
        token: Annotated[str, Meta(title="Token")] = ""
        code: Annotated[str, Meta(title="Code", extra_json_schema={"writeOnly": True})] = ""
        mode: Literal["warm", "cold"] = "warm"

    @device.connect(Config)
    async def connect(ctx, config):
        if config.host == "dark":
            yield Trouble("the lamps do not answer")
        else:
            yield EntityAdded(Entity(id="light.lamp", name=f"{config.mode} lamp", traits={"OnOff": TraitConfig()}))
            yield StateReported("light.lamp", "OnOff", config.token == "open sesame 4711")
        await asyncio.Event().wait()
'''


def _write_lamps(folder: Path) -> None:
    where = folder / "devices" / "lamps"
    where.mkdir(parents=True)
    (where / "integration.py").write_text(textwrap.dedent(LAMPS))
    (where / "device.toml").write_text(
        'id = "lamps"\nname = "Lamps"\nversion = "1.0.0"\napi = 1\ndescription = "Lamps."\n'
        'discover = ["_lamps._tcp.local."]\n'
    )


async def _look(_seconds: float, services: Mapping[str, str]) -> Sequence[Announced]:
    assert services["_lamps._tcp.local."] == "lamps"
    return [
        Announced("lamps", "hall", "fe80::1", 80),
        Announced("lamps", "hall", "192.168.1.5", 80),
        Announced("mqtt", "broker", "192.168.1.9", 1883),
        Announced("mqtt", "this machine's", "192.168.1.8", 1),
        Announced("wyoming", "satellite", "192.168.1.7", 10700),
    ]


class Hub:
    """The rooms that devices touch, over the store in `folder`."""

    def __init__(self, folder: Path, bus: Bus, states: StateTable) -> None:
        self.folder, self.bus, self.states = folder, bus, states
        self.others: set[tuple[str, str, int]] = set()
        """What the home has beside integrations."""

    def known(self, kind: str, host: str, port: int, *, own: bool) -> bool:
        return not own and (kind, host, port) in self.others

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Rooms]:
        database = await Database.open(self.folder / "hearth.db")
        settings = Settings(
            mqtt=(MqttSettings(host="127.0.0.1", port=1, password=SECRET),),
            plugins=PluginSettings(paths=(str(self.folder),)),
        )
        home = Home(settings, self.bus, self.states, settle_s=0.0)
        scenes = Scenes(settings)
        dispatcher = Dispatcher(
            home, self.states, self.bus, Exposure(home, self.states, scenes, settings.safety), scenes
        )
        guard, supervisor = Guard(), Supervisor(self.bus, first_wait_s=0.01)
        host = DeviceHost(
            home, self.states, dispatcher, self.bus, supervisor, data=PluginData(database), connect=guard.open_socket
        )
        host.offer(find_devices(settings.plugins))
        table = DeviceTable(HomeTable(database), self.folder / "devices.secret")
        declared = tuple(declared_devices(settings, {"mqtt", "lamps"}, "hearth.toml"))
        shelf = DeviceShelf(table, host.available(), declared, DeviceCode(host.code))
        await shelf.load()
        keeper = DeviceKeeper(shelf, host, home, _look, lambda: {"192.168.1.8"}, self.known)
        keeper.start()
        try:
            yield Rooms(home=home, devices=keeper)
        finally:
            await host.close()
            await supervisor.close()
            await guard.close()
            await dispatcher.close()
            await database.close()


@pytest.fixture
def cellar(tmp_path: Path, bus: Bus, states: StateTable) -> Hub:
    _write_lamps(tmp_path)
    return Hub(tmp_path, bus, states)


async def _post(client: Client, path: str, body: Any, status: int = 200) -> Any:
    async with client.post(f"/api/v1/{path}", json=body) as answer:
        text = await answer.text()
        assert answer.status == status, text
        assert SECRET not in text
        return await answer.json()


async def _get(client: Client, path: str, status: int = 200) -> Any:
    async with client.get(f"/api/v1/{path}") as answer:
        text = await answer.text()
        assert answer.status == status, text
        assert SECRET not in text
        return await answer.json()


async def _until(client: Client, instance: str, state: str) -> Any:
    while True:
        for device in (await _get(client, "devices"))["devices"]:
            if (device["instance"], device["state"]) == (instance, state):
                return device
        await asyncio.sleep(0.01)


async def test_a_device_is_added_runs_at_once_and_after_a_restart_and_is_removed(
    empty_server: WebServer, client: Client, cellar: Hub
) -> None:
    config = {"host": "192.168.1.5", "port": 80, "token": SECRET, "code": SECRET, "mode": "cold"}
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        added = await _post(client, "devices", {"integration": "lamps", "config": config})
        assert (added["instance"], added["secrets"]) == ("lamps_added", ["code", "token"])
        assert added["config"] == {"host": "192.168.1.5", "port": 80, "mode": "cold"}
        device = await _until(client, "lamps_added", "running")
        assert (device["entities"], device["locked"], device["name"]) == (["light.lamp"], False, "Lamps")
        assert (await _get(client, "entities/light.lamp"))["traits"] == {"OnOff": True}
    for file in cellar.folder.iterdir():
        if file.is_file():
            assert (SECRET.encode() in file.read_bytes()) == (file.name == "devices.secret"), file
    assert (cellar.folder / "devices.secret").stat().st_mode & 0o777 == 0o600
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        device = await _until(client, "lamps_added", "running")
        changed = {"integration": "lamps", "instance": "lamps_added", "config": {"host": "192.168.1.6"}}
        assert (await _post(client, "devices", changed))["secrets"] == ["code", "token"]
        device = await _until(client, "lamps_added", "running")
        assert device["config"] == {"host": "192.168.1.6", "port": 80, "mode": "warm"}
        lamp = await _get(client, "entities/light.lamp")
        assert (lamp["name"], lamp["traits"]) == ("warm lamp", {"OnOff": True})  # the token stayed
        await _post(client, "devices/remove", {"instance": "lamps_added"})
        assert [each["instance"] for each in (await _get(client, "devices"))["devices"]] == ["mqtt"]
        await _get(client, "entities/light.lamp", 404)
    assert SECRET not in (cellar.folder / "devices.secret").read_text()


async def test_what_can_be_added_comes_with_its_form(empty_server: WebServer, client: Client, cellar: Hub) -> None:
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        answer = await _get(client, "devices")
        kinds = {kind["integration"]: kind for kind in answer["available"]}
        assert set(kinds) == {"lamps", "mqtt"}  # virtual things are hearth.toml's
        fields = kinds["lamps"]["schema"]["properties"]
        assert (kinds["lamps"]["schema"]["required"], fields["port"]["maximum"]) == (["host"], 65535)
        assert {name for name, said in fields.items() if said.get("writeOnly")} == {"code", "token"}
        assert kinds["mqtt"]["schema"]["properties"]["password"]["writeOnly"] is True
        [broker] = answer["devices"]
        assert (broker["instance"], broker["locked"], broker["secrets"]) == ("mqtt", True, ["password"])
        found = (await _get(client, "devices/found"))["found"]
        assert [(f["kind"], f["integration"], f["host"], f["here"]) for f in found] == [
            ("lamps", "lamps", "192.168.1.5", False),
            ("mqtt", "mqtt", "192.168.1.9", False),
            ("wyoming", "", "192.168.1.7", False),
            ("mqtt", "mqtt", "192.168.1.8", True),  # hearth.toml has it as 127.0.0.1
        ]
        await _post(client, "devices", {"integration": "lamps", "config": {"host": "192.168.1.5"}})
        found = (await _get(client, "devices/found"))["found"]
        assert [f["here"] for f in found if f["kind"] == "lamps"] == [True]
        cellar.others.add(("wyoming", "192.168.1.7", 10700))
        found = (await _get(client, "devices/found"))["found"]
        assert [f["here"] for f in found if f["kind"] == "wyoming"] == [True]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"integration": "lamps", "config": {}}, 422, "field_refused", "host"),
        ({"integration": "lamps", "config": {"host": ""}}, 422, "field_refused", "host"),
        ({"integration": "lamps", "config": {"host": "x", "port": 70000}}, 422, "field_refused", "port"),
        ({"integration": "lamps", "config": {"host": "x", "port": "80"}}, 422, "field_refused", "port"),
        ({"integration": "lamps", "config": {"host": "x", "mode": "hot"}}, 422, "field_refused", "mode"),
        ({"integration": "lamps", "config": {"host": "x", "nose": "red"}}, 422, "field_refused", "nose"),
        ({"integration": "lamps", "config": {"host": "x", "token": {"a": [1]}}}, 422, "field_refused", "token"),
        ({"integration": "lamps", "config": []}, 422, "value_refused", None),
        ({"integration": "moon"}, 404, "not_found", None),
        ({"integration": "virtual", "config": {"entities": []}}, 403, "locked", None),
        ({"integration": "mqtt", "instance": "mqtt", "config": {"host": "x"}}, 403, "locked", None),
        ({"integration": "mqtt", "config": {"port": 1}}, 422, "value_refused", None),
        ({"integration": "lamps", "instance": "lamps_added", "config": {"host": "x"}}, 404, "not_found", None),
    ],
)
async def test_what_cannot_be_added_is_refused_and_not_kept(
    empty_server: WebServer, client: Client, cellar: Hub, body: Any, status: int, code: str, field: str | None
) -> None:
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        error = (await _post(client, "devices", body, status))["error"]
        assert (error["code"], error.get("field")) == (code, field)
        assert [each["instance"] for each in (await _get(client, "devices"))["devices"]] == ["mqtt"]


async def test_removing_what_is_not_there_or_not_ours_is_refused(
    empty_server: WebServer, client: Client, cellar: Hub
) -> None:
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        for instance, status, code in (("mqtt", 403, "locked"), ("virtual", 403, "locked"), ("x", 404, "not_found")):
            assert (await _post(client, "devices/remove", {"instance": instance}, status))["error"]["code"] == code
        await _post(client, "devices/remove", {}, 422)


async def test_trouble_is_told_and_a_place_that_is_none_of_the_home_s_is_never_connected_to(
    empty_server: WebServer, client: Client, cellar: Hub
) -> None:
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        await _post(client, "devices", {"integration": "lamps", "config": {"host": "dark"}})
        assert (await _until(client, "lamps_added", "trouble"))["trouble"] == "the lamps do not answer"
        assert "cannot be reached" in (await _until(client, "mqtt", "trouble"))["trouble"]
        for number, host in enumerate(("169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "93.184.216.34")):
            await _post(client, "devices", {"integration": "mqtt", "config": {"host": host}})
            instance = "mqtt_added" if number == 0 else f"mqtt_added_{number + 1}"
            trouble = (await _until(client, instance, "trouble"))["trouble"]
            assert "never connected to" in trouble or "may not connect" in trouble


async def test_what_was_added_with_an_integration_that_is_gone_says_so_and_can_be_removed(
    empty_server: WebServer, client: Client, cellar: Hub
) -> None:
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        await _post(client, "devices", {"integration": "lamps", "config": {"host": "x", "token": SECRET}})
    (cellar.folder / "devices" / "lamps" / "device.toml").unlink()
    async with cellar.running() as rooms:
        empty_server.open(rooms)
        device = await _until(client, "lamps_added", "trouble")
        assert "there is no integration 'lamps'" in device["trouble"]
        assert (device["config"], device["secrets"]) == ({}, [])
        await _post(client, "devices/remove", {"instance": "lamps_added"})
        assert [each["instance"] for each in (await _get(client, "devices"))["devices"]] == ["mqtt"]


async def test_secrets_that_others_can_read_are_not_used(empty_server: WebServer, client: Client, cellar: Hub) -> None:
    secrets = cellar.folder / "devices.secret"
    secrets.write_text("{}")
    secrets.chmod(0o644)
    with pytest.raises(StoreError, match="others can read"):
        async with cellar.running():
            pass
    secrets.chmod(0o600)
    secrets.write_text("no JSON")
    with pytest.raises(StoreError, match="damaged"):
        async with cellar.running():
            pass


async def test_who_lives_here_looks_and_who_looks_after_the_hub_changes(
    guarded: WebServer, owner: Client, cellar: Hub
) -> None:
    async with cellar.running() as rooms:
        guarded.open(rooms)
        for role, looks, changes in (("guest", 403, 403), ("member", 200, 403), ("admin", 200, 200)):
            async with await somebody(owner, guarded, role) as session:
                shown = await _get(session, "devices", looks)
                if role == "member":
                    assert [(each["config"], each["secrets"]) for each in shown["devices"]] == [({}, [])]
                await _get(session, "devices/found", changes)
                await _post(session, "devices", {"integration": "lamps", "config": {"host": "x"}}, changes)
                await _post(session, "devices/remove", {"instance": "lamps_added"}, changes)


async def test_before_the_home_is_there_the_routes_say_so(empty_server: WebServer, client: Client) -> None:
    await _get(client, "devices", 503)
    await _get(client, "devices/found", 503)
    await _post(client, "devices", {"integration": "mqtt"}, 503)
    await _post(client, "devices/remove", {"instance": "x"}, 503)
