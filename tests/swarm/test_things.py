"""Things of several hubs: each hub sees all, its own and the others', under ids and names that nothing else has."""

import msgspec
import pytest

from hub.core.entities import Entity
from hub.core.errors import LockedError
from hub.core.traits import PLAIN_CONFIG
from hub.swarm.things.records import Record, Told
from tests.swarm.hubs import DOOR, LAMP, House, home, idle
from tests.swarm.lane import Lane

FAN = {"id": "fan.den", "name": "fan", "area": "den", "traits": ("OnOff",)}


def names(house, hub):
    return {e.id: e.name for e in house[hub].home.view().entities.values()}


async def test_two_homes_that_both_have_a_kitchen_light_keep_both():
    async with House({"a": home(LAMP), "b": home(LAMP)}) as house:
        assert names(house, "a") == {"light.kitchen": "kitchen light", "light.kitchen_b": "hub b kitchen light"}
        assert names(house, "b") == {"light.kitchen": "kitchen light", "light.kitchen_a": "hub a kitchen light"}
        assert house["a"].shared.hub_of("light.kitchen_b") == "hub b"
        assert house["a"].shared.hub_of("light.kitchen") == ""
        assert house["a"].home.entity("light.kitchen_b").owner == "peer:b"


async def test_every_hub_sees_and_commands_every_entity():
    homes = {hub: home({**LAMP, "id": f"light.of_{hub}", "name": f"lamp {hub}"}) for hub in "abc"}
    async with House(homes) as house:
        for asking in "abc":
            for owner in "abc":
                result = await house[asking].send(f"light.of_{owner}", "Level", ord(asking) - 90)
                assert result.ok, result
                await house.carry()
                assert {house[hub].states.value(f"light.of_{owner}", "Level") for hub in "abc"} == {ord(asking) - 90}
        assert len(house.carried_out) == 9
        assert all(entity == f"light.of_{hub}" for hub, entity, _ in house.carried_out)


async def test_a_thing_whose_hub_is_out_of_reach_is_unavailable_and_says_so_and_comes_back_by_itself():
    async with House({"a": home(), "b": home(LAMP)}) as house:
        assert house["a"].states.available("light.kitchen")
        house.wall("a", "b")
        result = await house["a"].send("light.kitchen", "OnOff", True)
        assert (result.ok, result.code) == (False, "unavailable")
        assert "kitchen light" in result.reason
        assert not house["a"].states.available("light.kitchen")
        assert house["a"].shared.hub_of("light.kitchen") == "hub b"  # known, though not reached
        await house["b"].send("light.kitchen", "OnOff", True)
        house.heal()
        await house.settle()
        assert house["a"].states.available("light.kitchen")
        assert house["a"].states.value("light.kitchen", "OnOff") is True
        assert house.carried_out == [("b", "light.kitchen", True)]


async def test_a_hub_that_restarts_knows_the_others_things_before_they_speak(tmp_path):
    async with House({"a": home(), "b": home(LAMP, DOOR)}, where=tmp_path) as house:
        await house.kill("b")
        await house.restart("a")
        assert set(names(house, "a")) == {"light.kitchen", "lock.door"}
        assert not house["a"].states.available("light.kitchen")
        await house.start("b")
        await house.settle()
        assert house["a"].states.available("light.kitchen")
        assert (await house["a"].send("light.kitchen", "OnOff", True)).ok


async def test_a_trait_that_its_hub_does_not_know_any_more_after_a_restart_is_unknown_everywhere():
    async with House({"a": home(), "b": home(LAMP), "c": home()}) as house:
        await house["b"].send("light.kitchen", "Level", 40)
        await house["b"].send("light.kitchen", "OnOff", True)
        await house.carry()
        await house.kill("b")
        assert house["a"].states.value("light.kitchen", "Level") == 40  # as it was last, until its hub says otherwise
        await house.start("b")
        await house["b"].send("light.kitchen", "OnOff", True)
        await house.settle()
        for hub in "ac":
            assert house[hub].states.value("light.kitchen", "Level") is None
            assert house[hub].states.value("light.kitchen", "OnOff") is True


async def test_a_thing_that_went_while_a_hub_was_off_is_gone_when_it_is_back():
    async with House({"a": home(), "b": home(LAMP, FAN)}) as house:
        await house.kill("a")
        house.homes["b"] = home(LAMP)
        await house.restart("b")
        await house.start("a")
        await house.settle()
        assert set(names(house, "a")) == {"light.kitchen"}


async def test_a_thing_that_its_hub_brings_some_time_after_its_start_is_there_again():
    async with House({"a": home(), "b": home()}) as house:
        bring(house, "b")
        await house.settle()
        assert "light.x" in names(house, "a")
        await house.restart("b")
        await house.settle()
        assert "light.x" not in names(house, "a")
        bring(house, "b")  # the first that it tells of in this life
        await house.settle()
        assert "light.x" in names(house, "a")


