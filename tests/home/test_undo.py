import pytest

from hub.core.errors import ConfirmationRequiredError
from hub.core.events import IntentMatched, SpeechTranscribed
from hub.home.undo import UndoLog


@pytest.fixture
def undoable(house):
    house.log = UndoLog(house.bus, house.ring, house.states)
    return house


def say(house, text):
    speech = SpeechTranscribed(stream="s", text=text, confidence=1.0, t_start=0.0, t_end=1.0)
    house.bus.publish(speech)
    return speech


def understand(house, cause, name="power.turn_on"):
    intent = IntentMatched(name=name, slots={}, causes=(cause.id,))
    house.bus.publish(intent)
    return (intent.id,)


async def do(house, wish, *wishes, causes):
    for entity, trait, value in wishes:
        assert (await house.dispatcher.send(wish(entity, trait, value, causes=causes))).ok


async def test_one_sentence_with_two_commands_is_one_turn(undoable, wish):
    speech = say(undoable, "turn on the kitchen light and close the blinds")
    await do(undoable, wish, ("light.kitchen", "OnOff", True), causes=understand(undoable, speech))
    await do(undoable, wish, ("cover.living_room_blinds", "Position", 0), causes=understand(undoable, speech))
    back = undoable.log.undo()
    assert [(c.entity, c.value) for c in back] == [("cover.living_room_blinds", 100), ("light.kitchen", False)]
    await undoable.dispatcher.send_all(back)
    assert undoable.states.value("light.kitchen", "OnOff") is False
    assert undoable.log.undo() == []


async def test_the_second_undo_goes_further_back(undoable, wish):
    await do(undoable, wish, ("light.kitchen", "OnOff", True), causes=(say(undoable, "one").id,))
    await do(undoable, wish, ("light.office", "OnOff", True), causes=(say(undoable, "two").id,))
    await undoable.dispatcher.send_all(undoable.log.undo())
    assert [c.entity for c in undoable.log.undo()] == ["light.kitchen"]


async def test_it_is_known_which_turn_was_the_last_to_change_something(undoable, wish):
    done = understand(undoable, say(undoable, "turn on the kitchen light"))
    await do(undoable, wish, ("light.kitchen", "OnOff", True), causes=done)
    asked = understand(undoable, say(undoable, "is it on"), "ask.is_on")
    assert undoable.log.is_last(done[0])
    assert not undoable.log.is_last(asked[0])
    await undoable.dispatcher.send_all(undoable.log.undo())
    assert not undoable.log.is_last(done[0])


async def test_several_changes_of_one_thing_go_back_to_the_first(undoable, wish):
    wishes = [("light.living_room", "Level", n) for n in (10, 20, 30)]
    await do(undoable, wish, *wishes, causes=(say(undoable, "x").id,))
    assert [(c.trait, c.value) for c in undoable.log.undo()] == [("Level", 80)]


async def test_dimming_a_dark_light_is_undone_by_darkness(undoable, wish):
    await do(undoable, wish, ("light.kitchen", "Level", 40), causes=(say(undoable, "x").id,))
    assert [(c.trait, c.value) for c in undoable.log.undo()] == [("OnOff", False)]


async def test_a_lock_is_not_undone_into_unlocked_without_a_yes(undoable, wish):
    await do(undoable, wish, ("lock.front_door", "Lock", "locked"), causes=(say(undoable, "lock").id,))
    back = undoable.log.undo()
    assert [(c.trait, c.value) for c in back] == [("Lock", "unlocked")]
    with pytest.raises(ConfirmationRequiredError):
        await undoable.dispatcher.send_all(back)
    again = undoable.log.undo(confirmed=True)  # the question changed nothing: the same turn is still there
    assert [r.ok for r in await undoable.dispatcher.send_all(again)] == [True]


async def test_a_garage_door_is_not_undone_into_open_without_a_yes(undoable, wish):
    undoable.states.set("cover.garage_door", "Position", 100)
    await do(undoable, wish, ("cover.garage_door", "Position", 0), causes=(say(undoable, "close").id,))
    with pytest.raises(ConfirmationRequiredError):
        await undoable.dispatcher.send_all(undoable.log.undo())


async def test_a_scene_is_undone_whole(undoable, wish):
    before = {e: dict(s) for e, s in undoable.states}
    speech = say(undoable, "movie time")
    await do(undoable, wish, ("scene.movie_time", "Press", "pressed"), causes=understand(undoable, speech))
    await undoable.dispatcher.send_all(undoable.log.undo())
    for entity, trait in (("light.living_room", "OnOff"), ("cover.living_room_blinds", "Position")):
        assert undoable.states.value(entity, trait) == before[entity][trait].value


async def test_what_failed_or_leaves_nothing_behind_is_not_undone(undoable, wish):
    await do(undoable, wish, ("light.office", "OnOff", True), causes=(say(undoable, "first").id,))
    undoable.states.set_available("light.kitchen", False)
    causes = (say(undoable, "second").id,)
    assert not (await undoable.dispatcher.send(wish("light.kitchen", "OnOff", True, causes=causes))).ok
    await do(undoable, wish, ("media_player.living_room", "Media", "next"), causes=(say(undoable, "next").id,))
    assert undoable.log.undo() == []  # nothing of the last turn can be put back
    assert [c.entity for c in undoable.log.undo()] == ["light.office"]
