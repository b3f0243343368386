import asyncio
import stat
from pathlib import Path

import msgspec
import pytest

from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError, ProtocolError, StoreError, UnavailableError, UsageError
from hub.swarm import certificates
from hub.swarm.check_digits import shown
from hub.swarm.fabric import Fabric, Welcome
from hub.swarm.members import Records
from tests.swarm.certificates import admitted, home_of

DAY = 86400.0


async def test_three_hubs_know_each_other_after_restarts(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path)
    again = [Fabric.open(tmp_path / f"hub{n}") for n in range(3)]
    for hub, restarted in zip(hubs, again, strict=True):
        assert {m.id for m in hub.members()} == {h.hub for h in hubs}
        assert restarted.members() == hub.members()
        assert (restarted.hub, restarted.home, restarted.leaf_pem) == (hub.hub, hub.home, hub.leaf_pem)
    assert sorted(m.name for m in hubs[2].members()) == ["hub0", "hub1", "hub2"]
    assert {hub.home for hub in hubs} == {hubs[0].home}
    assert [hub.founder for hub in hubs] == [hubs[0].hub] * 3
    for one in hubs:
        for other in hubs:
            assert one.trusts(other.leaf_pem) == other.hub


async def test_the_roots_key_stays_where_it_was_made(tmp_path: Path) -> None:
    await home_of(tmp_path)
    files = {n: sorted(p.name for p in (tmp_path / f"hub{n}").iterdir()) for n in range(2)}
    assert files == {0: ["fabric.json", "identity.pem", "root.key"], 1: ["fabric.json", "identity.pem"]}
    for path in (tmp_path / "hub0").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_hub_in_no_home(tmp_path: Path) -> None:
    hub = Fabric.open(tmp_path)
    assert (hub.members(), hub.home, hub.founder, hub.trusts(hub.identity.certificate)) == ((), "", "", "")
    for ask in (lambda: hub.root_pem, lambda: hub.leaf_pem, hub.mesh_key):
        with pytest.raises(UnavailableError, match="hearth peer pair"):
            ask()
    assert await hub.renew() == 0


async def test_only_the_founder_lets_others_in(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path, 2)
    stranger = Fabric.open(tmp_path / "stranger")
    with pytest.raises(UnavailableError, match="hub0"):
        await admitted(stranger, hubs[1])
    with pytest.raises(UsageError):
        await hubs[0].found("again")


async def test_a_hub_is_named_in_several_ways(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path)
    wanted = hubs[1].hub
    for named in (wanted, wanted[:10], shown(wanted), "hub1"):
        assert hubs[2].member(named).id == wanted
    for named in ("nobody", "", "0", wanted[:3]):
        with pytest.raises(NotFoundError):
            hubs[2].member(named)
    with pytest.raises(UsageError, match="slip"):
        hubs[2].member("0000-0000-0000-01")


async def test_names_and_addresses_spread_newest_first(tmp_path: Path) -> None:
    a, b, _ = await home_of(tmp_path)
    before = b.records
    await b.describe("attic", ("192.168.1.7:8421", "not an address"))
    assert await a.merge(b.records)
    assert not await a.merge(before)  # an old card changes nothing
    about = a.member(b.hub)
    assert (about.name, about.addresses) == ("attic", ("192.168.1.7:8421",))
    old = b.records
    await b.describe("attic", ("192.168.1.7:8421",))
    assert b.records == old  # nothing new: no new number, and nothing to spread


