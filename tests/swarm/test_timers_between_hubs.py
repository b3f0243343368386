"""Timers of a home of several hubs: every hub has them, and one rings, whoever dies, hangs or is cut off."""

import asyncio

from hub.core.errors import NotFoundError, StoreError
from hub.swarm.duty.rendezvous import responsible
from tests.swarm.hubs import House, home, idle

HUBS = "abc"
YEARS = 10 * 365 * 86400.0


def house_of(hubs=HUBS, **given):
    return House({hub: home() for hub in hubs}, **given)


async def set_timer(house, hub, seconds=60.0):
    return await house[hub].timers.set("egg", handler="ring", due=house.clocks[hub].now() + seconds, arguments={})


def ringer(house, timer, hubs=HUBS):
    return responsible(f"timer/egg/{timer.id}", hubs)


async def test_a_timer_is_on_every_hubs_disk_when_it_is_set_and_one_hub_rings_it():
    async with house_of() as house:
        timer = await set_timer(house, "a")
        for hub in HUBS:
            assert [kept.timer.id for kept in await house[hub].timers.pending("egg")] == [timer.id]
        await house.settle(59)
        assert house.rings == []
        await house.settle(20)
        assert house.rings == [(ringer(house, timer), timer.id)]
        for hub in HUBS:
            assert await house[hub].timers.pending() == []
            assert house[hub].shared._claims._doing == set()


async def test_a_timer_that_is_cancelled_at_any_hub_rings_nowhere():
    async with house_of() as house:
        timer = await set_timer(house, "a")
        assert await house["b"].timers.cancel("egg", timer.id)
        assert not await house["c"].timers.cancel("egg", timer.id)
        await house.settle(120)
        assert house.rings == []


async def test_when_its_hub_dies_another_rings_the_timer_and_the_dead_one_does_not_when_it_is_back():
    async with house_of() as house:
        timer = await set_timer(house, "a")
        first = ringer(house, timer)
        await house.kill(first)
        await house.settle(75)
        left = HUBS.replace(first, "")
        assert house.rings == [(ringer(house, timer, left), timer.id)]
        house.jump(first, 75)
        await house.start(first)  # it still has the timer on its disk, and finds it due
        await idle()
        await house.settle(60)
        assert len(house.rings) == 1


async def test_a_hub_that_starts_before_its_links_are_up_waits_with_what_is_due():
    async with house_of("ab") as house:
        timer = await set_timer(house, "a")
        await house.kill("a")
        await house.settle(75)
        assert house.rings == [("b", timer.id)]
        house.jump("a", 75)
        house.wall("a", "b")
        await house.start("a")
        await house.settle(5)
        house.heal()
        await house.settle(60)
        assert house.rings == [("b", timer.id)]


async def test_a_hub_that_stays_alone_rings_after_a_while():
    async with house_of("ab") as house:
        timer = await set_timer(house, "a")
        await house.kill("b")
        await house.restart("a")
        house.jump("a", 75)
        await house.settle(20, step=1.0)
        assert house.rings == [("a", timer.id)]


async def test_threat_26_a_hub_that_hangs_and_comes_back_does_not_ring_a_second_time():
    async with house_of() as house:
        timer = await set_timer(house, "a")
        first = ringer(house, timer)
        house.hang(first)
        await house.settle(75)
        left = HUBS.replace(first, "")
        assert house.rings == [(ringer(house, timer, left), timer.id)]
        await house.resume(first, 75)
        await idle()
        await house.settle(60)
        assert len(house.rings) == 1
        assert house.twice == []


async def test_threat_26_a_hub_that_hangs_while_it_asks_whether_it_may_does_not_go_on_with_an_old_yes():
    async with house_of("ab") as house:
        timer = await set_timer(house, "a")
        first = ringer(house, timer, "ab")
        other = "ab".replace(first, "")
        mesh = house.lane.meshes[other]
        answer = mesh._answers["duty"]

        async def slow(sender, body):
            reply = await answer(sender, body)
            house.jump(first, 5)  # it sleeps while the yes is under way
            return reply

        mesh._answers["duty"] = slow
        house.jump(first, 59)
        await house.clocks[first].advance(1.5)
        await idle()
        assert house.rings == []
        mesh._answers["duty"] = answer
        await house.settle(75)
        assert [timer.id] == [rung for _, rung in house.rings]


async def test_in_a_partition_each_side_rings_once_and_none_again_after_healing():
    async with house_of() as house:
        timer = await set_timer(house, "a")
        house.wall("a", "bc")
        await house.settle(75)
        assert sorted(house.rings) == sorted([("a", timer.id), (ringer(house, timer, "bc"), timer.id)])
        house.heal()
        await house.settle(60)
        assert len(house.rings) == 2
        assert all([await house[hub].timers.pending() == [] for hub in HUBS])


async def test_two_hubs_that_do_not_hear_each_other_but_a_third_ring_once():
    async with house_of() as house:
        for wall in ("ab", "bc", "ac"):
            timer = await set_timer(house, "a")
            house.wall(*wall)
            await house.settle(120)
            assert [rung for _, rung in house.rings] == [timer.id], wall
            house.heal()
            await house.settle(30)
            assert len(house.rings) == 1
            house.rings.clear()


async def test_a_clock_that_is_years_off_shifts_no_timer_of_another_hub():
    async with house_of() as house:
        house.clocks["a"]._now += YEARS
        house.clocks["b"]._now -= YEARS
        await house.settle(30)
        timers = {hub: await set_timer(house, hub) for hub in HUBS}
        await house.settle(50)
        assert house.rings == []
        await house.settle(30)
        assert sorted(rung for _, rung in house.rings) == sorted(timer.id for timer in timers.values())


async def test_a_timer_is_rung_by_a_hub_that_has_its_skill():
    async with house_of() as house:
        await house["a"].shared.timers.able([])
        await house["b"].shared.timers.able(["egg", "tea"])
        await house["c"].shared.timers.able(["tea"])
        await house.carry()
        timers = [await set_timer(house, "a") for _ in range(6)]
        await house.settle(90)
        assert sorted(house.rings) == sorted(("b", timer.id) for timer in timers)


async def test_a_timer_whose_skill_is_broken_here_is_handed_on():
    async with house_of("ab") as house:
        timer = await set_timer(house, "a")
        first = ringer(house, timer, "ab")

        async def missing(skill, timer, causes):
            raise NotFoundError("no such skill")

        house[first].timers._ring = missing
        await house.settle(75)
        assert house.rings == []
        await house.kill(first)
        await house.settle(30)
        assert [rung for _, rung in house.rings] == [timer.id]


async def test_a_full_disk_does_not_ring_a_timer_again_and_again():
    async with house_of("a") as house:
        await set_timer(house, "a")
        cancel = house["a"].shared.timers.cancel

        async def full(skill, timer):
            raise StoreError("the disk is full")

        house["a"].shared.timers.cancel = full
        await house.settle(120, step=1.0)
        assert len(house.rings) == 1
        house["a"].shared.timers.cancel = cancel
        await house.settle(60)
        assert len(house.rings) == 1
        assert await house["a"].timers.pending() == []


async def test_timers_survive_on_real_disks_when_all_hubs_lose_power(tmp_path):
    async with house_of(where=tmp_path) as house:
        timer = await set_timer(house, "a")
        for hub in HUBS:
            await house.kill(hub)
        for hub in HUBS:
            house.jump(hub, 300)
            await house.start(hub)
        await house.until(lambda: bool(house.rings))
        for _ in range(10):
            await house.settle(0.5)
            await asyncio.sleep(0.02)
        assert [rung for _, rung in house.rings] == [timer.id]
