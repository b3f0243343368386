import asyncio
import contextlib
import secrets
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import DNSOutgoing, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
from zeroconf.const import _FLAGS_AA, _FLAGS_QR_RESPONSE

from hub.swarm.addresses import MOST_OFFERS, Addresses, Announced, Ports, read_txt, txt
from hub.swarm.discovery import SERVICE, Discovery
from tests.until import until

ME, PEER, OTHER = "a" * 64, "b" * 64, "c" * 64


def test_txt_is_read_as_it_is_written() -> None:
    ports = Ports(8421, 8422, 8423)
    said = {key.encode(): value.encode() for key, value in txt(PEER, ports, "Kitchen").items()}
    assert read_txt(said) == (PEER, ports, "Kitchen")
    quiet = txt(PEER, Ports(8421, 8422), "Kitchen")
    assert "name" not in quiet  # the household's words are told only while somebody pairs


@pytest.mark.parametrize(
    "wrong",
    [
        {b"id": b"b" * 63},
        {b"id": b"B" * 64},
        {b"id": None},
        {b"id": b"../" * 22},
        {b"mesh": b"-1"},
        {b"mesh": b"99999"},
        {b"mesh": "\u0664".encode()},
        {b"mesh": b"1" * 400},
        {b"x": b"y" * 600},
        {b"\xff": b""},
        {b"name": b"\xff"},
        {str(n).encode(): b"" for n in range(20)},
    ],
)
def test_threat_21_forged_and_oversized_txt(wrong: dict[bytes, bytes | None]) -> None:
    good: dict[bytes, bytes | None] = {b"id": PEER.encode(), b"mesh": b"1", b"pair": b"2"}
    assert read_txt(good) is not None
    assert read_txt(good | wrong) is None


def test_names_are_shown_without_what_could_disguise_them() -> None:
    said = read_txt({b"id": PEER.encode(), b"pair": b"2", b"name": "Kit\u202echen\x07\u200b".encode() + b"x" * 100})
    assert said is not None
    assert said[2].startswith("Kitchenxxx")
    assert len(said[2]) <= 40


@given(st.dictionaries(st.binary(max_size=20), st.none() | st.binary(max_size=200), max_size=20))
def test_no_txt_raises(properties: dict[bytes, bytes | None]) -> None:
    read_txt(properties)


def heard(addresses: Addresses, hub: str, host: str, **ports: int) -> bool:
    return addresses.heard(Announced(hub, host, Ports(**(ports or {"mesh": 1, "bulk": 2}))))


def test_the_addresses_of_members_are_kept_and_tried_in_turn() -> None:
    known = Addresses(ME, [ME, PEER])
    assert known.where(PEER) == ""
    assert heard(known, PEER, "192.168.1.2")
    assert not heard(known, PEER, "192.168.1.2")
    assert heard(known, PEER, "192.168.1.3")
    assert {known.where(PEER), known.where(PEER)} == {"192.168.1.2:1", "192.168.1.3:1"}
    assert known.where(PEER, "bulk") in ("192.168.1.2:2", "192.168.1.3:2")
    known.members([ME])
    assert known.where(PEER) == ""


def test_threat_21_a_flood_of_forged_addresses_does_not_hide_the_true_one() -> None:
    known = Addresses(ME, [ME, PEER])
    heard(known, PEER, "192.168.1.2")
    known.proved(PEER, "192.168.1.2:1")
    for number in range(1000):
        heard(known, PEER, f"10.0.{number // 250}.{number % 250 + 1}")
    tried = {known.where(PEER) for _ in range(8)}
    assert "192.168.1.2:1" in tried
    assert len(tried) <= 4


