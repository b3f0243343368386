import asyncio
import json
from typing import Any

import aiohttp
import msgspec
import pytest

from hub.core.bus import Bus
from hub.core.errors import SettingsError, UsageError
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.perception.eyes.messages import CameraPace
from hub.web import wire
from hub.web.api.rooms import Rooms
from hub.web.page_files import FILES
from hub.web.routes import Access, Route
from hub.web.server import WebServer
from tests.web.asking import get, post

from .players import HOSTILE_NAME, House

Client = aiohttp.ClientSession


async def test_health_answers_before_the_rooms_are_ready(empty_server: WebServer, house: House, client: Client) -> None:
    assert (await get(client, "/healthz"))["status"] == "starting"
    error = (await get(client, "/api/v1/home", 503))["error"]
    assert error["code"] == "starting"
    assert error["remedy"]
    empty_server.open(Rooms(home=house), complete=False)
    assert (await get(client, "/healthz"))["status"] == "starting"
    assert (await get(client, "/api/v1/home"))["name"] == "Test home"
    await post(client, "/api/v1/say", {"text": "hello"}, 503)
    empty_server.open(Rooms(home=house, speaker=house))
    assert (await get(client, "/healthz"))["status"] == "ok"
    await post(client, "/api/v1/say", {"text": "hello"})


async def test_health_names_what_is_wrong(bus: Bus, states: StateTable) -> None:
    problems: dict[str, str] = {}
    server = WebServer(WebSettings(port=0, accounts="off"), bus, states, lambda: problems)
    await server.start()
    server.open(Rooms())
    async with aiohttp.ClientSession(server.url) as client:
        assert (await get(client, "/healthz"))["status"] == "ok"
        problems["mqtt"] = "the broker is gone"
        health = await get(client, "/healthz")
        assert (health["status"], health["problems"]) == ("degraded", {"mqtt": "the broker is gone"})
    await server.close()


async def test_health_says_whether_the_hub_listens(empty_server: WebServer, client: Client) -> None:
    ears: list[str] = []
    assert (await get(client, "/healthz"))["listening"] is False
    empty_server.open(Rooms(listening=lambda: bool(ears)))
    assert (await get(client, "/healthz"))["listening"] is False
    ears.append("awake")
    assert (await get(client, "/healthz"))["listening"] is True
    assert (await get(client, "/healthz"))["names_known"] is False
    empty_server.open(Rooms(listening=lambda: bool(ears), names_known=lambda: True))
    assert (await get(client, "/healthz"))["names_known"] is True


async def test_the_home_with_values_ranges_and_availability(
    server: WebServer, states: StateTable, client: Client
) -> None:
    states.set("light.kitchen", "OnOff", True)
    states.set_available("lock.front_door", False)
    home = await get(client, "/api/v1/home")
    unknown = {"presence": None, "people": None, "locked": True, "names": {"de": ["Küche"]}}
    assert home["areas"] == [{"id": "kitchen", "name": "Kitchen", "floor": "down", "aliases": [], **unknown}]
    assert home["people"] == [{"id": "ann", "name": "Ann", "home": None, "area": ""}]
    by_id = {entity["entity"]: entity for entity in home["entities"]}
    light = by_id["light.kitchen"]
    assert light["traits"] == {"OnOff": True, "Level": None}
    assert light["config"]["Level"] == {"max": 80.0}
    assert set(light["changed"]) == {"OnOff"}
    assert (light["kind"], light["area"], light["aliases"], light["available"]) == (
        "light", "kitchen", ["big light"], True,
    )  # fmt: skip
    assert by_id["lock.front_door"]["available"] is False
    assert await get(client, "/api/v1/entities/light.kitchen") == light


