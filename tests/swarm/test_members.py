"""Who the members are, as all hubs come to know it, and what people do about them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from hub.core.bus import Bus
from hub.core.errors import NotFoundError, UnavailableError
from hub.core.events import HubPaired, HubRemoved
from hub.guard.connect import Guard
from hub.swarm.fabric import Fabric
from hub.swarm.members import Records, encode
from hub.swarm.pairing.host import PairingHost
from hub.swarm.peers import Peers, reachable_at
from hub.swarm.spread import TOPIC, Spread
from tests.swarm.certificates import admitted, home_of
from tests.swarm.meshes import Meshes
from tests.swarm.street import Street
from tests.until import until


class Telling:
    """Hubs of one home on a street, each telling what it knows."""

    def __init__(self, hubs: list[Fabric], street: Street) -> None:
        self.hubs = hubs
        self.street = street
        self.applied: list[str] = []
        self.spreads: dict[str, Spread] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Telling":
        for hub in self.hubs:
            await self.start(hub)
        return self

    async def start(self, fabric: Fabric) -> None:
        hub = fabric.hub

        async def apply() -> None:
            self.applied.append(hub)

        self.spreads[hub] = Spread(fabric, self.street.mesh(hub), apply)
        self._tasks.append(asyncio.create_task(self.spreads[hub].run()))
        await asyncio.sleep(0)

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def test_a_new_member_is_known_to_all(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path)
    async with Telling(hubs, Street()) as told:
        fourth = Fabric.open(tmp_path / "fourth")
        await admitted(fourth, hubs[0], "fourth")
        await until(lambda: all(len(hub.members()) == 4 for hub in hubs))
        await until(lambda: set(told.applied) == {hub.hub for hub in hubs})
        await hubs[1].describe("cellar", ())
        await until(lambda: all("cellar" in {m.name for m in hub.members()} for hub in hubs))


async def test_threat_23_a_removal_reaches_all_and_those_who_come_back(tmp_path: Path) -> None:
    a, b, c, d = await home_of(tmp_path, 4)
    street = Street(loss=0.0)
    leaf, was = c.leaf_pem, c.hub
    async with Telling([a, b, c], street) as told:
        await a.remove(was)
        await until(lambda: b.trusts(leaf) == "" and c.home == "")
        assert d.trusts(leaf) == was  # it was off
        await told.start(d)
        await until(lambda: d.trusts(leaf) == "")
    assert {m.id for m in d.members()} == {a.hub, b.hub, d.hub}


async def test_threat_23_on_a_street_that_loses_and_mixes_up_messages(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path, 4)
    street = Street(loss=0.3, double=0.3, late_s=0.01, seed=4)
    async with Telling(hubs, street) as told:
        await hubs[1].remove(hubs[3].hub)
        for hub in hubs[:3]:
            await hub.describe(f"name {hub.hub[:4]}", ())

        async def again() -> None:  # as hubs come and go
            for spread in told.spreads.values():
                spread._on_change()
            await street.settled()

        async with asyncio.timeout(30):
            while len({encode_sorted(hub) for hub in hubs[:3]}) > 1:
                await again()
    assert len(hubs[0].members()) == 3


def encode_sorted(hub: Fabric) -> bytes:
    known = hub.records
    parts = (known.admitted, known.cards, known.removals)
    return encode(Records(*({key: part[key] for key in sorted(part)} for part in parts)))  # type: ignore[arg-type]


async def test_nonsense_from_a_member_changes_nothing_and_stops_nothing(tmp_path: Path) -> None:
    a, b, _ = await home_of(tmp_path)
    evil = Fabric.open(tmp_path / "evil")
    await evil.found("evil")
    street = Street()
    async with Telling([a], street):
        other = street.mesh(b.hub)
        before = a.records
        for body in (b"", b"\xc1" * 50, bytes(2_000_000), encode(evil.records)):
            await other.send(TOPIC, body)
        for _ in range(500):
            await other.send(TOPIC, b"x")
        await street.settled()
        assert a.records == before
        await b.describe("attic", ())
        await until(lambda: street.open(b.hub, a.hub))
        async with asyncio.timeout(20):
            while a.records == before:
                await other.send(TOPIC, encode(b.records))
                await asyncio.sleep(0.01)


async def test_threat_23_the_mesh_lets_a_removed_hub_go_at_once(tmp_path: Path) -> None:
    """Real meshes over the home's own certificates."""
    hubs = await home_of(tmp_path)
    by_id = {hub.hub: hub for hub in hubs}
    async with AsyncExitStack() as stack:
        street = Meshes(*by_id)
        for hub, fabric in by_id.items():
            mesh = street.make(hub, key=fabric.mesh_key())
            await mesh.start()
            stack.push_async_callback(mesh.close)
        await street.together()
        a, b, c = hubs

        def spread(fabric: Fabric) -> Spread:
            mesh = street.by_id[fabric.hub]

            async def apply() -> None:
                if fabric.home:
                    await mesh.reopen([m.id for m in fabric.members()], fabric.mesh_key())

            return Spread(fabric, mesh, apply)

        tasks = [asyncio.create_task(spread(fabric).run()) for fabric in (a, b)]
        await asyncio.sleep(0)
        gone = c.hub
        await a.remove(gone)
        await until(lambda: street.by_id[a.hub].alive() == {b.hub} and street.by_id[b.hub].alive() == {a.hub})
        await until(lambda: not street.by_id[gone].alive())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def peers_of(fabric: Fabric, name: str, told: list[object]) -> AsyncIterator[Peers]:
    bus = Bus()
    bus.publish = told.append  # type: ignore[method-assign,assignment]
    about = lambda: (name, ("127.0.0.1:8421",))  # noqa: E731
    peers = Peers(fabric, Guard(), bus, about, PairingHost(fabric, bus, about, "127.0.0.1:0"))
    await peers.start()
    try:
        yield peers
    finally:
        await peers.close()
        await bus.close()


