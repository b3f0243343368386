"""/api/v1/settings and /api/v1/first-steps, over the real keepers."""

from typing import Any

import aiohttp
import pytest

from hub.floors.setting_checks import check_cameras
from hub.web.server import WebServer
from tests.web.conftest import somebody


async def _change(client: aiohttp.ClientSession, changes: Any, status: int = 200) -> Any:
    async with client.post("/api/v1/settings", json={"changes": changes}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_settings_are_told_changed_and_refused(server: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/settings") as answer:
        told = await answer.json()
    named = {setting["key"]: setting for setting in told["settings"]}
    assert not told["restart"] and named["home.language"]["locked"] and not named["home.name"]["locked"]
    assert named["voice.silence_ms"]["schema"]["maximum"] == 3000
    told = await _change(client, {"voice.silence_ms": 900, "gesture": [{"name": "fist", "does": "stop"}]})
    named = {setting["key"]: setting for setting in told["settings"]}
    assert told["restart"] and named["voice.silence_ms"]["waits"]
    assert (named["voice.silence_ms"]["value"], named["voice.silence_ms"]["default"]) == (900, 700)
    assert not (await _change(client, {"voice.silence_ms": None, "gesture": None}))["restart"]
    assert "home.language" in (await _change(client, {"home.language": "de"}, 403))["error"]["message"]
    assert "voice.silence_ms" in (await _change(client, {"voice.silence_ms": 1}, 422))["error"]["message"]
    assert "web.port" in (await _change(client, {"web.port": 80}, 404))["error"]["message"]
    for nonsense in ({}, [], "home.name", {str(number): 1 for number in range(33)}):
        await _change(client, nonsense, 422)


async def test_cameras_are_added_and_no_password_is_told(server: WebServer, client: aiohttp.ClientSession) -> None:
    door = {"name": "door", "source": "rtsp://ann:pass%40word@10.0.0.5/main", "area": "hallway"}
    shown = "rtsp://ann:••••••@10.0.0.5/main"
    keeper: Any = server.rooms.settings
    keeper.check("camera", check_cameras)

    async def change(*cameras: Any, status: int = 200) -> Any:
        told = await _change(client, {"camera": list(cameras)}, status)
        if status != 200:
            return told["error"]["message"]
        return next(each["value"] for each in told["settings"] if each["key"] == "camera")

    [told] = await change(door)
    assert told["source"] == shown and told["name"] == "door"
    told, desk = await change(told, {"name": "desk", "source": "/dev/video0"})
    assert (told["source"], desk["source"]) == (shown, "/dev/video0")
    assert [camera.source for camera in keeper._wanted.camera] == [door["source"], "/dev/video0"]
    assert "password" in await change({**door, "source": "rtsp://ann:••••••@10.0.0.9/main"}, status=422)
    yard = {"name": "yard", "source": "rtsp://10.0.0.6/live?channel=2&token=abc"}
    lane = {"name": "lane", "source": "rtsp://10.0.0.6/live?channel=2&token=def"}
    alike = "rtsp://10.0.0.6/live?channel=2&token=••••••"
    yard_told, lane_told = await change(yard, lane)
    assert (yard_told["source"], lane_told["source"]) == (alike, alike)
    assert [each["source"] for each in await change(lane_told, desk)] == [alike, "/dev/video0"]
    assert [camera.source for camera in keeper._wanted.camera] == [lane["source"], "/dev/video0"]
    assert "password" in await change({**lane_told, "source": alike.replace("channel=2", "channel=3")}, status=422)
    assert "called alike" in await change(desk, {**desk, "source": "/dev/video1"}, status=422)
    for source in ("/etc/passwd", "/dev/video0/../sda", "http://10.0.0.5/", "rtsp://", "film.mp4", ""):
        assert "camera" in await change({"name": "x", "source": source}, status=422)
    assert "more than 16" in await change(*({**desk, "name": f"c{n}"} for n in range(17)), status=422)
    async with client.get("/api/v1/cameras/found") as answer:
        assert answer.status == 200 and isinstance((await answer.json())["cameras"], list)


async def test_what_gestures_are_for(server: WebServer, client: aiohttp.ClientSession) -> None:
    await _change(
        client, {"gesture": [{"name": "fist", "say": "lights off"}, {"name": "open_palm", "does": "nothing"}]}
    )
    async with client.get("/api/v1/gestures") as answer:
        told = await answer.json()
    named = {gesture.pop("name"): gesture for gesture in told["gestures"]}
    assert not told["locked"] and len(named) == 16
    assert named["fist"] == {"does": "nothing", "say": "lights off", "default": "nothing", "yours": True}
    assert named["open_palm"] == {"does": "nothing", "say": "", "default": "stop", "yours": True}
    assert named["thumb_up"] == {"does": "yes", "say": "", "default": "yes", "yours": False}


async def test_how_far_the_home_is_set_up(server: WebServer, client: aiohttp.ClientSession) -> None:
    path = "/api/v1/first-steps"
    async with client.get(path) as answer:
        assert await answer.json() == {"step": ""}
    async with client.post(path, json={"step": "senses"}) as answer:
        assert answer.status == 200
    async with client.get(path) as answer:
        assert await answer.json() == {"step": "senses"}
    async with client.post(path, json={"step": "somewhere"}) as answer:
        assert answer.status == 422


@pytest.mark.parametrize(("role", "sees"), [("guest", 403), ("member", 200)])
async def test_who_does_not_look_after_the_hub_changes_nothing(
    guarded: WebServer, owner: aiohttp.ClientSession, role: str, sees: int
) -> None:
    async with await somebody(owner, guarded, role) as session:
        for path, body in (("settings", {"changes": {"home.name": "Mine"}}), ("first-steps", {"step": "done"})):
            async with session.get(f"api/v1/{path}") as answer:
                assert answer.status == sees
            async with session.post(f"api/v1/{path}", json=body) as answer:
                assert answer.status == 403


async def test_before_the_store_is_open_there_are_no_settings(
    empty_server: WebServer, client: aiohttp.ClientSession
) -> None:
    for path in ("settings", "first-steps", "gestures"):
        async with client.get(f"/api/v1/{path}") as answer:
            assert answer.status == 503
    await _change(client, {"home.name": "Mine"}, 503)
