import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

import pytest

from hub.core.errors import DeniedError, NotFoundError, ProtocolError, UnavailableError
from hub.guard.connect import Guard
from hub.guard.tls import mutual_contexts
from hub.swarm import bulk_server
from hub.swarm.bulk import HttpBulk
from hub.swarm.bulk_server import fingerprint_of
from hub.swarm.certificates import dns_name
from hub.swarm.ports import Bulk
from hub.swarm.zenoh_config import MeshKey
from tests.ledger_rows import Rows
from tests.swarm.certified import Home


def pin(key: MeshKey) -> str:
    return fingerprint_of(ssl.PEM_cert_to_DER_cert(key.certificate.decode()))


class Pair:
    """Hubs a and b, and where they listen."""

    def __init__(self) -> None:
        self.home = Home()
        self.keys = {hub: self.home.key(hub) for hub in "ab"}
        self.members = {hub: pin(key) for hub, key in self.keys.items()}
        self.places: dict[str, str] = {}
        self.rows = Rows()
        self.guard = Guard(writer=self.rows)
        self.a, self.b = self.make("a"), self.make("b")

    def make(self, hub: str, key: MeshKey | None = None, most: int = 4 * 1024 * 1024) -> HttpBulk:
        return HttpBulk(
            key or self.keys[hub],
            self.members,
            lambda other: self.places.get(other, ""),
            self.guard,
            most_bytes=most,
        )

    async def start(self) -> None:
        for hub, bulk in (("a", self.a), ("b", self.b)):
            await bulk.start()
            self.places[hub] = bulk.address


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    await made.start()
    yield made
    await made.a.close()
    await made.b.close()


async def length(sender: str, body: bytes) -> bytes:
    return f"{sender} {len(body)}".encode()


async def test_a_body_is_handed_over_and_answered(pair: Pair) -> None:
    bulk: Bulk = pair.b
    end = bulk.take("update", length)
    assert await pair.a.give("b", "update", bytes(3_000_000)) == b"a 3000000"
    end()
    with pytest.raises(NotFoundError):
        await pair.a.give("b", "update", b"")
    await pair.guard.close()
    rows = [row for row in pair.rows.rows if row[1] == pair.places["b"]]
    assert sum(row[2] for row in rows) >= 3_000_000
    assert {row[4] for row in rows} == {"update for hub b"}


async def test_large_answers_come_back(pair: Pair) -> None:
    async def answer(sender: str, body: bytes) -> bytes:
        return bytes(2_000_000)

    pair.b.take("round", answer)
    assert len(await pair.a.give("b", "round", b"")) == 2_000_000


async def test_errors_come_back_as_what_they_are(pair: Pair) -> None:
    async def deny(sender: str, body: bytes) -> bytes:
        raise DeniedError("no", remedy="ask")

    async def fail(sender: str, body: bytes) -> bytes:
        raise ZeroDivisionError("secret inside")

    pair.b.take("deny", deny)
    pair.b.take("fail", fail)
    with pytest.raises(DeniedError, match="ask"):
        await pair.a.give("b", "deny", b"")
    with pytest.raises(UnavailableError) as told:
        await pair.a.give("b", "fail", b"")
    assert "secret" not in str(told.value)


async def test_threat_27_bodies_that_are_too_large(pair: Pair) -> None:
    pair.b.take("update", length)
    with pytest.raises(ProtocolError, match="too many"):
        await pair.a.give("b", "update", bytes(4 * 1024 * 1024 + 1))
    liar = pair.make("a", most=64 * 1024 * 1024 + 1)  # a hub that holds back nothing
    await liar.start()
    try:
        with pytest.raises((ProtocolError, UnavailableError)):  # refused unread: the answer, or the end, comes first
            await liar.give("b", "update", bytes(64 * 1024 * 1024))
    finally:
        await liar.close()

    async def too_much(sender: str, body: bytes) -> bytes:
        return bytes(5 * 1024 * 1024)

    pair.b.take("much", too_much)
    with pytest.raises(ProtocolError):
        await pair.a.give("b", "much", b"")


