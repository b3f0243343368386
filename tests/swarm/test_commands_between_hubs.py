"""Commands for other hubs' things: carried out once by their owner, by its rules, and never late where it matters."""

import asyncio

import msgspec
import pytest

from hub.core.errors import ConfirmationRequiredError, DeniedError
from hub.swarm.things.obeying import KEPT_S
from hub.swarm.things.wishes import TOPIC, Ended, Permit, Wish
from tests.swarm.hubs import DOOR, LAMP, House, home

GARAGE = {"id": "cover.garage", "name": "garage", "traits": ("Position",), "device_class": "garage", "exposed": True}


def wish(**given):
    return msgspec.msgpack.encode(Wish(**{"id": 7, "local": "light.kitchen", "trait": "OnOff", "value": True, **given}))


async def ask(house, body, hub="a"):
    reply = await house.lane.meshes[hub].ask("b", TOPIC, body)
    return msgspec.msgpack.decode(reply, type=Permit | Ended)


def wishes(house):
    return [body for _, _, topic, body in house.lane.asked if topic == TOPIC]


async def test_a_command_whose_answer_is_lost_is_asked_for_again_and_carried_out_once():
    async with House({"a": home(), "b": home(LAMP)}) as house:
        house.lane.lose_answers = 1
        assert (await house["a"].send("light.kitchen", "OnOff", True)).ok
        assert len(wishes(house)) == 2
        assert house.carried_out == [("b", "light.kitchen", True)]


async def test_a_wish_that_comes_twice_at_once_or_later_is_carried_out_once():
    async with House({"a": home(), "b": home(LAMP)}) as house:
        said = await asyncio.gather(*(ask(house, wish()) for _ in range(5)))
        said += [await ask(house, wish()) for _ in range(3)]
        assert all(reply == Ended(True) for reply in said)
        assert house.carried_out == [("b", "light.kitchen", True)]
        with pytest.raises(Exception, match="one id"):
            await ask(house, wish(value=False))
        assert house.carried_out == [("b", "light.kitchen", True)]


async def test_a_wish_is_known_again_after_the_owner_restarted(tmp_path):
    async with House({"a": home(), "b": home(LAMP)}, where=tmp_path) as house:
        assert (await ask(house, wish())).ok
        await house.restart("b")
        assert (await ask(house, wish())).ok
        assert house.carried_out == [("b", "light.kitchen", True)]


async def test_a_wish_that_was_begun_when_the_owner_stopped_is_not_begun_again(tmp_path):
    async with House({"a": home(), "b": home(LAMP)}, where=tmp_path) as house:
        begun = asyncio.Event()

        async def never(command):
            begun.set()

        house["b"].deliver = never
        asking = asyncio.create_task(ask(house, wish()))
        await begun.wait()
        await house.kill("b")
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await house.start("b")
        reply = await ask(house, wish())
        assert (reply.ok, reply.code) == (False, "unavailable")
        assert house.carried_out == []


async def test_refused_wishes_are_not_kept_and_old_ones_forgotten():
    async with House({"a": home(), "b": home(LAMP, DOOR)}) as house:
        obeying = house["b"].shared._obeying
        for number in range(50):
            await ask(house, wish(id=number, trait="Setpoint"))
            await ask(house, wish(id=number, local="lock.door", trait="Lock", value="unlocked"))
        assert not obeying._known and not obeying._permits
        await ask(house, wish())
        await house["b"].clock.advance(KEPT_S + 1)
        await ask(house, wish(id=8))
        assert set(obeying._known) == {("a", 8)}


@pytest.mark.parametrize(("thing", "trait", "value"), [(DOOR, "Lock", "unlocked"), (GARAGE, "Position", 100)])
async def test_threat_25_a_lock_or_a_garage_door_is_never_asked_for_twice_nor_moved_late(thing, trait, value):
    async with House({"a": home(), "b": home(thing)}) as house:
        house.lane.lose_answers = 1  # of the permit: nothing happened, and nothing will
        result = await house["a"].send(thing["id"], trait, value, confirmed=True)
        assert (result.ok, result.code) == (False, "timeout")
        assert len(wishes(house)) == 1

        house.lane.asked.clear()
        assert (await house["a"].send(thing["id"], trait, value, confirmed=True)).ok
        assert house.carried_out == [("b", thing["id"], value)]
        recorded = wishes(house)
        assert len(recorded) == 2
        for body in recorded * 2:  # whoever recorded it
            await ask(house, body)
        house.wall("a", "b")
        assert (await house["a"].send(thing["id"], trait, value, confirmed=True)).code == "unavailable"
        house.heal()
        await house.settle(60)
        assert len(house.carried_out) == 1


