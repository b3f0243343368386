"""Skills ask servers through the hub: a real server, a real ledger, and a resolver that may lie."""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import EgressError, GrantError, HearthError, UnavailableError, ValueRefusedError
from hub.guard.connect import Guard, system_resolve
from hub.guard.counted_socket import CountedSocket
from hub.guard.tls import server_context
from hub.plugins.messages import Fetch
from hub.plugins.ports import http_exchange
from hub.plugins.ports.fetching import Fetching, GrantedFetch
from hub.plugins.ports.http_exchange import MOST_BYTES
from hub.sdk.context import Fetched
from hub.sdk.intents import IntentCall
from hub.sdk.manifest import Grant
from tests.ledger_rows import Rows
from tests.self_signed import self_signed


class Server(ThreadingHTTPServer):
    """Answers as its `pages` say: path -> (status, headers, body)."""

    daemon_threads = True
    pages: dict[str, tuple[int, dict[str, str], bytes]]
    seen: list[tuple[str, str, dict[str, str], bytes]]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers, body))
        status, more, content = self.server.pages.get(self.path, (404, {}, b"nothing"))
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if self.path == "/slow":
            time.sleep(60)
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_DELETE = _serve  # noqa: N815 -- as http.server calls them

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), _Handler)
    made.pages, made.seen = {"/": (200, {"X-Mood": "fine"}, b'{"mood": "fine"}')}, []
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def rows() -> Rows:
    return Rows()


class Web:
    """What a plugin with a grant for these hosts may fetch; `told` is the ledger."""

    def __init__(self, rows: Rows, **guarded: Any) -> None:
        self.rows = rows
        self.guard = Guard(writer=rows, **guarded)
        self.fetching = Fetching(self.guard)

    def to(self, *hosts: str) -> Callable[..., Any]:
        port = GrantedFetch("mine", (Grant(port="fetch", why="the weather", only=hosts),), self.fetching)

        async def fetch(url: str, **more: Any) -> Fetched:
            return await port(Fetch(url=url, **more))

        return fetch

    async def told(self) -> list[tuple[Any, ...]]:
        await self.guard.close()
        return self.rows.rows


@pytest.fixture
async def web(rows: Rows) -> AsyncIterator[Web]:
    made = Web(rows)
    yield made
    await made.fetching.close()


def at(server: Server, path: str = "/", host: str = "localhost") -> str:
    return f"http://{host}:{server.server_port}{path}"


async def test_a_granted_place_is_asked_and_ledgered(web: Web, server: Server) -> None:
    fetch = web.to(f"localhost:{server.server_port}")
    answer = await fetch(at(server, "/?q=1"), headers={"X-Key": "k"})
    assert (answer.status, answer.body) == (404, b"nothing")  # a status is an answer
    answer = await fetch(at(server))
    assert (answer.status, answer.json(), answer.headers["x-mood"]) == (200, {"mood": "fine"}, "fine")
    server.pages["/note"] = (200, {}, b"ok")
    assert (await fetch(at(server, "/note"), method="POST", body=b"hello")).text == "ok"
    method, path, _, body = server.seen[-1]
    assert (method, path, body) == ("POST", "/note", b"hello")
    assert server.seen[0][2]["x-key"] == "k"
    told = await web.told()
    assert {row[0] for row in told} == {"skill:mine"}
    assert {row[4] for row in told} == {"the weather"}
    assert sum(row[2] for row in told) > 100  # bytes out
    assert all(str(server.server_port) in row[1] for row in told)


async def test_threat_16_what_was_not_granted_is_refused_and_ledgered(web: Web, server: Server) -> None:
    fetch = web.to("api.example.org")
    for url in ("http://169.254.169.254/latest/meta-data", at(server), "http://localhost/", "http://127.0.0.1/"):
        with pytest.raises(GrantError):
            await fetch(url)
    for url in ("file:///etc/passwd", "http://127.1/", "http://0x7f000001/"):
        with pytest.raises(ValueRefusedError):
            await fetch(url)
    assert server.seen == []
    assert [row[4] for row in await web.told()] == ["refused: the weather"] * 4


async def test_threat_16_the_metadata_of_a_cloud_is_refused_even_where_it_is_named(web: Web) -> None:
    with pytest.raises(EgressError):
        await web.to("169.254.169.254")("http://169.254.169.254/latest/meta-data")
    assert [row[4] for row in await web.told()] == ["refused: the weather"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "192.168.1.1", "10.0.0.1", "169.254.169.254", "169.254.3.4", "fd00::1"]
)
async def test_threat_16_a_name_of_the_internet_never_leads_into_the_home(rows: Rows, address: str) -> None:
    web = Web(rows, resolve=lambda _host, _port: [address])
    with pytest.raises(EgressError):
        await web.to("api.example.org")("https://api.example.org/")
    assert [(row[1], row[4]) for row in await web.told()] == [("api.example.org:443", "refused: the weather")]