async def test_one_that_takes_too_long(pair: Pair) -> None:
    async def hang(sender: str, body: bytes) -> bytes:
        await asyncio.sleep(3600)
        return b""

    pair.b.take("hang", hang)
    with pytest.raises(UnavailableError, match="did not answer"):
        await pair.a.give("b", "hang", b"", timeout_s=0.5)
    pair.b.take("update", length)
    assert await pair.a.give("b", "update", b"") == b"a 0"


@pytest.mark.parametrize("whose", ["evil authority", "not a member", "removed"])
async def test_threat_22_certificates_that_bulk_does_not_take(pair: Pair, whose: str) -> None:
    asked: list[str] = []

    async def answer(sender: str, body: bytes) -> bytes:
        asked.append(sender)
        return b""

    pair.b.take("update", answer)
    key = {
        "evil authority": Home().key("a", root=pair.home.root),
        "not a member": pair.home.key("a"),  # the home's root signed it, for a key that nobody knows
        "removed": pair.keys["a"],
    }[whose]
    if whose == "removed":
        pair.b.trust({"b": pair.members["b"]})
    stranger = pair.make("a", key)
    await stranger.start()
    try:
        with pytest.raises((UnavailableError, DeniedError)):
            await stranger.give("b", "update", b"x")
    finally:
        await stranger.close()
    assert asked == []


async def test_where_another_hub_answers_nothing_is_given(pair: Pair) -> None:
    """A member answers at another member's address: its certificate is good, but it is not that one's."""
    pair.b.take("update", length)
    pair.members["c"] = pin(pair.home.key("c"))
    pair.places["c"] = pair.places["b"]
    pair.a.trust(pair.members)
    with pytest.raises((ProtocolError, UnavailableError), match=r"another hub|Hostname|certificate"):
        await pair.a.give("c", "update", b"secret")


async def test_a_hub_nobody_knows_cannot_be_reached(pair: Pair) -> None:
    with pytest.raises(UnavailableError):
        await pair.a.give("nobody", "update", b"")
    pair.places["b"] = "127.0.0.1:1"
    with pytest.raises(UnavailableError):
        await pair.a.give("b", "update", b"")


async def test_a_hub_that_sends_too_many_at_once_is_told_so(pair: Pair) -> None:
    go = asyncio.Event()

    async def wait(sender: str, body: bytes) -> bytes:
        await go.wait()
        return b"done"

    pair.b.take("wait", wait)
    given = [asyncio.create_task(pair.a.give("b", "wait", b"")) for _ in range(8)]
    async with asyncio.timeout(20):
        while sum(task.done() for task in given) < 4:
            await asyncio.sleep(0.01)
    go.set()
    done = await asyncio.gather(*given, return_exceptions=True)
    assert done.count(b"done") == 4
    assert sum(isinstance(d, UnavailableError) for d in done) == 4


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /v1/update HTTP/1.1\r\nHost: h\r\n",
        b"POST /v1/update HTTP/1.1\r\n\
Host: h\r\nContent-Length: 100\r\n\r\nabc",
    ],
)
async def test_slow_ones_are_let_go(pair: Pair, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_server, "_HEADERS_S", 0.3)
    monkeypatch.setattr(bulk_server, "_PIECE_S", 0.3)
    slow = pair.make("b")
    slow.take("update", length)
    await slow.start()
    key = pair.keys["a"]
    client, _ = mutual_contexts(key.root, key.certificate, key.private_key)
    host, _, port = slow.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), ssl=client, server_hostname=dns_name("b"))
    writer.write(sent)
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            await reader.read()
    writer.close()
    await slow.close()


async def test_a_port_that_is_taken_is_said(pair: Pair) -> None:
    other = HttpBulk(pair.keys["a"], pair.members, lambda _: "", pair.guard, listen=pair.a.address)
    with pytest.raises(UnavailableError, match="taken"):
        await other.start()
