import asyncio
import json
import socket
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web

from hub.core.bus import Bus
from hub.core.events import CommandSent, HomeChanged, StateChanged, WorkerLost
from hub.core.states import StateTable
from hub.web import live
from hub.web.live import frame
from hub.web.server import WebServer

from .players import House
from .raw_connection import connect

Client = aiohttp.ClientSession
UPGRADE = (
    "GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def _next(ws: aiohttp.ClientWebSocketResponse) -> Any:
    return json.loads(await ws.receive_str(timeout=30))


async def test_a_client_gets_the_home_and_then_what_happens(
    server: WebServer, states: StateTable, bus: Bus, client: Client
) -> None:
    states.set("light.kitchen", "OnOff", True)
    async with client.ws_connect("/api/v1/live") as ws:
        snapshot = await _next(ws)
        assert (snapshot["event"], snapshot["ready"], snapshot["home"]["name"]) == ("Snapshot", True, "Test home")
        assert snapshot["home"]["entities"][0]["traits"]["OnOff"] is True
        changed = states.set("light.kitchen", "OnOff", False, causes=(2**60, 3))
        assert changed is not None
        event = await _next(ws)
        assert event == {
            "event": "StateChanged", "id": str(changed.id), "at": changed.at, "origin": {},
            "causes": [str(2**60), "3"], "entity": "light.kitchen", "trait": "OnOff", "value": False, "old": True,
        }  # fmt: skip
        bus.publish(CommandSent(command=2**60, entity="light.kitchen", trait="OnOff", value=True))
        assert (await _next(ws))["command"] == str(2**60)


async def test_events_of_every_size_arrive_whole_and_in_order(server: WebServer, bus: Bus, client: Client) -> None:
    sizes = (0, 10, 100, 125, 126, 65_000, 66_000, 300_000)
    async with client.ws_connect("/api/v1/live", max_msg_size=0) as ws:
        await _next(ws)
        for size in sizes:
            bus.publish(WorkerLost(worker="w", lost="ü" * (size // 2)))
        assert [len((await _next(ws))["lost"]) for _ in sizes] == [size // 2 for size in sizes]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_is_as_the_standard_says(size: int) -> None:
    made = frame(b"x" * size)
    length = made[1]
    if length == 126:
        assert size >= 126
        assert (int.from_bytes(made[2:4], "big"), len(made)) == (size, size + 4)
    elif length == 127:
        assert size >= 65_536
        assert (int.from_bytes(made[2:10], "big"), len(made)) == (size, size + 10)
    else:
        assert (length, len(made)) == (size, size + 2)
    assert made[0] == 0x81


async def test_nobody_misses_an_event_between_snapshot_and_stream(
    server: WebServer, states: StateTable, client: Client
) -> None:
    stop = False

    async def change() -> None:
        level = 0
        while not stop:
            level += 1
            states.set("light.kitchen", "Level", level)
            await asyncio.sleep(0)

    changing = asyncio.ensure_future(change())
    for _ in range(20):
        async with client.ws_connect("/api/v1/live") as ws:
            snapshot = await _next(ws)
            level = snapshot["home"]["entities"][0]["traits"]["Level"]
            assert (await _next(ws))["value"] == level + 1
    stop = True
    await changing


async def test_a_client_before_the_home_is_ready_is_told_when_it_is(
    empty_server: WebServer, bus: Bus, client: Client
) -> None:
    async with client.ws_connect("/api/v1/live") as ws:
        assert (await _next(ws))["ready"] is False
        bus.publish(HomeChanged(what="start"))
        assert (await _next(ws))["event"] == "HomeChanged"


async def test_many_clients_share_the_same_bytes(
    server: WebServer, states: StateTable, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = 0
    plain = live.event_json

    def counting(event: Any) -> bytes:
        nonlocal encoded
        encoded += 1
        return plain(event)

    monkeypatch.setattr(live, "event_json", counting)
    sockets = [await client.ws_connect("/api/v1/live") for _ in range(20)]
    for ws in sockets:
        await _next(ws)
    for level in range(50):
        states.set("light.kitchen", "Level", level)
    for ws in sockets:
        assert [(await _next(ws))["value"] for _ in range(50)] == list(range(50))
    assert encoded == 50
    await asyncio.gather(*(ws.close() for ws in sockets))


async def test_a_client_that_does_not_read_is_dropped_and_costs_nobody_else(
    server: WebServer, bus: Bus, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_UNREAD", 64 * 1024)
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", server.port))
    slow.sendall(UPGRADE.format(port=server.port).encode())
    async with client.ws_connect("/api/v1/live") as ws:
        await _next(ws)
        for _ in range(2_000):
            bus.publish(WorkerLost(worker="w", lost="x" * 8_000))
            await _next(ws)
            if server.live.dropped_clients:
                break
        assert server.live.dropped_clients == 1
        assert server.live.clients == 1
        bus.publish(WorkerLost(worker="w", lost="still here"))
        assert (await _next(ws))["lost"] == "still here"
    slow.close()


async def test_what_a_client_says_is_ignored_and_bounded(server: WebServer, bus: Bus, client: Client) -> None:
    async with client.ws_connect("/api/v1/live") as ws:
        await _next(ws)
        await ws.send_str("{}")
        await ws.send_bytes(b"\x00" * 100)
        bus.publish(WorkerLost(worker="w", lost="l"))
        assert (await _next(ws))["event"] == "WorkerLost"
        await ws.send_str("x" * 10_000)
        closed = await ws.receive(timeout=30)
        assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert ws.close_code == 1009


async def test_who_asks_is_told_that_the_hub_is_still_there(server: WebServer, client: Client) -> None:
    async with client.ws_connect("/api/v1/live") as ws:
        await _next(ws)
        await ws.send_json({"command": "still_there"})
        assert await _next(ws) == {"event": "StillHere"}


async def test_there_is_a_bound_on_clients(server: WebServer, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_CLIENTS", 2)
    async with client.ws_connect("/api/v1/live") as one, client.ws_connect("/api/v1/live") as two:
        await _next(one)
        await _next(two)
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await client.ws_connect("/api/v1/live")
        assert caught.value.status == 503


async def test_without_clients_events_cost_nothing(server: WebServer, bus: Bus, client: Client) -> None:
    async with client.ws_connect("/api/v1/live") as ws:
        await _next(ws)
    for _ in range(100):
        await asyncio.sleep(0.01)
        if not server.live.clients:
            break
    bus.publish(WorkerLost(worker="w", lost="l"))
    assert server.live.sent == 0
    assert server.live._frames == []


async def test_a_plain_request_is_told_to_use_a_socket(server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/live") as answer:
        assert answer.status == 426


async def test_a_socket_that_is_cut_is_forgotten(server: WebServer, states: StateTable) -> None:
    raw = await connect(server)
    await raw.send(UPGRADE.format(port=server.port).encode())
    assert await raw.status() == 101
    raw.writer.transport.abort()
    async with asyncio.timeout(30):
        while server.live.clients:
            states.set("light.kitchen", "Level", server.live.sent)
            await asyncio.sleep(0.01)


async def test_clients_are_told_that_the_hub_stops(server: WebServer, client: Client, house: House) -> None:
    ws = await client.ws_connect("/api/v1/live")
    await _next(ws)
    closing = asyncio.ensure_future(server.close())
    message = await ws.receive(timeout=30)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)
    await closing


async def test_events_are_plain_json(server: WebServer, bus: Bus, client: Client) -> None:
    async with client.ws_connect("/api/v1/live") as ws:
        await _next(ws)
        for value in (float("nan"), float("inf"), "\ud800", "\x00", 2**63):
            bus.publish(StateChanged(entity="sensor.rude", trait="Text", value=value))
        values = [(await _next(ws))["value"] for _ in range(5)]
    assert values == [None, None, "?", "\x00", 2**63]


async def test_a_page_that_is_gone_before_its_socket_is_open_is_no_failure(
    server: WebServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def prepare(response: web.WebSocketResponse, request: web.BaseRequest) -> None:
        assert request.transport is not None
        request.transport.abort()
        await asyncio.sleep(0)
        asked.set()
        await web.StreamResponse.prepare(response, request)

    monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare)
    with structlog.testing.capture_logs() as told:
        with pytest.raises(aiohttp.ClientError):
            await client.ws_connect("/api/v1/live")
        await asked.wait()
        await asyncio.sleep(0.01)
    assert [line for line in told if line["log_level"] == "error"] == []