async def test_a_removed_hub_takes_its_things_along_also_when_it_was_off():
    async with House({"a": home(), "b": home(LAMP)}) as house:
        await house.kill("b")
        assert "light.kitchen" in names(house, "a")
        house.members.discard("b")
        house["a"].shared.look()
        await house.carry()
        assert names(house, "a") == {}
        await house.restart("a")
        assert names(house, "a") == {}


async def test_what_is_said_of_a_lamp_at_another_hub_holds_at_every_hub_and_after_a_restart(tmp_path):
    async with House({"a": home(), "b": home(area=[{"id": "den", "name": "Den"}])}, where=tmp_path) as house:
        bring(house, "a")
        await house.settle()
        await house["b"].home.override("light.x", name="Reading lamp", aliases=("glow",), area="den")
        await house.settle()
        for hub in "ab":
            entity = house[hub].home.entity("light.x")
            assert (entity.name, entity.aliases, entity.area) == ("Reading lamp", ("glow",), "den")
            assert house[hub].home.view().areas["den"].name == "Den"
        for hub in "ab":
            await house.restart(hub)
        bring(house, "a")
        await house.settle()
        assert {house[hub].home.entity("light.x").name for hub in "ab"} == {"Reading lamp"}


async def test_what_an_owner_s_hearth_toml_says_is_locked_at_every_hub():
    async with House({"a": home(LAMP), "b": home()}) as house:
        await house.settle()
        assert house["b"].home.locked("light.kitchen")
        with pytest.raises(LockedError):
            await house["b"].home.override("light.kitchen", name="glow")
        bring(house, "a")
        await house.settle()
        assert not house["b"].home.locked("light.x")


async def test_an_own_thing_takes_its_id_back_from_a_guest():
    async with House({"a": home(), "b": home(LAMP)}) as house:
        assert house["a"].shared.hub_of("light.kitchen") == "hub b"
        house["a"].home.add("virtual", Entity(id="light.kitchen", name="mine", traits=_onoff()))
        await idle()
        await house.settle()
        assert house["a"].shared.hub_of("light.kitchen") == ""
        assert house["a"].shared.hub_of("light.kitchen_b") == "hub b"
        await house["a"].send("light.kitchen", "OnOff", True)
        assert house.carried_out == [("a", "light.kitchen", True)]


async def test_threat_24_what_a_hub_says_of_anothers_thing_is_dropped_and_told():
    async with House({"a": home(), "b": home(LAMP), "m": home()}) as house:
        before = names(house, "a"), house["a"].states.value("light.kitchen", "OnOff")
        lie = Record(
            number=999, entity=Entity(id="light.kitchen", name="liar", traits=_onoff()), states={"OnOff": True}
        )
        await house.lane.meshes["m"].send("things", msgspec.msgpack.encode(Told("b", 999, (lie,))))
        await house.carry()
        assert (names(house, "a"), house["a"].states.value("light.kitchen", "OnOff")) == before
        assert {who for who, _ in house.told} == {"m"}
        assert any("another's things" in what for _, what in house.told)


async def test_nonsense_about_things_is_dropped_and_told_and_the_rest_is_heard():
    async with House({"a": home(), "b": home(LAMP), "m": home()}) as house:
        mean = house.lane.meshes["m"]
        huge = Record(number=1, entity=Entity(id="light.huge", name="x" * 20_000, traits=_onoff()))
        wrong = Record(number=1, entity=Entity(id="light.odd", name="odd", traits=_onoff()), states={"OnOff": "maybe"})
        run = house["m"].shared._teller._run
        bodies = [b"", b"\xc1", b"\x91" * 100_000, b"\xdf\xff\xff\xff\xff", *(
            msgspec.msgpack.encode(Told("m", run, (record,))) for record in (huge, wrong)
        )]  # fmt: skip
        for topic in ("things", "runs", "duty"):
            for body in bodies:
                await mean.send(topic, body, to="a")
        await house.lane.settled()
        assert "light.huge" not in names(house, "a")
        assert house["a"].states.value("light.odd", "OnOff") is None
        assert {who for who, _ in house.told} == {"m"}
        assert (await house["a"].send("light.kitchen", "OnOff", True)).ok


async def test_lost_doubled_and_late_words_about_things_are_made_up():
    lane = Lane(loss=0.4, double=0.3, late_turns=5, seed=5)
    async with House({hub: home(LAMP) for hub in "abc"}, lane) as house:
        for turn in range(6):
            await house["b"].send("light.kitchen", "Level", 10 * turn)
            await house.carry()
        house.heal()
        await house.settle()
        assert house["a"].states.value("light.kitchen_b", "Level") == 50
        assert house["c"].states.value("light.kitchen_b", "Level") == 50


def _onoff():
    return {"OnOff": PLAIN_CONFIG}


def bring(house, hub):
    """An integration brings a lamp."""
    house[hub].home.add("mqtt", Entity(id="light.x", name="lamp 4711", traits=_onoff()))
