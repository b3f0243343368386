import asyncio
import http.client
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from hub.core.errors import EgressError, SettingsError, StoreError, UnavailableError
from hub.guard.connect import Guard
from hub.guard.egress import Destination, EgressPolicy, Reach
from hub.guard.tls import client_context, server_context

Row = tuple[str, str, int, int, str]


class Rows:
    """A ledger that is a list."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.broken = False

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        if self.broken:
            raise StoreError("disk full")
        assert at > 1_700_000_000
        self.rows.append((who, where, bytes_out, bytes_in, why))

    def sums(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for _, where, out, into, _ in self.rows:
            had = found.get(where, (0, 0))
            found[where] = (had[0] + out, had[1] + into)
        return found


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that says everything twice."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data * 2)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


async def test_a_connection_is_ledgered_with_its_bytes(echo: int, rows: Rows) -> None:
    guard = Guard(writer=rows)
    reader, writer = await guard.connect("127.0.0.1", echo, "to say hello", who="mqtt")
    await guard.ledger.flush()
    assert rows.rows == [("mqtt", f"127.0.0.1:{echo}", 0, 0, "to say hello")]
    writer.write(b"x" * 100_000)
    await writer.drain()
    assert len(await reader.readexactly(200_000)) == 200_000
    await guard.ledger.flush()
    writer.write(b"bye")
    await reader.readexactly(6)
    writer.close()
    await writer.wait_closed()
    await guard.close()
    assert rows.sums() == {f"127.0.0.1:{echo}": (100_003, 200_006)}
    written = len(rows.rows)
    await guard.ledger.flush()
    assert len(rows.rows) == written


async def test_the_keeper_writes_by_itself(echo: int, rows: Rows) -> None:
    guard = Guard(writer=rows)
    keeping = asyncio.create_task(guard.ledger.run())
    await asyncio.sleep(0)
    _, writer = await guard.connect("127.0.0.1", echo, "why")
    async with asyncio.timeout(20):
        while not rows.rows:
            await asyncio.sleep(0.01)
    writer.close()
    keeping.cancel()


async def test_a_broken_ledger_does_not_stop_the_home(echo: int, rows: Rows) -> None:
    rows.broken = True
    guard = Guard(writer=rows)
    _, writer = await guard.connect("127.0.0.1", echo, "why")
    await guard.ledger.flush()
    writer.close()


async def test_a_socket_for_a_library(echo: int, rows: Rows) -> None:
    guard = Guard(writer=rows)
    connection = await guard.open_socket("localhost", echo, who="mqtt", why="the broker")
    assert isinstance(connection, socket.socket)

    def use() -> None:
        connection.setblocking(True)
        connection.sendall(b"abc")
        connection.send(b"d")
        view = memoryview(bytearray(8))
        count = 0
        while count < 8:
            count += connection.recv_into(view[count:])
        connection.close()

    await asyncio.to_thread(use)
    await guard.close()
    assert list(rows.sums().values()) == [(4, 8)]


async def test_threat_16_a_name_is_resolved_once(echo: int, rows: Rows) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["8.8.8.8"]

    _, writer = await Guard(writer=rows, resolve=resolve).connect("broker.home", echo, "why")
    assert asked == ["broker.home"]
    writer.close()


async def test_threat_16_a_name_that_resolves_outside_is_refused_and_ledgered(rows: Rows) -> None:
    guard = Guard(writer=rows, resolve=lambda _h, _p: ["8.8.8.8"])
    with pytest.raises(EgressError, match="outside the home"):
        await guard.connect("printer.local", 80, "to print", who="printer")
    await guard.close()
    assert rows.rows == [("printer", "printer.local:80", 0, 0, "refused: to print")]


async def test_of_several_addresses_only_the_allowed_are_tried(echo: int, rows: Rows) -> None:
    guard = Guard(writer=rows, resolve=lambda _h, _p: ["8.8.8.8", "127.0.0.1"])
    _, writer = await guard.connect("broker.home", echo, "why")
    assert writer.get_extra_info("peername")[0] == "127.0.0.1"
    writer.close()


async def test_threat_16_a_plugins_address_does_not_reach_this_machine(echo: int) -> None:
    for host in ("localhost", "127.0.0.1"):
        with pytest.raises(EgressError, match="this machine"):
            await Guard().connect(host, echo, "a webhook", reach=Reach.LAN)


@pytest.mark.parametrize("host", ["", "file:///etc/passwd", "a b", "user@host", "x" * 300, "h\0st"])
async def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(EgressError, match="not an address"):
        await Guard().connect(host, 80, "why")
    with pytest.raises(EgressError, match="not an address"):
        await Guard().connect("localhost", 0, "why")


async def test_nobody_there_is_said_plainly(rows: Rows) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnavailableError, match=f"127.0.0.1:{port} cannot be reached"):
        await Guard(writer=rows).connect("127.0.0.1", port, "why")

    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(UnavailableError, match="Name or service not known"):
        await Guard(resolve=unknown).connect("nowhere.home", 80, "why")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "key.pem")),
            *("-out", str(tmp_path / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return tmp_path / "cert.pem"


@pytest.fixture
def https(certificate: Path) -> Iterator[int]:
    """A TLS server that answers one page per connection."""
    context = server_context(certificate, certificate.with_name("key.pem"))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n" + b"y" * 5000
                    )
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.close()


async def test_tls_is_verified(https: int, certificate: Path) -> None:
    _, writer = await Guard().connect("localhost", https, "why", tls=client_context(certificate))
    writer.close()
    with pytest.raises(UnavailableError, match="certificate verify failed"):
        await Guard().connect("localhost", https, "why", tls=client_context())
    with pytest.raises(UnavailableError, match="certificate verify failed"):
        await Guard().connect("127.0.0.1", https, "why", tls=client_context(certificate))


async def test_a_download_over_tls_is_counted(https: int, certificate: Path, rows: Rows) -> None:
    guard = Guard(writer=rows)

    def fetch() -> bytes:
        plain = guard.open_blocking("localhost", https, why="a model")
        secure = client_context(certificate).wrap_socket(plain, server_hostname="localhost")
        client = http.client.HTTPConnection("localhost", https)
        client.sock = secure
        client.request("GET", "/")
        body = client.getresponse().read()
        client.close()
        secure.close()
        return body

    assert len(await asyncio.to_thread(fetch)) == 5000
    await guard.close()
    ((out, into),) = rows.sums().values()
    assert 5000 < into < 5200
    assert 30 < out < 300


def test_contexts_verify() -> None:
    context = client_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.pem"):
        client_context(tmp_path / "none.pem")
    with pytest.raises(SettingsError, match=r"none\.pem"):
        server_context(tmp_path / "none.pem", tmp_path / "key.pem")


async def test_a_granted_place_outside_is_tried(rows: Rows) -> None:
    policy = EgressPolicy([Destination("models.example.org", 443)])
    policy.check("models.example.org", "203.0.113.1", 443, Reach.OUTSIDE)
    with pytest.raises(EgressError):
        await Guard(policy, rows, resolve=lambda _h, _p: ["192.168.1.1"]).connect(
            "models.example.org", 443, "why", reach=Reach.OUTSIDE
        )
