"""An integration that several hubs are set up for moves, and its things stay the same things at every hub."""

import msgspec
import pytest

from hub.core.entities import Entity
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.things.records import Record, Told
from tests.swarm.hubs import DUTY, LAMPS, TRAITS, House, Mqtt, home

HUBS = "abc"
FIRST = responsible(DUTY, HUBS)
SECOND = responsible(DUTY, HUBS.replace(FIRST, ""))
THIRD = HUBS.replace(FIRST, "").replace(SECOND, "")
SAME = {"id": "light.x", "name": "ours", "traits": ("OnOff",)}


async def plug(house, *hubs):
    for hub in hubs:
        Mqtt(house, hub)
    await house.settle(30)


def lights(house, hub):
    """id -> name, aliases, area, and whether it can be reached."""
    view, states = house[hub].home.view(), house[hub].states
    return {e.id: (e.name, e.aliases, e.area, states.available(e.id)) for e in view.entities.values()}


async def back(house, hub):
    house.jump(hub, 60)
    await house.start(hub)
    Mqtt(house, hub)
    await house.settle(60)


@pytest.fixture
async def house():
    async with House({hub: home() for hub in HUBS}) as house:
        yield house


async def test_when_its_hub_dies_its_things_are_the_next_hubs_and_the_same_at_every_hub(house):
    await plug(house, *HUBS)
    await house[THIRD].home.override("light.x", name="glow", aliases=("beam",), area="kitchen")
    await house.settle()
    before = {"light.x": ("glow", ("beam",), "kitchen", True), "light.y": ("lamp 4712", (), "", True)}
    for hub in HUBS:
        assert lights(house, hub) == before
    assert house[THIRD].shared.hub_of("light.x") == f"hub {FIRST}"

    await house.kill(FIRST)
    assert lights(house, THIRD)["light.x"] == ("glow", ("beam",), "kitchen", False)
    await house.settle(30)
    for hub in (SECOND, THIRD):
        assert lights(house, hub) == before
    assert house[SECOND].home.source("light.x") == ("mqtt", "light.x")
    assert house[THIRD].shared.hub_of("light.x") == f"hub {SECOND}"

    await back(house, FIRST)
    for hub in HUBS:
        assert lights(house, hub) == before
    assert house[FIRST].home.source("light.x") == ("mqtt", "light.x")
    assert house[SECOND].shared.hub_of("light.x") == house[THIRD].shared.hub_of("light.x") == f"hub {FIRST}"


async def test_commands_reach_the_hub_that_runs_it_now(house):
    await plug(house, *HUBS)
    assert (await house[THIRD].send("light.x", "Level", 1)).ok
    await house.kill(FIRST)
    assert (await house[THIRD].send("light.x", "Level", 2)).code == "unavailable"
    await house.settle(30)
    for level, hub in ((3, SECOND), (4, THIRD)):
        assert (await house[hub].send("light.x", "Level", level)).ok
    await back(house, FIRST)
    for level, hub in enumerate(HUBS, 5):
        assert (await house[hub].send("light.x", "Level", level)).ok
        await house.carry()
        assert {house[each].states.value("light.x", "Level") for each in HUBS} == {level}
    ways = [hub for hub, _, _ in house.carried_out]
    assert ways == [FIRST, SECOND, SECOND, FIRST, FIRST, FIRST]


async def test_what_is_said_at_its_second_hub_holds_at_the_first_when_it_is_back(house):
    await plug(house, *HUBS)
    await house.kill(FIRST)
    await house.settle(30)
    await house[SECOND].home.override("light.y", name="reading lamp", aliases=("glow",))
    await house.settle()
    await back(house, FIRST)
    for hub in HUBS:
        assert lights(house, hub)["light.y"] == ("reading lamp", ("glow",), "", True)
    await house[FIRST].home.override("light.y", name=None, aliases=None)
    await house.settle()
    await house.kill(FIRST)
    await house.settle(30)
    for hub in (SECOND, THIRD):
        assert lights(house, hub)["light.y"] == ("lamp 4712", (), "", True)


async def test_its_things_keep_their_ids_where_a_hubs_own_are_called_alike():
    async with House({hub: home(SAME) for hub in HUBS}) as house:
        await plug(house, *HUBS)
        before = {hub: set(lights(house, hub)) for hub in HUBS}
        others = {f"light.x_{hub}" for hub in HUBS}
        for hub in HUBS:
            assert before[hub] == {"light.x", "light.y", "light.x_mqtt"} | others - {f"light.x_{hub}"}
        await house[THIRD].send("light.x_mqtt", "Level", 1)
        await house.kill(FIRST)
        await house.settle(30)
        for hub in (SECOND, THIRD):
            assert set(lights(house, hub)) == before[hub]
        assert (await house[THIRD].send("light.x_mqtt", "Level", 2)).ok
        await back(house, FIRST)
        for hub in HUBS:
            assert set(lights(house, hub)) == before[hub]
            assert lights(house, hub)["light.x_mqtt"] == ("lamp 4711", (), "", True)
        assert house.carried_out == [(FIRST, "light.x", 1), (SECOND, "light.x", 2)]


