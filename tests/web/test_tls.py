"""The page over TLS: the home's own authority, what it vouches for, and renewal while the hub runs."""

import asyncio
import gc
import json
import ssl
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.errors import SettingsError, UsageError
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.guard.tls import client_context
from hub.store.accounts import AccountTable
from hub.web.access.certificates import Certificates
from hub.web.access.home_files import WebFiles
from hub.web.access.own_authority import LEAF_DAYS, names_in
from hub.web.server import WebServer

from .conftest import OWNER, cheap, let_in, rooms_of
from .players import House
from .raw_connection import connect

DAY = 86_400
NAMES = ("localhost", "127.0.0.1", "::1", "hub", "hub.local", "192.168.1.5", "2001:db8::5", "hub.example.org")


@pytest.fixture
def files(tmp_path: Path) -> WebFiles:
    return WebFiles.of(tmp_path)


@pytest.fixture
async def secure(
    bus: Bus, states: StateTable, house: House, accounts: AccountTable, files: WebFiles
) -> AsyncIterator[WebServer]:
    """A server with TLS, as the machine's clock goes."""
    server = WebServer(WebSettings(port=0, tls=True), bus, states, files=files, passwords=cheap())
    await server.start()
    await server.know(accounts)
    server.open(rooms_of(house))
    yield server
    await server.close()


def _browser(server: WebServer, files: WebFiles, **headers: str) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=client_context(files.root))
    return aiohttp.ClientSession(
        server.local_url, connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers
    )


async def test_a_browser_that_has_the_root_trusts_the_page(secure: WebServer, files: WebFiles) -> None:
    assert secure.url == f"https://127.0.0.1:{secure.port}/"
    async with _browser(secure, files) as client:
        async with client.get("healthz") as answer:
            assert answer.status == 200
        async with client.get("ca.crt") as answer:
            assert answer.content_type == "application/x-x509-ca-cert"
            assert await answer.read() == files.root.read_bytes()
        async with client.get(f"https://localhost:{secure.port}/healthz") as answer:
            assert answer.status == 200
    async with aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await stranger.get(f"{secure.url}healthz")
    for file in (files.root_key, files.leaf):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_cookies_and_origins_are_of_https(secure: WebServer, files: WebFiles) -> None:
    async with _browser(secure, files) as client:
        async with client.post("api/v1/setup", json=OWNER) as answer:
            cookies = answer.headers.getall("Set-Cookie")
            client.headers["X-Hearth-Page"] = (await answer.json())["page_token"]
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-hearth-")
            assert "Secure" in cookie
        async with client.get("api/v1/home") as answer:
            assert answer.status == 200
        own = f"https://127.0.0.1:{secure.port}"
        for origin, status in ((own, 200), (own.replace("https", "http"), 403)):
            async with client.post("api/v1/say", json={"text": "a"}, headers={"Origin": origin}) as answer:
                assert answer.status == status
        async with client.ws_connect("api/v1/live", headers={"Origin": own}) as live:
            assert (await live.receive_json(timeout=30))["event"] == "Snapshot"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_old_protocols_are_refused(secure: WebServer, files: WebFiles) -> None:
    context = client_context(files.root)
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as old:
        with pytest.raises(aiohttp.ClientConnectorError):
            await old.get(f"{secure.url}healthz")


async def test_threat_09_who_never_shakes_hands_takes_no_room(
    bus: Bus, states: StateTable, files: WebFiles, house: House
) -> None:
    settings = WebSettings(port=0, tls=True, accounts="off")
    server = WebServer(settings, bus, states, files=files, most_connections=20, header_timeout_s=600.0)
    await server.start()
    server.open(rooms_of(house))
    async with _browser(server, files) as page, page.ws_connect("api/v1/live") as live:
        await live.receive_str(timeout=30)
        flood = [await connect(server) for _ in range(40)]
        for refused in flood[10:]:
            assert await refused.rest() == b""
        states.set("light.kitchen", "OnOff", True)
        assert json.loads(await live.receive_str(timeout=30))["event"] == "StateChanged"
        for raw in flood:
            raw.close()
        while True:  # until the hub has seen that they left
            try:
                async with _browser(server, files) as other, other.get("healthz") as answer:
                    assert answer.status == 200
                break
            except aiohttp.ClientError:
                gc.collect()  # what let go of them is a cycle, and this process may not look for any for minutes
                await asyncio.sleep(0.01)
    await server.close()


async def test_threat_09_hands_are_shaken_in_time(bus: Bus, states: StateTable, files: WebFiles) -> None:
    server = WebServer(WebSettings(port=0, tls=True), bus, states, files=files, header_timeout_s=0.3)
    await server.start()
    raw = await connect(server)
    assert await raw.rest() == b""
    raw.close()
    await server.close()


async def test_threat_11_plain_http_on_the_tls_port(secure: WebServer) -> None:
    raw = await connect(secure)
    await raw.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"version" not in await raw.rest()
    raw.close()


def _leaf(files: WebFiles) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.leaf.read_bytes())


async def test_the_root_is_kept_and_the_leaf_renewed_before_it_ends(files: WebFiles) -> None:
    clock = FakeClock()
    certificates = Certificates(files, lambda: NAMES, clock)
    context = await certificates.context()
    root, leaf = files.root.read_bytes(), _leaf(files)
    assert leaf.not_valid_after_utc.timestamp() == pytest.approx(clock.now() + LEAF_DAYS * DAY, abs=1)
    assert not await certificates.renew()
    await clock.advance(59 * DAY)
    assert not await certificates.renew()
    await clock.advance(2 * DAY)
    assert await certificates.renew()
    assert _leaf(files).serial_number != leaf.serial_number
    assert files.root.read_bytes() == root == certificates.root
    assert context.cert_store_stats()["x509"] == 0  # it asks no certificate of browsers
    again = Certificates(files, lambda: NAMES, clock)
    serial = _leaf(files).serial_number
    await again.context()
    assert _leaf(files).serial_number == serial


