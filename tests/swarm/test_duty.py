"""Duties: an integration that several hubs are set up for runs on one of them, and moves when that one dies."""

import asyncio
import itertools
from collections import Counter

import msgspec
import pytest

from hub.core.errors import ProtocolError
from hub.swarm.duty.claims import Ask
from hub.swarm.duty.duties import duty_of
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.state.cells import Cell
from hub.swarm.state.messages import Delta, encode
from hub.swarm.state.stamps import Stamp
from tests.swarm.hubs import House, home, idle

HUBS = "abc"


class Works:
    """Where a duty runs now, and every place where it was begun."""

    def __init__(self, house, duty="device/mqtt/1"):
        self.house, self.duty = house, duty
        self.now, self.begun, self.both = [], [], False

    def offer(self, *hubs):
        for hub in hubs:
            self.house[hub].shared.duties.offer(self.duty, lambda hub=hub: self.work(hub))

    async def work(self, hub):
        self.begun.append(hub)
        self.both |= bool(self.now)
        self.now.append(hub)
        try:
            await asyncio.Event().wait()
        finally:
            self.now.remove(hub)


def house_of(hubs=HUBS):
    return House({hub: home() for hub in hubs})


async def test_one_hub_does_what_all_offer_and_when_it_dies_one_other():
    async with house_of() as house:
        works = Works(house)
        works.offer(*HUBS)
        await house.settle(30)
        first = responsible(works.duty, HUBS)
        assert works.now == [first]
        await house.kill(first)
        await house.settle(30)
        left = HUBS.replace(first, "")
        assert works.begun == [first, responsible(works.duty, left)]
        await house.start(first)
        works.offer(first)
        await house.settle(60)
        assert works.now == [first]  # it comes home, first there, then here
        assert len(works.begun) == 3 and not works.both


async def test_only_a_hub_that_is_set_up_for_it_is_given_a_duty():
    async with house_of() as house:
        for number in range(6):
            works = Works(house, f"device/mqtt/{number}")
            works.offer("b")
            await house.settle(15)
            assert works.now == ["b"]
        await house["b"].shared.duties.withdraw(works.duty)
        assert works.now == []


async def test_a_broken_duty_is_begun_again_after_a_growing_wait():
    async with house_of("a") as house:
        begun = []

        async def broken():
            begun.append(house.clocks["a"].monotonic())
            raise ValueError

        house["a"].shared.duties.offer("device/mqtt/1", broken)
        await house.settle(300, step=1.0)
        waits = [later - earlier for earlier, later in itertools.pairwise(begun)]
        assert waits == sorted(waits)
        assert 4 < len(begun) < 12


async def test_threat_26_a_hub_that_hung_stops_its_duties_when_it_wakes_and_takes_them_back_in_turn():
    async with house_of() as house:
        works = Works(house)
        works.offer(*HUBS)
        await house.settle(30)
        first = responsible(works.duty, HUBS)
        house.hang(first)
        await house.settle(60)
        other = responsible(works.duty, HUBS.replace(first, ""))
        assert works.begun == [first, other]
        await house.resume(first, 60)
        await idle()
        assert works.now == [other]  # before it has heard of anybody
        works.both = False
        await house.settle(60)
        assert works.now == [first]
        assert not works.both


async def test_in_a_partition_each_side_does_the_duty_and_after_healing_one():
    async with house_of() as house:
        works = Works(house)
        works.offer(*HUBS)
        await house.settle(30)
        house.wall("a", "bc")
        await house.settle(60)
        assert sorted(works.now) == sorted(["a", responsible(works.duty, "bc")])
        house.heal()
        await house.settle(60)
        assert works.now == [responsible(works.duty, HUBS)]


async def test_a_claim_of_a_life_before_does_not_hold_up_the_others():
    async with house_of("ab") as house:
        works = Works(house)
        first = responsible(works.duty, "ab")
        other = "ab".replace(first, "")
        works.offer(other)
        await house.settle(30)
        assert works.now == [other]
        await house.kill(other)
        await house.start(other)  # which does not offer it any more
        works.offer(first)
        await house.settle(60)
        assert works.now == [first]


async def test_a_hub_that_lives_and_says_nothing_is_not_taken_for_dead():
    async with house_of("ab") as house:
        works = Works(house)

        async def silent(sender, body):
            raise TimeoutError

        first = responsible(works.duty, "ab")
        other = house.lane.meshes["ab".replace(first, "")]
        answer, other._answers["duty"] = other._answers["duty"], silent
        works.offer(first)
        await house.settle(30)
        assert works.begun == []
        other._answers["duty"] = answer
        await house.settle(30)
        assert works.begun == [first]


async def test_a_hub_that_asks_for_everything_is_given_no_more_than_it_may():
    async with house_of("am") as house:
        mesh = house.lane.meshes["m"]
        for number in range(1100):
            await mesh.ask("a", "duty", msgspec.msgpack.encode(Ask(f"x{number}")))
        assert len(house["a"].shared._claims._promised) == 1024
        assert {who for who, _ in house.told} == {"m"}
        works = Works(house)
        works.offer("a")
        await house.settle(30)
        assert works.now == ["a"]


async def test_threat_24_what_another_hub_offers_or_claims_is_not_a_hubs_to_say():
    async with house_of("abm") as house:
        mean = house.lane.meshes["m"]
        lie = encode(Delta((Cell("offers/b", Stamp(50, "m"), ("device/mqtt/1",)),)))
        await mean.send("state", lie)
        with pytest.raises(ProtocolError):
            await mean.ask("a", "state", lie)
        await house.carry()
        assert not house["a"].shared.state.get("offers/b")
        assert {who for who, _ in house.told} == {"m"}


def test_duties_spread_evenly_and_only_those_of_a_dead_hub_move():
    duties = [f"device/mqtt/{number}" for number in range(900)]
    before = {duty: responsible(duty, HUBS) for duty in duties}
    assert all(count > 200 for count in Counter(before.values()).values())
    after = {duty: responsible(duty, "ab") for duty in duties}
    assert all(after[duty] == before[duty] for duty in duties if before[duty] != "c")
    assert responsible("x", "") == ""


def test_an_integration_is_the_same_duty_where_its_settings_are_the_same():
    assert duty_of("mqtt", {"host": "x", "port": 1}) == duty_of("mqtt", {"port": 1, "host": "x"})
    assert duty_of("mqtt", {"host": "x"}) != duty_of("mqtt", {"host": "y"})
