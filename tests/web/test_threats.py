"""The attacks of the threat list that concern a loopback server without accounts, by their numbers."""

import asyncio
import gzip
import json
from pathlib import Path

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.web import bodies
from hub.web.api.rooms import Rooms
from hub.web.server import WebServer

from .players import HOSTILE_NAME, House
from .raw_connection import RawConnection, connect

Client = aiohttp.ClientSession
SAY = {"text": "lights on"}


def _request(server: WebServer, line: str, *headers: str, body: bytes = b"", host: str | None = None) -> bytes:
    host = host if host is not None else f"127.0.0.1:{server.port}"
    lines = [f"{line} HTTP/1.1", *([f"Host: {host}"] if host else []), *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}",
     "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}", "", "127.0.0.1:{port}.", "localhost:{port}/x"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/home", "/api/v1/live", "/nothing"])
async def test_threat_04_a_foreign_host_is_misdirected(server: WebServer, host: str, path: str) -> None:
    raw = await connect(server)
    await raw.send(_request(server, f"GET {path}", host=host.format(port=server.port)))
    answer = await raw.rest()
    assert answer.split()[1] in (b"421", b"400")
    assert b"Set-Cookie" not in answer
    assert b"kitchen" not in answer
    assert b"[::1]" not in answer
    raw.close()