async def test_the_root_vouches_for_homes_only(files: WebFiles) -> None:
    certificates = Certificates(files, lambda: NAMES, FakeClock())
    await certificates.context()
    root = x509.load_pem_x509_certificate(files.root.read_bytes())
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = [str(subtree.value) for subtree in constraints.value.permitted_subtrees or []]
    assert "local" in permitted
    assert "192.168.0.0/16" in permitted
    assert "com" not in permitted
    # The household named hub.example.org; nobody can say that a public address is at home.
    assert names_in(_leaf(files)) == set(NAMES) - {"2001:db8::5"}
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


async def test_new_names_bring_a_new_leaf(files: WebFiles) -> None:
    names = ["localhost", "hub.local"]
    certificates = Certificates(files, lambda: tuple(names), FakeClock())
    await certificates.context()
    names.append("10.0.0.7")
    assert await certificates.renew()
    assert names_in(_leaf(files)) == {"localhost", "hub.local", "10.0.0.7"}
    names.append("later.example.org")  # the root was made without it, and browsers would refuse the whole leaf
    assert not await certificates.renew()


async def test_a_leaf_that_cannot_be_read_is_made_anew_and_a_root_is_not(files: WebFiles) -> None:
    certificates = Certificates(files, lambda: NAMES, FakeClock())
    await certificates.context()
    files.leaf.write_text("rubbish")
    assert await certificates.renew()
    files.root.write_text("rubbish")
    with pytest.raises(SettingsError, match="authority is damaged"):
        await certificates.renew()


async def test_a_clock_that_begins_in_1970_and_is_set_later(files: WebFiles) -> None:
    clock = FakeClock(start=0.0)
    certificates = Certificates(files, lambda: NAMES, clock)
    await certificates.context()
    assert _leaf(files).not_valid_before_utc.year >= 2025
    await clock.advance(57 * 365.25 * DAY)
    assert await certificates.renew()
    assert _leaf(files).not_valid_after_utc.timestamp() > clock.now()


async def test_the_hub_looks_by_itself(files: WebFiles) -> None:
    clock = FakeClock()
    certificates = Certificates(files, lambda: NAMES, clock)
    await certificates.context()
    before = _leaf(files).serial_number
    await clock.advance(70 * DAY)
    keeping = asyncio.create_task(certificates.keep())
    while _leaf(files).serial_number == before:
        await asyncio.sleep(0.01)
        await clock.advance(3600)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


@pytest.mark.parametrize(
    ("settings", "says", "remedy"),
    [
        ({"host": "0.0.0.0"}, "in the clear", "tls = true"),
        ({"host": ""}, "in the clear", "tls = true"),
        ({"host": "example.org", "setup_code": True}, "in the clear", "tls = true"),
        ({"host": "::", "tls": True, "accounts": "off"}, "accounts are off", 'accounts = "on"'),
    ],
)
async def test_what_would_open_the_home_is_refused(
    bus: Bus, states: StateTable, files: WebFiles, settings: dict[str, Any], says: str, remedy: str
) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        await WebServer(WebSettings(port=0, **settings), bus, states, files=files).start()
    assert remedy in caught.value.remedy


def test_tls_without_files_cannot_be(bus: Bus, states: StateTable) -> None:
    with pytest.raises(UsageError):
        WebServer(WebSettings(port=0, tls=True), bus, states)


async def _open_to_all(bus: Bus, states: StateTable, files: WebFiles, *, setup_code: bool = False) -> WebServer:
    settings = WebSettings(host="0.0.0.0", port=0, tls=True, setup_code=setup_code, names=("Hub.Home.Arpa.",))
    server = WebServer(settings, bus, states, files=files, passwords=cheap())
    await server.start()
    return server


async def test_the_network_comes_in_only_where_there_is_an_owner(
    bus: Bus, states: StateTable, files: WebFiles, accounts: AccountTable, house: House
) -> None:
    server = await _open_to_all(bus, states, files)
    with pytest.raises(SettingsError, match="no owner") as caught:
        await server.know(accounts)
    assert "setup_code = true" in caught.value.remedy
    await server.close()

    server = await _open_to_all(bus, states, files, setup_code=True)
    await server.know(accounts)
    server.open(rooms_of(house))
    assert server.setup_code
    async with _browser(server, files) as client:
        await let_in(client, "api/v1/setup", OWNER)
        assert server.setup_code == ""
        async with client.get("api/v1/home", headers={"Host": f"hub.home.arpa:{server.port}"}) as answer:
            assert answer.status == 200
        async with client.get("api/v1/home", headers={"Host": f"evil.example:{server.port}"}) as answer:
            assert answer.status == 421
    await server.close()

    server = await _open_to_all(bus, states, files)
    await server.know(accounts)
    await server.close()


async def test_from_elsewhere_the_owner_is_made_with_the_code(
    guarded: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.setup_code = "ABCDE-FGHJK"
    monkeypatch.setattr(aiohttp.web.BaseRequest, "remote", property(lambda _: "192.168.1.77"))
    async with aiohttp.ClientSession(guarded.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        async with client.get("api/v1/me") as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (401, "unowned")
        me = await let_in(client, "api/v1/setup", {**OWNER, "code": "ABCDE-FGHJK"})
        assert me["role"] == "owner"
