import pytest

from hub.core.errors import NotFoundError
from hub.core.events import (
    GestureMade,
    GestureSeen,
    HandPointed,
    IntentMatched,
    Origin,
    PresenceChanged,
    SpeechTranscribed,
    TimerRang,
    WakeHeard,
)
from hub.home.recent import EventRing
from hub.home.why import Why
from hub.store.history import History

KITCHEN = Origin(area="kitchen", source="mic")


@pytest.fixture
def why(house):
    return Why(house.home, house.states, house.ring)


def spoken_intent(house):
    wake = WakeHeard(stream="mic", word="hey_jarvis", score=0.982, t=0.5, origin=KITCHEN)
    speech = SpeechTranscribed(
        stream="mic", text="turn on the kitchen light", confidence=0.9, t_start=1.0, t_end=2.0,
        origin=KITCHEN, causes=(wake.id,),
    )  # fmt: skip
    intent = IntentMatched(name="power.turn_on", slots={"value": True}, causes=(speech.id,), origin=KITCHEN)
    for event in (wake, speech, intent):
        house.bus.publish(event)
    return intent


async def test_the_story_from_the_wake_word_to_the_light(house, why, wish):
    intent = spoken_intent(house)
    await house.dispatcher.send(wish("light.kitchen", "OnOff", True, causes=(intent.id,), origin=KITCHEN))
    story = await why.why("light.kitchen")
    assert story.text.startswith(
        "Heard 'hey jarvis' 0.98 in the kitchen -> said 'turn on the kitchen light' in the kitchen"
        " -> power skill (turn_on) -> command light.kitchen OnOff true -> light.kitchen on, "
    )
    assert [s.kind for s in story.steps] == [
        "WakeHeard", "SpeechTranscribed", "IntentMatched", "CommandSent", "StateChanged",
    ]  # fmt: skip
    assert story.steps[1].data["text"] == "turn on the kitchen light"
    assert story.steps[1].causes == (story.steps[0].event,)


async def test_a_failure_is_told_after_the_last_change(house, why, wish):
    await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
    house.states.set_available("light.kitchen", False)
    await house.dispatcher.send(wish("light.kitchen", "OnOff", False))
    story = await why.why("light.kitchen")
    assert "light.kitchen did not become off: kitchen light cannot be reached (unavailable)" in story.text


async def test_a_press_has_a_story_although_it_has_no_state(house, why, wish):
    timer = TimerRang(skill="alarms", timer="1")
    house.bus.publish(timer)
    await house.dispatcher.send(wish("scene.movie_time", "Press", "pressed", causes=(timer.id,)))
    story = await why.why("scene.movie_time")
    assert story.text.startswith("A timer of the alarms skill rang -> command scene.movie_time Press")
    lamp = await why.why("light.living_room_lamp", "Level")
    assert [s.kind for s in lamp.steps] == ["TimerRang", "CommandSent", "CommandSent", "StateChanged"]


async def test_a_report_without_cause_names_who_reported(house, why):
    house.states.set("binary_sensor.kitchen_motion", "Presence", True, origin=Origin(source="zigbee"))
    story = await why.why("binary_sensor.kitchen_motion")
    assert story.text.startswith("binary_sensor.kitchen_motion occupied, reported by zigbee")


async def test_nothing_known_and_nothing_there(house, why):
    house.states.forget("light.office")
    assert (await why.why("light.office")).text == "Nothing is known of office light yet"
    house.states.restore("light.office", "OnOff", True, 0.0)
    assert "no longer kept" in (await why.why("light.office")).text
    with pytest.raises(NotFoundError):
        await why.why("light.moon")


async def test_after_a_restart_the_story_comes_from_the_store(furnish, wish, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        house = furnish()
        history = History(database, house.bus)
        intent = spoken_intent(house)
        await house.dispatcher.send(wish("light.kitchen", "OnOff", True, causes=(intent.id,), origin=KITCHEN))
        await history.flush()

        later = furnish()
        later.states.forget("light.kitchen")
        later.states.restore("light.kitchen", "OnOff", True, 0.0)
        why = Why(later.home, later.states, later.ring, history)
        story = await why.why("light.kitchen")
        assert story.steps[0].kind == "WakeHeard"
        assert story.steps[-1].data["entity"] == "light.kitchen"
        await history.close()


def test_the_ring_forgets_the_oldest(house):
    ring = EventRing(house.bus, size=3)
    events = [TimerRang(skill="s", timer=str(n)) for n in range(5)]
    for event in events:
        house.bus.publish(event)
    assert ring.get(events[1].id) is None
    assert [e.timer for e in ring.newest_first()] == ["4", "3", "2"]


async def test_the_story_of_a_hand(house, why, wish):
    seen = GestureSeen(stream="camera.k", name="point", hand="left", confidence=0.97, t=1.0, origin=KITCHEN)
    pointed = HandPointed(stream="camera.k", x=0.5, y=0.5, dx=-0.8, dy=-0.6, aspect=1.3, t=1.0, causes=(seen.id,))
    meant = GestureMade(stream="camera.k", name="thumb_up", hand="left", t=2.0, origin=KITCHEN, causes=(pointed.id,))
    for event in (seen, pointed, meant):
        house.bus.publish(event)
    await house.dispatcher.send(wish("light.kitchen", "OnOff", True, causes=(meant.id,), origin=KITCHEN))
    story = await why.why("light.kitchen")
    assert story.text.startswith(
        "Saw point 0.97 in the kitchen -> saw a finger point up and left in the picture of camera.k"
        " -> meant thumb up in the kitchen -> command light.kitchen"
    )


async def test_the_story_of_a_room_in_use(house, why):
    moved = house.states.set("binary_sensor.kitchen_motion", "Presence", True, origin=Origin(source="mqtt"))
    used = PresenceChanged(area="kitchen", people=1, confidence=0.9, causes=(moved.id,))
    house.bus.publish(used)
    house.states.set("area.kitchen", "Presence", True, causes=(used.id,))
    house.states.set("area.kitchen", "Measure", 1, causes=(used.id,))
    story = await why.why("area.kitchen")
    assert story.text.startswith(
        "binary_sensor.kitchen_motion occupied, reported by mqtt -> 1 person in the kitchen -> area.kitchen occupied, "
    )
    with pytest.raises(NotFoundError):
        await why.why("area.moon")
