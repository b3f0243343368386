import asyncio
from pathlib import Path

import pytest

from hub.core.errors import EgressError, PairingError, UnavailableError, UsageError
from hub.core.events import HubAsked, HubPaired, PairingAlarm
from hub.swarm.fabric import Fabric
from hub.swarm.pairing.guest import address_of
from hub.swarm.pairing.handshake import Handshake, new_code, typed_code
from tests.swarm.certificates import home_of
from tests.swarm.paired import Two


async def test_two_hubs_pair_and_trust_each_other(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        shown = two.host.arm()
        assert (shown.stage, len(shown.code), shown.tries_left) == ("waiting", 6, 5)
        assert shown.addresses == (two.host.address,)
        assert 170 < shown.left_s <= 180
        assert await two.join(f"{shown.code[:3]} {shown.code[3:]}") == two.fabric.hub
        await two.idle()
        assert two.host.status().stage == "paired"
        assert two.host.status().peer == two.guest.hub
        assert two.host.status().code == ""
    for one, other in ((two.fabric, two.guest), (two.guest, two.fabric)):
        assert one.trusts(other.leaf_pem) == other.hub
        assert sorted(m.name for m in one.members()) == ["guest", "host"]
    assert two.guest.member("host").addresses == ("127.0.0.1:7447",)
    assert [event.peer for event in two.told_of(HubPaired)] == [two.guest.hub]
    assert not (tmp_path / "guest" / "root.key").exists()
    assert Fabric.open(tmp_path / "guest").home == two.fabric.home


async def test_the_next_hub_comes_into_the_same_home_and_hears_of_all(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        await two.join(two.host.arm().code)
        third = Fabric.open(tmp_path / "third")
        await two.join(two.host.arm().code, guest=third)
        assert {m.id for m in third.members()} == {two.fabric.hub, two.guest.hub, third.hub}
        assert third.trusts(two.guest.leaf_pem) == two.guest.hub


async def test_the_connection_is_a_row_of_the_ledger(tmp_path: Path) -> None:
    from tests.ledger_rows import Rows

    async with Two(tmp_path) as two:
        rows = Rows()
        two.guard.ledger._writer = rows
        await two.join(two.host.arm().code)
        await two.idle()
        await two.guard.close()
    assert {(who, why) for who, _, _, _, why in rows.rows} == {("swarm", "pair with another hub")}
    assert sum(out for _, _, out, _, _ in rows.rows) > 500


async def test_a_wrong_code_can_be_typed_again(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        with pytest.raises(PairingError, match="not the one"):
            await two.join(two.wrong())
        assert two.host.status().tries_left == 4
        await two.join(code)
    assert two.told_of(PairingAlarm) == []


async def test_a_code_is_for_one_hub(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        await two.join(code)
        await two.idle()
        with pytest.raises(PairingError, match="nobody"):
            await two.join(code, guest=Fabric.open(tmp_path / "third"))


async def test_a_new_code_ends_the_old_one(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        old = two.host.arm().code
        new = two.host.arm().code
        if old != new:
            with pytest.raises(PairingError):
                await two.join(old)
        await two.join(new)


async def test_time_runs_out(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm(open_s=0.05).code
        while two.host.status().stage == "waiting":
            await asyncio.sleep(0.01)
        assert two.host.status().reason == "nobody came in time"
        with pytest.raises(PairingError, match="nobody"):
            await two.join(code)
        assert two.told_of(PairingAlarm) == []


async def test_it_can_be_called_off(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        two.host.arm()
        two.host.disarm()
        assert (two.host.status().stage, two.host.status().code) == ("closed", "")


async def test_a_hub_that_is_in_a_home_leaves_it_first(tmp_path: Path) -> None:
    _, member, _ = await home_of(tmp_path / "other")
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        with pytest.raises(UsageError, match="in a home already, with hub0, hub2") as refused:
            await two.join(code, guest=member)
        assert f"`hearth peer remove {member.member(member.hub).name}` here" in refused.value.remedy
        with pytest.raises(UnavailableError, match="founded"):
            from hub.swarm.pairing.host import PairingHost

            PairingHost(member, two.bus, lambda: ("x", ()), "127.0.0.1:0").arm()


async def test_a_hub_alone_in_a_home_of_its_own_just_joins(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        await two.guest.found("alone")
        was = two.guest.hub
        await two.join(two.host.arm().code)
        assert two.guest.home == two.fabric.home
        assert two.guest.hub != was


async def test_addresses_outside_the_home_are_never_asked(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        with pytest.raises(EgressError):
            await two.join("123456", address="8.8.8.8:8422")
        with pytest.raises(UnavailableError):
            await two.join("123456", address="127.0.0.1:1")


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    async with Two(tmp_path) as two, Two(tmp_path / "second") as second:
        second.host._listen = two.host.address
        with pytest.raises(UnavailableError, match="pairing_port"):
            await second.host.start()


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345x", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(UsageError):
        typed_code(text)


def test_codes_have_six_digits() -> None:
    codes = {new_code() for _ in range(200)}
    assert all(typed_code(code) == code for code in codes)
    assert len(codes) > 190
    assert typed_code(" 123-456 ") == "123456"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.168.1.2", ("192.168.1.2", 8422)),
        ("192.168.1.2:99", ("192.168.1.2", 99)),
        ("attic.local:99", ("attic.local", 99)),
        ("fe80::1", ("fe80::1", 8422)),
        ("[fe80::1]:99", ("fe80::1", 99)),
        ("[fe80::1]", ("fe80::1", 8422)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize("text", ["", ":99", "host:0", "host:99999", "host:x", "[]:1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError):
        address_of(text)


def test_both_sides_agree_only_on_the_same_code_and_certificates() -> None:
    def agree(code: str, guest: bytes, host: bytes) -> bool:
        one = Handshake("123456", b"g" * 32, b"h" * 32, is_host=False)
        other = Handshake(code, guest, host, is_host=True)
        x, y = one.element(), other.element()
        one.meet(y)
        other.meet(x)
        right = other.right_guess(one.guess())
        assert right == one.right_answer(other.answer())
        assert one.guess() != other.answer()
        return right

    assert agree("123456", b"g" * 32, b"h" * 32)
    assert not agree("123457", b"g" * 32, b"h" * 32)
    assert not agree("123456", b"x" * 32, b"h" * 32)
    assert not agree("123456", b"g" * 32, b"x" * 32)


async def test_nobody_told_anything_while_all_was_well(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        await two.join(two.host.arm().code)
    assert two.told_of(HubAsked) == two.told_of(PairingAlarm) == []