async def test_the_home_says_which_rooms_are_in_use_and_who_is_where(
    server: WebServer, states: StateTable, client: Client
) -> None:
    states.set("area.kitchen", "Measure", 2)
    states.set("area.kitchen", "Presence", True)
    states.set("person.ann", "Presence", True)
    states.set("person.ann", "Text", "kitchen")
    home = await get(client, "/api/v1/home")
    assert (home["areas"][0]["presence"], home["areas"][0]["people"]) == (True, 2)
    assert (home["people"][0]["home"], home["people"][0]["area"]) == (True, "kitchen")
    states.set("area.kitchen", "Presence", False)
    states.set("area.kitchen", "Measure", 0)
    home = await get(client, "/api/v1/home")
    assert (home["areas"][0]["presence"], home["areas"][0]["people"]) == (False, 0)
    assert (await get(client, "/api/v1/history/area.kitchen"))["entity"] == "area.kitchen"
    await get(client, "/api/v1/history/area.moon", 404)
    error = (await get(client, "/api/v1/entities/area.kitchen", 404))["error"]
    assert error["message"] == "there is no such entity"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"light.kitchen", "lock.front_door", "sensor.rude"}),
        ("?area=kitchen", {"light.kitchen", "sensor.rude"}),
        ("?kind=lock", {"lock.front_door"}),
        ("?trait=Level&area=kitchen", {"light.kitchen"}),
        ("?area=moon", set()),
    ],
)
async def test_entities_can_be_narrowed(server: WebServer, client: Client, query: str, found: set[str]) -> None:
    entities = (await get(client, f"/api/v1/entities{query}"))["entities"]
    assert {entity["entity"] for entity in entities} == found


async def test_a_command_is_sent_and_its_end_told(server: WebServer, house: House, client: Client) -> None:
    done = await post(client, "/api/v1/commands", {"entity": "light.kitchen", "trait": "Level", "value": 40})
    assert done == {"command": str(2**60 + 1), "entity": "light.kitchen", "trait": "Level", "value": 40, "ok": True}
    command = house.commands[0]
    assert (command.value, command.channel, command.origin.source, command.confirmed) == (40, "api", "web", False)
    origin = {"Origin": f"http://127.0.0.1:{server.port}"}
    async with client.post(
        "/api/v1/commands", json={"entity": "light.kitchen", "trait": "OnOff", "value": True}, headers=origin
    ) as answer:
        assert answer.status == 200
    assert house.commands[1].channel == "ui"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"entity": "light.moon", "trait": "OnOff", "value": True}, 404, "not_found"),
        ({"entity": "lock.front_door", "trait": "Lock", "value": "unlocked"}, 409, "confirmation_required"),
        ({"entity": "light.kitchen", "trait": "Mode", "value": "x"}, 403, "denied"),
        ({"entity": "light.kitchen", "trait": "OnOff"}, 422, "value_refused"),
        ({"entity": "light.kitchen", "trait": "OnOff", "value": [1]}, 422, "value_refused"),
        ({"entity": "light.kitchen", "trait": "OnOff", "value": True, "channel": "cli"}, 422, "value_refused"),
        ([], 422, "value_refused"),
    ],
)
async def test_a_command_that_cannot_be_says_why(
    server: WebServer, client: Client, body: Any, status: int, code: str
) -> None:
    error = (await post(client, "/api/v1/commands", body, status))["error"]
    assert error["code"] == code
    assert error["message"]


@pytest.mark.parametrize(("code", "status"), [("timeout", 504), ("unavailable", 503), ("command_failed", 502)])
async def test_a_device_that_fails_is_no_success(
    server: WebServer, house: House, client: Client, code: str, status: int
) -> None:
    house.result_code = code
    body = {"entity": "light.kitchen", "trait": "OnOff", "value": True}
    assert (await post(client, "/api/v1/commands", body, status))["error"]["code"] == code


async def test_a_confirmed_command_goes_through(server: WebServer, house: House, client: Client) -> None:
    body = {"entity": "lock.front_door", "trait": "Lock", "value": "unlocked", "confirmed": True}
    assert (await post(client, "/api/v1/commands", body))["ok"] is True