async def test_threat_25_a_permit_is_good_once_for_three_seconds_of_the_owners_clock():
    async with House({"a": home(), "b": home(DOOR)}) as house:
        order = {"local": "lock.door", "trait": "Lock", "value": "unlocked", "confirmed": True}
        permit = (await ask(house, wish(**order))).permit
        await house["b"].clock.advance(3.5)
        late = await ask(house, wish(**order, permit=permit))
        assert (late.ok, late.code) == (False, "denied")
        assert (await ask(house, wish(**order, permit=b"x" * 16))).code == "denied"
        permit = (await ask(house, wish(id=9, **order))).permit
        assert (await ask(house, wish(id=9, **order, permit=permit))).ok
        assert (await ask(house, wish(id=9, **order, permit=permit))).ok  # the same: answered, not done again
        assert (await ask(house, wish(id=10, **order, permit=permit))).code == "denied"
        assert house.carried_out == [("b", "lock.door", "unlocked")]


async def test_threat_25_a_lost_answer_of_a_lock_that_moved_says_that_it_may_have():
    async with House({"a": home(), "b": home(DOOR)}) as house:
        mesh, answer = house.lane.meshes["b"], house.lane.meshes["b"]._answers[TOPIC]

        async def lose_the_second(sender, body):
            reply = await answer(sender, body)
            if house.carried_out:
                raise TimeoutError
            return reply

        mesh._answers[TOPIC] = lose_the_second
        result = await house["a"].send("lock.door", "Lock", "unlocked", confirmed=True)
        assert (result.ok, result.code) == (False, "timeout")
        assert "may have happened" in result.reason
        await house.settle(60)
        assert house.carried_out == [("b", "lock.door", "unlocked")]


async def test_what_needs_a_yes_asks_at_the_hub_where_it_is_said_and_at_the_owner():
    async with House({"a": home(), "b": home(DOOR)}) as house:
        with pytest.raises(ConfirmationRequiredError):
            await house["a"].send("lock.door", "Lock", "unlocked", channel="voice")
        with pytest.raises(DeniedError):
            await house["a"].send("lock.door", "Lock", "unlocked", channel="gesture", confirmed=True)
        assert wishes(house) == []
        assert (
            await ask(house, wish(local="lock.door", trait="Lock", value="unlocked"))
        ).code == "confirmation_required"
        assert (await house["a"].send("lock.door", "Lock", "unlocked", channel="voice", confirmed=True)).ok


async def test_the_owners_rules_hold_for_what_other_hubs_wish():
    shed = {"id": "lock.shed", "name": "shed", "traits": ("Lock",)}
    asks = home(LAMP, shed, safety={"confirm": ["light.kitchen"], "deny": []})
    async with House({"a": home(), "b": asks}) as house:
        with pytest.raises(DeniedError):  # what the owner does not expose is not exposed here
            await house["a"].send("lock.shed", "Lock", "locked", channel="voice")
        for channel in ("voice", "skill", "no such way in"):
            said = await ask(house, wish(local="lock.shed", trait="Lock", value="locked", channel=channel))
            assert said.code == "denied"
        result = await house["a"].send("light.kitchen", "OnOff", True)  # only the owner's [safety] asks
        assert (result.ok, result.code) == (False, "confirmation_required")
        assert (await house["a"].send("light.kitchen", "OnOff", True, confirmed=True)).ok
        assert house.carried_out == [("b", "light.kitchen", True)]


async def test_a_wish_for_a_third_hubs_thing_or_for_nothing_is_refused():
    async with House({"a": home(), "b": home(LAMP), "c": home({**LAMP, "id": "light.den", "name": "den"})}) as house:
        assert (await ask(house, wish(local="light.den"))).code == "not_found"
        assert (await ask(house, wish(local="light.none"))).code == "not_found"
        assert house.carried_out == []


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x91" * 5000, b"x" * 9000, wish(id=2**63 - 1)[:-1]])
async def test_nonsense_is_no_wish(body):
    async with House({"a": home(), "b": home(LAMP)}) as house:
        with pytest.raises(Exception, match=r"wish|cannot be read"):
            await ask(house, body)
        assert house.carried_out == []