async def test_threat_16_a_name_that_resolves_privately_the_second_time(
    rows: Rows, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection goes to the address that was looked at; the next look is another decision."""
    answers = iter([["203.0.113.7"], ["127.0.0.1"]])
    tried: list[Any] = []

    def connect(self: CountedSocket, address: Any) -> None:
        tried.append(address)
        socket.socket.connect(self, ("127.0.0.1", server.server_port))  # as if the server were out there

    monkeypatch.setattr(CountedSocket, "connect", connect)
    server.pages["/"] = (302, {"Location": "http://api.example.org/secret"}, b"")
    with pytest.raises(EgressError):
        await Web(rows, resolve=lambda _host, _port: next(answers)).to("api.example.org")("http://api.example.org/")
    assert tried == [("203.0.113.7", 80)]
    assert [path for _, path, _, _ in server.seen] == ["/"]


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/",
        "http://127.0.0.1:22/",
        "http://[::1]/",
        "file:///etc/passwd",
        "//evil.example/",
        "ftp://x/",
        "http://[",
    ],
)
async def test_threat_16_a_redirect_leads_to_granted_places_alone(web: Web, server: Server, to: str) -> None:
    server.pages["/"] = (302, {"Location": to}, b"")
    with pytest.raises((GrantError, ValueRefusedError)):
        await web.to(f"localhost:{server.server_port}")(at(server))
    assert len(server.seen) == 1


async def test_redirects_within_what_is_granted(web: Web, server: Server) -> None:
    port = server.server_port
    server.pages |= {
        "/a": (301, {"Location": "/b"}, b""),
        "/b": (302, {"Location": at(server, "/", "127.0.0.1")}, b""),
        "/round": (302, {"Location": "/round"}, b""),
    }
    fetch = web.to(f"localhost:{port}", f"127.0.0.1:{port}")
    answer = await fetch(at(server, "/a"), headers={"Authorization": "secret", "X-Other": "told"})
    assert (answer.status, answer.url) == (200, at(server, "/", "127.0.0.1"))
    assert [("authorization" in headers, "x-other" in headers) for _, _, headers, _ in server.seen] == [
        (True, True), (True, True), (False, True),
    ]  # fmt: skip
    with pytest.raises(UnavailableError, match="redirects"):
        await fetch(at(server, "/round"))
    assert (await fetch(at(server, "/a"), method="POST")).status == 301  # is never sent twice


@pytest.fixture
def secure(server: Server, tmp_path: Path) -> Iterator[Path]:
    """The server speaks TLS, with a certificate that the system does not know."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate, key = self_signed(tmp_path)
    context = server_context(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    yield certificate
    http_exchange._context.cache_clear()


async def test_certificates_are_verified_and_https_stays_https(
    web: Web, server: Server, secure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = web.to(f"localhost:{server.server_port}")
    url = at(server).replace("http:", "https:")
    with pytest.raises(UnavailableError, match="certificate verify failed"):
        await fetch(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(secure))
    http_exchange._context.cache_clear()
    assert (await fetch(url)).json() == {"mood": "fine"}
    server.pages["/"] = (302, {"Location": at(server)}, b"")
    with pytest.raises(UnavailableError, match="unencrypted"):
        await fetch(url)
    assert sum(row[3] for row in await web.told()) > 100  # bytes in, counted inside TLS


async def test_an_answer_is_bounded_in_size_and_time(web: Web, server: Server) -> None:
    fetch = web.to(f"localhost:{server.server_port}")
    server.pages |= {
        "/whole": (200, {}, b"x" * MOST_BYTES),
        "/large": (200, {}, b"x" * (MOST_BYTES + 1)),
        "/slow": (200, {}, b""),
        "/short": (200, {"Content-Length": "100"}, b"x"),
    }
    assert len((await fetch(at(server, "/whole"))).body) == MOST_BYTES
    with pytest.raises(ValueRefusedError, match="longer"):
        await fetch(at(server, "/large"))
    with pytest.raises(UnavailableError):
        await fetch(at(server, "/short"))
    web.fetching.longest_s = 0.2
    with pytest.raises(UnavailableError, match="within"):
        await fetch(at(server, "/slow"))
    async with asyncio.timeout(20):  # and its thread is free again
        while web.fetching._threads._work_queue.qsize() or len(web.fetching._running):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "more",
    [
        {"method": "CONNECT"}, {"method": "GET\r\n"}, {"headers": {"Host": "evil"}},
        {"headers": {"Transfer-Encoding": "x"}}, {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X\n": "a"}}, {"headers": {"X": "y" * 20_000}},
    ],
)  # fmt: skip
async def test_what_is_no_request_is_not_made(web: Web, server: Server, more: dict[str, Any]) -> None:
    with pytest.raises(ValueRefusedError):
        await web.to(f"localhost:{server.server_port}")(at(server), **more)
    assert server.seen == []


async def test_nobody_there_and_too_many(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    fetch = web.to(f"localhost:{port}")
    outcomes = await asyncio.gather(*(fetch(f"http://localhost:{port}/") for _ in range(80)), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds[:10] == [UnavailableError] * 10
    assert kinds[-10:] == [ValueRefusedError] * 10
    assert len(await web.told()) == 0  # nothing was connected


async def test_a_skill_fetches_and_one_without_a_grant_does_not(hub: Any, server: Server, write_skill: Any) -> None:
    code = f"""
        @skill.intent("go")
        async def go(ctx: Context) -> str:
            answer = await ctx.fetch("{at(server)}")
            return f"{{answer.status}} {{answer.json()['mood']}}"
        """
    write_skill("mine", code, grants=(f"fetch=localhost:{server.server_port}",))
    write_skill("other", code, grants=("store",))
    fetching = Fetching(Guard(resolve=system_resolve))
    hub.ports = type(hub.ports)(
        home=hub.ports.home, timers=hub.ports.timers, data=hub.data, say=hub.say, fetch=fetching
    )
    hub.start_skills()
    assert (await hub.skills.call(IntentCall(skill="mine", intent="go"))).text == "200 fine"
    error = (await hub.skills.call(IntentCall(skill="other", intent="go"))).error
    assert isinstance(HearthError.from_wire(error), GrantError)
    await fetching.close()