def test_threat_21_our_own_id_from_elsewhere_and_places_that_are_no_neighbours() -> None:
    known = Addresses(ME, [ME, PEER])
    assert not heard(known, ME, "192.168.1.9")
    assert known.where(ME) == ""
    for host in ("8.8.8.8", "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "kitchen", "1.2.3.4:5"):
        assert not heard(known, PEER, host)
    assert known.where(PEER) == ""


class Info:
    """What zeroconf would hand over."""

    def __init__(self, hub: str, host: str, ports: Ports, label: str = "") -> None:
        self.name = f"{label or hub[:32]}.{SERVICE}"
        self.properties = {k.encode(): v.encode() for k, v in txt(hub, ports, "x").items()}
        self._host = host

    def parsed_addresses(self) -> list[str]:
        return [self._host]


def test_threat_21_ten_thousand_fake_hubs_do_not_grow_the_lists() -> None:
    known = Addresses(ME, [ME, PEER])
    discovery = Discovery(known, ME, [ME, PEER], Ports(1, 2))

    def flood(start: int) -> None:
        for number in range(start, start + 10_000):
            hub = f"{number:064x}"
            info: Any = Info(hub, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", Ports(1, 2, 3))
            discovery.noticed(info.name, there=True)
            discovery.resolved(info)

    flood(0)
    tracemalloc.start()
    flood(100_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 1_000_000
    assert len(known.offers()) == MOST_OFFERS
    discovery.noticed(f"{PEER[:32]}.{SERVICE}", there=True)  # a member is still looked up, and first
    assert next(iter(discovery._waiting)).startswith(PEER[:32])
    peer: Any = Info(PEER, "192.168.1.2", Ports(1, 2))
    discovery.resolved(peer)
    assert known.where(PEER) == "192.168.1.2:1"


def test_a_members_place_is_not_for_others_and_offers_end() -> None:
    known = Addresses(ME, [ME, PEER])
    discovery = Discovery(known, ME, [ME, PEER], Ports(1, 2))
    forged: Any = Info(OTHER, "192.168.1.3", Ports(1, 2, 3), label=PEER[:32])
    discovery.resolved(forged)
    assert known.offers() == []
    real: Any = Info(OTHER, "192.168.1.3", Ports(1, 2, 3))
    discovery.resolved(real)
    assert [offer.hub for offer in known.offers()] == [OTHER]
    discovery.noticed(real.name, there=False)
    assert known.offers() == []


def _network() -> AsyncZeroconf:
    return AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)


async def test_hubs_find_each_other_and_follow_the_network() -> None:
    mine, theirs = Addresses(ME, [ME, PEER], loopback=True), Addresses(PEER, [PEER], loopback=True)
    found: list[str] = []
    hosts = frozenset({"127.0.0.1"})
    ours = Discovery(
        mine,
        ME,
        [ME, PEER],
        Ports(1001, 1002, 1003),
        name="Hall",
        found=found.append,
        hosts=lambda: frozenset({"127.0.0.1"}),
        open=_network,
        look_s=0.1,
    )
    peers = Discovery(theirs, PEER, [PEER], Ports(2001, 2002), hosts=lambda: hosts, open=_network, look_s=0.1)
    tasks = [asyncio.create_task(one.run()) for one in (ours, peers)]
    try:
        await until(lambda: mine.where(PEER) == "127.0.0.1:2001")
        assert found == [PEER]
        await until(lambda: [offer.name for offer in theirs.offers()] == ["Hall"])
        hosts = frozenset({"127.0.0.1", "192.168.77.7"})  # an interface comes
        await until(lambda: "192.168.77.7:2001" in {mine.where(PEER) for _ in range(4)})
        ours.announce(Ports(1001, 1002))  # the window for pairing closes
        await until(lambda: theirs.offers() == [])
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


class Listening(Addresses):
    """Remembers what it was told of one hub's port for pairing, without repetitions."""

    def __init__(self, hub: str) -> None:
        super().__init__(ME, [ME], loopback=True)
        self._of = hub
        self.told: list[int] = []

    def heard(self, said: Announced) -> bool:
        if said.hub == self._of and self.told[-1:] != [said.ports.pair]:
            self.told.append(said.ports.pair)
        return super().heard(said)


async def test_an_answer_that_was_true_a_second_ago_does_not_undo_the_news() -> None:
    peer = secrets.token_hex(32)  # tests of other processes are on the same loopback
    ours, closed, hosts = Listening(peer), Ports(2001, 2002), frozenset({"127.0.0.1"})
    hears = Discovery(ours, ME, [ME], Ports(), hosts=lambda: hosts, open=_network, look_s=0.1)
    says = Discovery(Addresses(peer, []), peer, [], closed, hosts=lambda: hosts, open=_network, look_s=2)
    tasks = [asyncio.create_task(one.run()) for one in (hears, says)]
    try:
        await until(lambda: ours.told == [0])
        says.announce(Ports(2001, 2002, 2003), "Hall")
        await until(lambda: ours.told == [0, 2003])
        late = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
        name = f"{peer[:32]}.{SERVICE}"
        text = AsyncServiceInfo(SERVICE, name, properties=txt(peer, closed, "")).dns_text()
        late.add_answer_at_time(text, 0)
        assert says._network is not None
        says._network.zeroconf.async_send(late)
        await until(lambda: ours.told == [0, 2003, 0, 2003])
        assert ("Hall", peer) in [(offer.name, offer.hub) for offer in ours.offers()]
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_without_a_network_it_waits_for_one() -> None:
    opened = 0

    def fails_first() -> AsyncZeroconf:
        nonlocal opened
        opened += 1
        if opened == 1:
            raise OSError("no interface")
        return _network()

    one = Discovery(
        Addresses(ME, [ME]),
        ME,
        [ME],
        Ports(1, 2),
        hosts=lambda: frozenset({"127.0.0.1"}),
        open=fails_first,
        look_s=0.05,
    )
    task = asyncio.create_task(one.run())
    await until(lambda: opened >= 2)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