async def test_threat_04_two_hosts_are_refused(server: WebServer) -> None:
    raw = await connect(server)
    await raw.send(_request(server, "GET /api/v1/home", "Host: evil.example"))
    assert await raw.status() in (400, 421)
    raw.close()


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}"])
async def test_threat_04_our_own_names_are_served(server: WebServer, host: str) -> None:
    raw = await connect(server)
    await raw.send(_request(server, "GET /api/v1/home", host=host.format(port=server.port)))
    assert await raw.status() == 200
    raw.close()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "https://127.0.0.1:{port}"},
     {"Origin": "http://127.0.0.1:1"}, {"Origin": "http://localhost:{port}"}, {"Origin": ""}, {"Cookie": "session=1"},
     {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
async def test_threat_05_a_foreign_page_cannot_open_the_live_socket(
    server: WebServer, client: Client, headers: dict[str, str]
) -> None:
    headers = {name: value.format(port=server.port) for name, value in headers.items()}
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await client.ws_connect("/api/v1/live", headers=headers)
    assert caught.value.status == 403


async def test_threat_05_the_own_page_can(server: WebServer, client: Client) -> None:
    for name in ("127.0.0.1", "localhost"):
        headers = {"Host": f"{name}:{server.port}", "Origin": f"http://{name}:{server.port}", "Cookie": "a=b"}
        async with client.ws_connect("/api/v1/live", headers=headers) as ws:
            assert json.loads(await ws.receive_str(timeout=30))["event"] == "Snapshot"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_threat_06_a_form_of_another_site_is_refused(
    server: WebServer, house: House, client: Client, kind: str
) -> None:
    body = json.dumps(SAY).encode()
    for origin in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        async with client.post("/api/v1/say", data=body, headers={"Content-Type": kind, **origin}) as answer:
            assert answer.status == 403
    async with client.post("/api/v1/say", data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == 415
    assert house.said == []


async def test_threat_06_json_of_another_site_is_refused_too(server: WebServer, house: House, client: Client) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        async with client.post("/api/v1/say", json=SAY, headers=headers) as answer:
            assert answer.status == 403
    async with client.options("/api/v1/say", headers={"Origin": "http://evil.example"}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.status == 403
    assert house.said == []


async def test_threat_06_no_other_site_reads_the_home(server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/home", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
    async with client.get("/api/v1/home") as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/page/../server.py", "/page/%2e%2e/server.py", "/page/..%2fserver.py", "/page/%252e%252e%252fserver.py",
     "/page/..\\server.py", "/page/..%5cserver.py", "/page/home.js%00", "/page/home.js/", "/page/", "/page",
     "//etc/passwd", "/api/v1/entities/..%2f..%2fhome", "/api/v1/entities/light.kitchen%00",
     "/api/v1/history/%2e%2e", "/page/index.html", "/.", "/..", "/%"],
)  # fmt: skip
async def test_threat_07_path_traversal(server: WebServer, path: str) -> None:
    raw = await connect(server)
    await raw.send(_request(server, f"GET {path}", "Connection: close"))
    answer = await raw.rest()
    assert answer.split()[1] in (b"404", b"400")
    assert b"import" not in answer
    assert b"root:" not in answer
    raw.close()


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host"])
async def test_threat_08_a_forwarding_header_without_a_proxy(server: WebServer, client: Client, name: str) -> None:
    async with client.get("/api/v1/home", headers={name: "127.0.0.1"}) as answer:
        assert answer.status == 400


async def _closed(raw: RawConnection) -> bool:
    await raw.rest()
    raw.close()
    return True


async def test_threat_09_connections_that_say_nothing_are_closed(server: WebServer, client: Client) -> None:
    idle = [await connect(server) for _ in range(50)]
    slow = [await connect(server) for _ in range(10)]

    async def trickle(raw: RawConnection) -> None:
        request = (
            _request(server, "GET /api/v1/home", *(f"X-{n}: y" for n in range(20)))[:-2] + b"X-More: " + b"z" * 4000
        )
        for byte in request:
            try:
                await raw.send(bytes((byte,)))
            except ConnectionError:
                return
            await asyncio.sleep(0.01)

    trickling = [asyncio.ensure_future(trickle(raw)) for raw in slow]
    async with client.get("/healthz") as answer:
        assert answer.status == 200
    assert all(await asyncio.gather(*(_closed(raw) for raw in (*idle, *slow))))
    await asyncio.gather(*trickling)
    async with client.get("/healthz") as answer:
        assert answer.status == 200


async def test_threat_09_a_flood_of_idle_connections_does_not_shut_others_out(
    bus: Bus, states: StateTable, house: House
) -> None:
    server = WebServer(WebSettings(port=0, accounts="off"), bus, states, most_connections=20, header_timeout_s=600.0)
    await server.start()
    server.open(Rooms(home=house))
    flood: list[RawConnection] = []
    async with aiohttp.ClientSession(server.url) as client, client.ws_connect("api/v1/live") as ws:
        await ws.receive_str(timeout=30)
        for number in range(200):
            flood.append(await connect(server))
            if number % 20 == 0:
                async with client.get("healthz") as answer:
                    assert answer.status == 200
        assert server._answering.gate is not None
        assert server._answering.gate.evicted >= 150
        house._states.set("light.kitchen", "OnOff", True)  # the live socket was not taken for an idle one
        assert json.loads(await ws.receive_str(timeout=30))["event"] == "StateChanged"
    for raw in flood:
        raw.close()
    await server.close()


async def test_threat_09_a_body_that_does_not_come_is_not_waited_for(
    server: WebServer, house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies.read_json, "__defaults__", (0.2,))
    raw = await connect(server)
    headers = ("Content-Type: application/json", "Content-Length: 100")
    await raw.send(_request(server, "POST /api/v1/say", *headers, body=b'{"text'))
    answer = await raw.rest()
    assert answer.split()[1] == b"408"
    raw.close()
    assert house.said == []


async def test_threat_10_a_body_over_the_limit(server: WebServer, house: House, client: Client) -> None:
    async with client.post("/api/v1/say", json={"text": "x" * 70_000}) as answer:
        assert answer.status == 413
    raw = await connect(server)
    await raw.send(
        _request(server, "POST /api/v1/say", "Content-Type: application/json", "Content-Length: 99999999999")
    )
    assert await raw.status() == 413
    raw.close()

    async def endless() -> object:
        for _ in range(1_000):
            yield b'{"text":' + b" " * 10_000

    headers = {"Content-Type": "application/json"}
    try:
        async with client.post("/api/v1/say", data=endless(), headers=headers) as answer:
            assert answer.status == 413
    except aiohttp.ClientConnectionError:
        pass  # closed while the rest was still being sent: as good
    assert house.said == []


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"])
async def test_threat_10_compressed_bodies_are_not_unpacked(
    server: WebServer, house: House, client: Client, coding: str
) -> None:
    bomb = gzip.compress(b'{"text": "' + b"x" * 10_000_000 + b'"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    async with client.post("/api/v1/say", data=bomb, headers=headers, compress=None) as answer:
        assert answer.status == 400
    assert house.said == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"text":' + b"[" * 30_000, 400),
        (b'{"text":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
        (b"[" * 60_000, 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":1e400}', 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":NaN}', 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":1,"value":100}', 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":' + b"9" * 5_000 + b"}", 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":1}{', 400),
        (b'{"entity":"light.kitchen","trait":"Level","value":"\xff\xfe"}', 400),
        (b"", 400),
        (b"null", 422),
    ],
)
async def test_threat_10_json_that_is_a_trap(
    server: WebServer, house: House, client: Client, body: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/v1/commands", data=body, headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"] in ("json", "value_refused")
    assert house.commands == []
    async with client.get("/healthz") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /api/v1/say HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/home HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"POST /api/v1/say HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
        b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/say HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/v1/say HTTP/1.1\r\nHost: {host}\r\nContent-Length: +5\r\n\r\nhello",
        b"GET /healthz HTTP/1.1\r\nHost: {host}\r\n folded: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost : {host}\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: a\x00b\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: {host}\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: {host}\r\n" + b"X: y\r\n" * 1_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
async def test_threat_11_smuggling_and_garbage(server: WebServer, house: House, request_: bytes) -> None:
    raw = await connect(server)
    await raw.send(request_.replace(b"{host}", f"127.0.0.1:{server.port}".encode()))
    answer = await raw.rest()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    # One answer and the end: what was smuggled behind it is not answered, and what came is not sent back.
    assert json.loads(body)["error"]["code"] == "http"
    assert b"aiohttp" not in head
    assert b"frame-ancestors" in head
    assert b"kitchen" not in answer
    raw.close()
    assert house.said == []


async def test_threat_11_garbage_behind_a_good_request(server: WebServer) -> None:
    raw = await connect(server)
    await raw.send(_request(server, "GET /healthz"))
    assert await raw.status() == 200
    await raw.send(b"\x00\xffgarbage\r\n\r\n" + _request(server, "GET /api/v1/home"))
    answer = await raw.rest()
    assert b" 400 " in answer
    assert b"kitchen" not in answer
    raw.close()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", HOSTILE_NAME, "\U0001f4a1" * 500, "a\u0000b", "\u202e"])
async def test_threat_12_hostile_text_goes_in_and_comes_out_as_data(
    server: WebServer, house: House, client: Client, text: str
) -> None:
    async with client.post("/api/v1/say", json={"text": text}) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await answer.json())["reply"] == f"heard {text}"
    assert house.said[0][0] == text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/say", {"text": "x" * 501}),
        ("/api/v1/say", {"text": ""}),
        ("/api/v1/say", {"text": "a", "area": "x" * 201}),
        ("/api/v1/commands", {"entity": "light." + "x" * 200, "trait": "OnOff", "value": True}),
        ("/api/v1/commands", {"entity": "light.kitchen", "trait": "OnOff", "value": "x" * 201}),
    ],
)
async def test_threat_12_what_is_too_long_is_refused(
    server: WebServer, house: House, client: Client, path: str, body: dict[str, object]
) -> None:
    async with client.post(path, json=body) as answer:
        assert answer.status == 422
    assert house.said == []
    assert house.commands == []


def test_threat_12_the_page_never_makes_markup_of_text() -> None:
    script = (Path(__file__).parents[2] / "hub" / "web" / "page" / "home.js").read_text()
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser", "srcdoc"):
        assert sink not in script


@pytest.mark.parametrize("path", ["/", "/api/v1/home", "/nothing", "/healthz", "/page/home.js"])
async def test_threat_13_no_other_page_may_frame_ours(server: WebServer, client: Client, path: str) -> None:
    async with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "aiohttp" not in answer.headers["Server"]