async def test_its_things_keep_an_id_that_another_hub_has_too():
    homes = {hub: home(SAME) if hub == THIRD else home() for hub in HUBS}
    async with House(homes) as house:
        await plug(house, FIRST)
        await plug(house, SECOND, THIRD)
        before = {hub: lights(house, hub) for hub in HUBS}
        assert house[FIRST].home.source("light.x") == ("mqtt", "light.x")
        assert house[THIRD].home.source("light.x") == ("virtual", "light.x")
        await house.kill(FIRST)
        await house.settle(30)
        for hub in (SECOND, THIRD):
            assert lights(house, hub) == before[hub]
        await back(house, FIRST)
        for hub in HUBS:
            assert lights(house, hub) == before[hub]


async def test_a_hub_that_restarts_while_it_moves_goes_on_calling_things_the_same(tmp_path):
    async with House({hub: home() for hub in HUBS}, where=tmp_path) as house:
        await plug(house, *HUBS)
        await house.until(lambda: house[FIRST].shared.duties.doing() and "light.x" in lights(house, THIRD))
        await house[THIRD].home.override("light.x", name="glow")
        await house.until(lambda: {lights(house, hub).get("light.x", [""])[0] for hub in HUBS} == {"glow"})
        for hub in HUBS:
            await house.kill(hub)
        for hub in (SECOND, THIRD):
            house.jump(hub, 60)
            await house.start(hub)
        assert lights(house, THIRD)["light.x"] == ("glow", (), "", False)
        Mqtt(house, SECOND)
        same = {"light.x": ("glow", (), "", True), "light.y": ("lamp 4712", (), "", True)}
        await house.until(lambda: all(lights(house, hub) == same for hub in (SECOND, THIRD)))


async def test_what_was_said_while_a_hub_was_alone_goes_along_when_another_runs_it():
    async with House({hub: home() for hub in HUBS}) as house:
        await house.tables[FIRST].overrides.save("light.x", {"name": "glow", "aliases": ["beam"]})
        await house.restart(FIRST)
        await plug(house, *HUBS)
        assert lights(house, THIRD)["light.x"][:2] == ("glow", ("beam",))
        await house[THIRD].home.override("light.x", name="shine")
        await house.settle()
        await house.restart(FIRST)  # its own table still has what was said of it, and must not bring it back
        Mqtt(house, FIRST)
        await house.settle(60)
        for hub in HUBS:
            assert lights(house, hub)["light.x"][:2] == ("shine", ("beam",))
        await house.kill(FIRST)
        await house.settle(30)
        for hub in (SECOND, THIRD):
            assert lights(house, hub)["light.x"] == ("shine", ("beam",), "", True)


async def test_a_device_that_is_gone_at_the_new_hub_is_gone_everywhere_once_the_old_hub_is_back(house):
    Mqtt(house, FIRST)
    Mqtt(house, SECOND, LAMPS[0])
    await house.settle(30)
    await house.kill(FIRST)
    await house.settle(30)
    assert set(lights(house, THIRD)) == {"light.x", "light.y"}
    assert not lights(house, THIRD)["light.y"][3]
    await house.start(FIRST)  # and has none of it now
    await house.settle(60)
    for hub in HUBS:
        assert set(lights(house, hub)) == {"light.x"}


async def test_a_hub_that_is_shut_down_leaves_its_things_unavailable_until_another_brings_them(house):
    await plug(house, FIRST)
    await house[FIRST].shared.close()
    await house.carry()
    await house.kill(FIRST)
    await house.settle()
    for hub in (SECOND, THIRD):
        assert lights(house, hub)["light.x"] == ("lamp 4711", (), "", False)
    await plug(house, SECOND)
    for hub in (SECOND, THIRD):
        assert lights(house, hub)["light.x"] == ("lamp 4711", (), "", True)


async def test_in_a_partition_each_side_has_its_own_and_after_healing_all_have_the_same(house):
    await plug(house, *HUBS)
    house.wall(FIRST, SECOND + THIRD)
    await house.settle(60)
    assert house[SECOND].home.source("light.x") == ("mqtt", "light.x")
    for hub in HUBS:
        assert {light[3] for light in lights(house, hub).values()} == {True}
    house.heal()
    await house.settle(60)
    for hub in HUBS:
        assert set(lights(house, hub)) == {"light.x", "light.y"}
        assert {light[3] for light in lights(house, hub).values()} == {True}
    assert house[THIRD].shared.hub_of("light.x") == f"hub {FIRST}"


async def test_threat_24_a_hub_that_says_it_brings_what_another_brings_is_not_believed_while_that_one_does(house):
    await plug(house, FIRST)
    lie = Entity(id="light.x", name="liar", traits=TRAITS)
    told = house[THIRD].shared._teller._run
    for number, (duty, source) in enumerate([(DUTY, "light.x"), (FIRST, "light.x")], 900):
        record = Record(number=number, entity=lie, duty=duty, source=source)
        await house.lane.meshes[THIRD].send("things", msgspec.msgpack.encode(Told(THIRD, told, (record,))))
        await house.carry()
        assert lights(house, SECOND)["light.x"] == ("lamp 4711", (), "", True)
        assert house[SECOND].shared.hub_of("light.x") == f"hub {FIRST}"
    assert any("brought by no duty" in what for who, what in house.told if who == THIRD)