async def test_a_sentence_is_said_and_answered(server: WebServer, house: House, client: Client) -> None:
    answer = await post(client, "/api/v1/say", {"text": "lights on", "area": "kitchen", "person": "ann"})
    assert answer == {"reply": "heard lights on", "understood": True, "expects_answer": False}
    assert house.said == [("lights on", "kitchen", "ann", "api")]
    assert (await post(client, "/api/v1/say", {"text": "mumble"}))["understood"] is False


async def test_why_and_history_of_an_entity(server: WebServer, house: House, client: Client) -> None:
    story = await get(client, "/api/v1/why/light.kitchen?trait=OnOff")
    assert story["text"] == "because of OnOff"
    assert story["steps"][0]["event"] == str(2**60)
    assert story["steps"][0]["causes"] == [str(2**60 - 1)]
    assert story["steps"][0]["data"] == {"a": 1, "command": str(2**60)}
    kept = await get(client, "/api/v1/history/light.kitchen?since=5&until=9.5&limit=3&trait=OnOff")
    assert house.asked == [("light.kitchen", "OnOff", 5.0, 9.5, 3)]
    assert kept["changes"] == [{"event": str(2**60), "trait": "OnOff", "value": True, "at": 3.25}]
    for path in ("/api/v1/why/light.moon", "/api/v1/history/light.moon", "/api/v1/entities/light.moon"):
        assert (await get(client, path, 404))["error"]["code"] == "not_found"


@pytest.mark.parametrize("query", ["limit=0", "limit=10001", "limit=x", "since=x%00", "colour=red", "limit=1&limit=2"])
async def test_a_query_that_makes_no_sense_is_refused(server: WebServer, client: Client, query: str) -> None:
    error = (await get(client, f"/api/v1/history/light.kitchen?{query}", 422))["error"]
    assert error["code"] == "value_refused"


@pytest.mark.parametrize("since", ["nan", "-inf", "inf", "1e300", "-1e300", "-5"])
async def test_any_moment_can_be_asked_for(server: WebServer, client: Client, since: str) -> None:
    await get(client, f"/api/v1/history/light.kitchen?since={since}")


async def test_what_is_not_there_and_what_cannot_be_done_have_the_one_shape(server: WebServer, client: Client) -> None:
    assert (await get(client, "/api/v1/nothing", 404))["error"]["code"] == "not_found"
    assert (await post(client, "/api/v1/home", {}, 405))["error"]["code"] == "method"
    async with client.delete("/api/v1/entities/light.kitchen") as answer:
        assert answer.status == 405
        msgspec.json.decode(await answer.read(), type=wire.ErrorResponse)


async def test_an_unforeseen_failure_says_nothing_about_the_inside(server: WebServer, client: Client) -> None:
    async with client.post("/api/v1/say", json={"text": "explode"}) as answer:
        assert answer.status == 500
        assert "secret" not in await answer.text()
    await get(client, "/healthz")


async def test_openapi_describes_every_route_and_the_answers_keep_to_it(server: WebServer, client: Client) -> None:
    document = await get(client, "/api/v1/openapi.json")
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in server.routes}
    for route in server.routes:
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["x-access"] == route.access.value
        assert bool(operation["security"]) == (route.access is not Access.PUBLIC)
        assert operation["summary"]
    commands = document["paths"]["/api/v1/commands"]["post"]
    reference = commands["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    assert schema["required"] == ["entity", "trait", "value"]
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


async def test_the_answers_keep_to_what_is_described(guarded: WebServer, owner: Client) -> None:
    for route in guarded.routes:
        if route.method == "GET" and route.response is not None:
            async with owner.get(route.path.replace("{id}", "light.kitchen")) as answer:
                msgspec.json.decode(await answer.read(), type=route.response)


def test_a_route_without_an_access_rule_cannot_be_made() -> None:
    async def handler(_request: object) -> None: ...

    with pytest.raises(TypeError):
        Route(method="GET", path="/x", summary="x", handler=handler)  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="access"):
        Route(method="GET", path="/x", summary="x", handler=handler, access="anyone")  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Route(method="POST", path="/x", summary="x", handler=handler, access=Access.MEMBER)