async def test_callbacks_come_after_the_disk(tmp_path: Path) -> None:
    a, b, _ = await home_of(tmp_path)
    seen: list[tuple[str, ...]] = []
    end = a.changed(lambda: seen.append(tuple(m.id for m in Fabric.open(tmp_path / "hub0").members())))
    a.changed(lambda: 1 // 0)  # type: ignore[arg-type,return-value]
    await a.remove(b.hub)
    assert len(seen) == 1
    assert b.hub not in seen[0]
    end()
    await a.describe("other", ())
    assert len(seen) == 1


async def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, _ = await home_of(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError):
        await a.remove(b.hub)
    assert a.trusts(b.leaf_pem) == b.hub


async def test_leaves_are_renewed_by_the_founder_and_spread(tmp_path: Path) -> None:
    clock = FakeClock()
    a, b, c = await home_of(tmp_path, clock=clock)
    assert await a.renew() == 0
    await clock.advance((certificates.LEAF_DAYS - certificates.RENEW_DAYS + 1) * DAY)
    old = b.leaf_pem
    assert await a.renew() == 3
    assert await b.renew() == 0
    assert await b.merge(a.records)
    assert b.leaf_pem != old
    assert b.member(b.hub).fingerprint == a.member(b.hub).fingerprint
    await clock.advance((certificates.RENEW_DAYS + 1) * DAY)
    assert (a.trusts(old), a.trusts(b.leaf_pem), c.trusts(b.leaf_pem)) == ("", b.hub, b.hub)


async def test_a_hub_whose_clock_is_years_off_is_told(tmp_path: Path) -> None:
    host = Fabric.open(tmp_path / "host", FakeClock(1_767_225_600.0))
    await host.found("host")
    late = Fabric.open(tmp_path / "late", FakeClock(1_767_225_600.0 + 3650 * DAY))
    with pytest.raises(UsageError, match="clocks"):
        await admitted(late, host)
    early = Fabric.open(tmp_path / "early", FakeClock(0.0))  # no battery: 1970
    with pytest.raises(UsageError, match="clocks"):
        await admitted(early, host)


async def test_a_founder_without_the_time_makes_certificates_of_today(tmp_path: Path) -> None:
    host = Fabric.open(tmp_path / "host", FakeClock(0.0))
    await host.found("host")
    guest = Fabric.open(tmp_path / "guest", FakeClock(1_767_225_600.0 + 300 * DAY))
    await admitted(guest, host)
    assert guest.trusts(host.leaf_pem) == host.hub


# -- threats -----------------------------------------------------------------------------------------------------------


async def test_threat_22_certificates_of_another_root_expired_or_for_another_key(tmp_path: Path) -> None:
    clock = FakeClock()
    a, b, c = await home_of(tmp_path, clock=clock)
    evil = Fabric.open(tmp_path / "evil", clock)
    await evil.found("hub1")
    assert a.trusts(evil.leaf_pem) == ""
    assert a.trusts(b.identity.certificate) == ""
    # the home's own name on another root, for the same id and key
    fake_root = certificates.make_root(evil.identity.key, a.founder, clock.now())
    forged = certificates.make_leaf(b.hub, b.identity.key.public_key(), fake_root, evil.identity.key, clock.now(), 90)
    assert a.trusts(certificates.der(forged)) == ""
    # a good signature on another key: the founder's mistake or a stolen root.key
    root, root_key = certificates.read(a.root_pem), a._root_key
    assert root_key is not None
    other = certificates.make_leaf(b.hub, evil.identity.key.public_key(), root, root_key, clock.now(), 90)
    assert a.trusts(certificates.der(other)) == ""
    # a leaf that plays authority
    below = certificates.make_leaf(
        c.hub, evil.identity.key.public_key(), certificates.read(b.leaf_pem), b.identity.key, clock.now(), 90
    )
    assert a.trusts(certificates.der(below)) == ""
    leaf = b.leaf_pem
    await clock.advance((certificates.LEAF_DAYS + 1) * DAY)
    assert a.trusts(leaf) == ""
    for junk in (b"", b"x" * 100_000, leaf[:200], b"-----BEGIN CERTIFICATE-----\n"):
        assert a.trusts(junk) == ""


async def test_threat_22_records_that_are_not_what_they_claim(tmp_path: Path) -> None:
    a, b, c = await home_of(tmp_path)
    evil = Fabric.open(tmp_path / "evil")
    await evil.found("evil")
    mine, its = b.records.admitted[b.hub], evil.records.admitted[evil.hub]
    card = b.records.cards[b.hub]
    replace = msgspec.structs.replace
    bad = [
        Records(admitted={evil.hub: its}),
        Records(admitted={evil.hub: mine}),
        Records(admitted={b.hub: replace(mine, identity=its.identity)}),
        Records(admitted={b.hub: replace(mine, leaf=c.records.admitted[c.hub].leaf)}),
        Records(admitted={"f" * 64: replace(mine, leaf=b"\x30\x80")}),
        Records(cards={b.hub: replace(card, number=99)}),
        Records(cards={b.hub: replace(c.records.cards[c.hub], number=99)}),
        Records(cards={b.hub: replace(card, name="\x1b[31m")}),
        Records(cards={b.hub: replace(card, addresses=("http://x/",))}),
        Records(removals={b.hub: replace_removal(c, b.hub, signature=b"0" * 64)}),
        Records(removals={b.hub: replace_removal(c, b.hub, by=a.hub)}),
        Records(removals={b.hub: replace_removal(evil, b.hub)}),
        Records(removals={b.hub: replace_removal(c, a.hub)}),
    ]
    before = a.records
    for records in bad:
        with pytest.raises(ProtocolError):
            await a.merge(records)
    assert a.records == before
    assert not await a.merge(Records(removals={"f" * 64: replace_removal(c, "f" * 64)}))  # of nobody: nothing to keep


def replace_removal(signer: Fabric, hub: str, **changes: object) -> object:
    from hub.swarm.members import make_removal

    return msgspec.structs.replace(make_removal(signer.identity.key, signer.home, hub, signer.hub), **changes)


async def test_threat_22_another_homes_root_lets_nobody_in(tmp_path: Path) -> None:
    a, b, _ = await home_of(tmp_path)
    guest = Fabric.open(tmp_path / "guest")
    with pytest.raises(ProtocolError):  # the home's records under another root
        evil = Fabric.open(tmp_path / "evil")
        await evil.found("evil")
        await guest.join(Welcome(certificates.der(certificates.read(evil.root_pem)), a.records))
    with pytest.raises(ProtocolError):  # not let in
        await guest.join(Welcome(certificates.der(certificates.read(a.root_pem)), a.records))
    with pytest.raises(ProtocolError):  # a leaf as root
        await guest.join(Welcome(certificates.der(certificates.read(b.leaf_pem)), a.records))
    assert guest.members() == ()
    request = certificates.make_request(guest.identity.key, guest.hub)
    with pytest.raises(ProtocolError):  # a request for another's key
        await a.admit(b.identity.certificate, request, guest.card("x", ()))
    with pytest.raises(ProtocolError):
        await a.admit(guest.identity.certificate, request[:-1] + bytes([request[-1] ^ 1]), guest.card("x", ()))
    with pytest.raises(ProtocolError):
        await a.admit(guest.identity.certificate, request, b.records.cards[b.hub])


async def test_threat_23_a_removed_hub_is_shut_out_everywhere_and_for_good(tmp_path: Path) -> None:
    a, b, c = await home_of(tmp_path)
    leaf, kept = c.leaf_pem, c.records
    await b.remove(c.hub)  # not the founder: whoever is at hand
    assert b.trusts(leaf) == ""  # at once
    assert a.trusts(leaf) == c.hub  # a was off
    assert await a.merge(b.records)
    assert a.trusts(leaf) == ""
    assert not await a.merge(kept)  # what the removed hub still tells changes nothing
    assert Fabric.open(tmp_path / "hub0").trusts(leaf) == ""
    assert await a.renew() == 0
    with pytest.raises(NotFoundError):
        await a.remove(c.hub)
    request = certificates.make_request(c.identity.key, c.hub)
    with pytest.raises(UsageError, match="final"):
        await a.admit(c.identity.certificate, request, c.card("back", ()))


async def test_threat_23_a_removed_hub_that_hears_of_it_leaves_and_can_come_back_as_another(tmp_path: Path) -> None:
    a, _, c = await home_of(tmp_path)
    was = c.hub
    told: list[str] = []
    c.changed(lambda: told.append(c.home))
    await a.remove(c.hub)
    assert await c.merge(a.records)
    assert told[-1] == ""
    assert (c.home, c.members()) == ("", ())
    assert c.hub != was
    assert Fabric.open(tmp_path / "hub2").hub == c.hub
    await admitted(c, a, "back")
    assert [m.name for m in a.members() if m.id == c.hub] == ["back"]


async def test_threat_23_it_stopped_before_it_could_leave(tmp_path: Path) -> None:
    a, _, c = await home_of(tmp_path)
    was = c.hub
    await c.remove(c.hub)  # and then the power was cut
    again = Fabric.open(tmp_path / "hub2")
    assert (again.home, again.members()) == ("", ())
    assert again.hub != was
    assert a.home


async def test_threat_23_removals_in_any_order_end_the_same(tmp_path: Path) -> None:
    hubs = await home_of(tmp_path, 4)
    a, b, c, d = hubs
    await b.remove(c.hub)
    await c.remove(b.hub)  # each the other, at the same time, on two sides of a split
    await d.remove(c.hub)
    told = [b.records, c.records, d.records]
    for records in told:
        await a.merge(records)
    for records in reversed(told):
        await d.merge(records)
    assert [m.id for m in a.members()] == [m.id for m in d.members()] == sorted((a.hub, d.hub))


async def test_changes_at_the_same_time_do_not_lose_each_other(tmp_path: Path) -> None:
    a, b, c = await home_of(tmp_path)
    await asyncio.gather(a.remove(b.hub), a.describe("x", ()), a.remove(c.hub), a.describe("y", ()))
    assert [m.name for m in Fabric.open(tmp_path / "hub0").members()] == ["y"]