async def test_what_people_do(tmp_path: Path) -> None:
    told: list[object] = []
    kitchen, attic = Fabric.open(tmp_path / "k"), Fabric.open(tmp_path / "a")
    async with peers_of(kitchen, "kitchen", told) as one, peers_of(attic, "attic", told) as other:
        [alone] = one.peers()
        assert (alone.id, alone.here, alone.founder, alone.name) == (kitchen.hub, True, False, "kitchen")
        shown = one.pair()
        joined = await other.join(shown.addresses[0], shown.code)
        assert (joined.name, joined.founder, joined.here) == ("kitchen", True, False)
        await until(lambda: one.pairing().stage == "paired")
        one.alive = lambda: frozenset({attic.hub})
        assert {(p.name, p.reachable) for p in one.peers()} == {("kitchen", True), ("attic", True)}
        assert {(p.name, p.reachable) for p in other.peers()} == {("kitchen", None), ("attic", True)}
        assert {type(event) for event in told} == {HubPaired}
        with pytest.raises(UnavailableError, match="pair there: kitchen"):
            other.pair()
        with pytest.raises(NotFoundError):
            await one.remove("cellar")
        removed = await one.remove("attic")
        assert removed.id == attic.hub
        assert [event.peer for event in told if isinstance(event, HubRemoved)] == [attic.hub]
        assert [p.name for p in one.peers()] == ["kitchen"]


async def test_leaving_is_told_before_the_key_is_forgotten(tmp_path: Path) -> None:
    a, b = await home_of(tmp_path, 2)
    was = b.hub
    async with peers_of(b, "hub1", []) as peers, Telling([a, b], Street()) as told:
        peers.farewell = told.spreads[was].told
        left = await peers.remove(was)
        assert (left.here, b.home) == (True, "")
        assert b.hub != was
        await until(lambda: [m.id for m in a.members()] == [a.hub])


def test_addresses_that_others_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.swarm.discovery.own_addresses", lambda: frozenset({"192.168.1.7", "10.0.0.2"}))
    assert reachable_at("192.168.1.9", 8422) == ("192.168.1.9:8422",)
    assert reachable_at("fe80::1", 8422) == ("[fe80::1]:8422",)
    assert reachable_at("0.0.0.0", "8422") == ("10.0.0.2:8422", "192.168.1.7:8422")
    assert reachable_at("[::]", 1) == ("10.0.0.2:1", "192.168.1.7:1")