async def test_nothing_of_the_household_is_public(server: WebServer) -> None:
    public = {route.path for route in server.routes if route.access is Access.PUBLIC}
    assert public - set(FILES) == {"/healthz", "/api/v1/openapi.json", "/api/v1/setup", "/api/v1/login", "/ca.crt",
        "/api/v1/restore",
    }  # fmt: skip


async def test_metrics_are_there_for_prometheus(
    server: WebServer, bus: Bus, states: StateTable, client: Client
) -> None:
    states.set("light.kitchen", "OnOff", True)
    await get(client, "/healthz")
    await get(client, "/api/v1/nothing", 404)
    async with client.get("/metrics") as answer:
        assert answer.status == 200
        lines = (await answer.text()).splitlines()
    assert "hearth_events_published_total 1.0" in lines
    assert "hearth_entities_known 1.0" in lines
    assert "hearth_history_rows_waiting 7.0" in lines
    assert 'hearth_http_requests_total{method="GET",path="/healthz",status="200"} 1.0' in lines
    assert 'hearth_http_requests_total{method="?",path="?",status="404"} 1.0' in lines


async def test_metrics_say_how_cameras_keep_up(empty_server: WebServer, client: Client) -> None:
    pace = CameraPace(camera=1, frames=250, passed_over=3, age_ms=16.5, slowest_ms=60.0)
    empty_server.open(Rooms(cameras=lambda: [("camera.hallway", pace)]))
    async with client.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    assert 'hearth_camera_frames_total{camera="camera.hallway"} 250.0' in lines
    assert 'hearth_camera_frames_passed_over_total{camera="camera.hallway"} 3.0' in lines
    assert 'hearth_camera_result_age_seconds{camera="camera.hallway"} 0.0165' in lines
    assert 'hearth_camera_oldest_result_seconds{camera="camera.hallway"} 0.06' in lines


async def test_two_hubs_in_one_process_have_metrics_of_their_own(server: WebServer, client: Client) -> None:
    other = WebServer(WebSettings(port=0, accounts="off"), Bus(), StateTable(Bus()))
    await other.start()
    async with aiohttp.ClientSession(other.url) as others, client.get("/metrics") as one, others.get("metrics") as two:
        assert one.status == two.status == 200
        assert "hearth_history_rows_waiting" not in await two.text()
    await other.close()


async def test_a_taken_port_is_an_error_with_a_remedy(server: WebServer, bus: Bus, states: StateTable) -> None:
    second = WebServer(WebSettings(port=server.port), bus, states)
    with pytest.raises(SettingsError, match="taken") as caught:
        await second.start()
    assert "another" in caught.value.remedy


async def test_the_page_is_served_with_its_files_and_kept_by_browsers(server: WebServer, client: Client) -> None:
    for path, kind in (("/", "text/html"), ("/page/style.css", "text/css"), ("/page/home.js", "text/javascript")):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert answer.content_type == kind
            tag = answer.headers["ETag"]
        async with client.get(path, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
    async with client.get("/") as answer:
        page = await answer.text()
    assert 'lang="en"' in page
    for inline in ("<script>", "<style", "style=", "onclick", "javascript:"):
        assert inline not in page  # the content security policy would stop it


async def test_stopping_does_not_wait_for_idle_connections(bus: Bus, states: StateTable) -> None:
    server = WebServer(WebSettings(port=0, accounts="off"), bus, states)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    async with asyncio.timeout(20):
        await server.close()
        assert await reader.read() == b""
    writer.close()


async def test_hostile_names_cross_as_data(server: WebServer, client: Client) -> None:
    assert (await get(client, "/api/v1/entities/sensor.rude"))["name"] == HOSTILE_NAME
