"""Gestures as words: palm, thumbs, up and down, this one; and what hearth.toml makes of them."""

import pytest

from hub.core.events import Event, IntentMatched, NotUnderstood, Replied
from hub.core.gestures import Use, uses
from hub.core.settings import GestureSettings
from tests.dialogue.real_home import CORNERS, RealHome, settings

SAYS = """
[[gesture]]
name = "{name}"
say = "{say}"
"""


def saying(name: str, say: str) -> RealHome:
    return RealHome(settings(SAYS.format(name=name, say=say)))


def causes_of(home: RealHome, event: Event) -> set[int]:
    """All that led to `event`, as far as it was told."""
    known = {e.id: e for e in home.events}
    found: set[int] = set()
    waiting = list(event.causes)
    while waiting:
        cause = waiting.pop()
        found.add(cause)
        waiting.extend(known[cause].causes if cause in known else ())
    return found


async def test_what_a_gesture_is_for_can_change_while_the_hub_runs() -> None:
    async with RealHome() as home:
        assert await home.gesture("fist") is None
        home.dialogue.use_gestures([GestureSettings(name="fist", say="turn on the lamp")])
        assert await home.gesture("fist") is not None
        home.dialogue.use_gestures([])
        assert await home.gesture("fist") is None


# -- thumbs ----------------------------------------------------------------------------------------------------------


async def test_a_thumb_up_confirms_what_a_voice_asked_for() -> None:
    async with RealHome() as home:
        asked = await home.say("unlock the front door", area="den", causes=(815,))
        assert asked.expects_answer
        assert home.done == []
        turn = await home.gesture("thumb_up")
        assert home.done == [("lock.door", "Lock", "unlocked")]
        assert turn is not None
        assert turn.ok
        matched = home.told(IntentMatched)[-1]
        assert {4711, 815} <= causes_of(home, matched)  # the gesture, and what had been said
        replied = home.told(Replied)[-1]
        assert (replied.stream, replied.origin.area) == ("", "den")  # spoken in the room, on whatever is there
        assert 4711 in causes_of(home, replied)
        await home.gesture("thumb_up")
        assert len(home.done) == 1


async def test_a_thumb_down_leaves_it() -> None:
    async with RealHome() as home:
        await home.say("unlock the front door")
        turn = await home.gesture("thumb_down")
        assert turn is not None
        assert "leave it" in turn.reply
        assert await home.gesture("thumb_up") is None
        await home.say("yes")
        assert home.done == []


async def test_a_thumb_with_nothing_asked_does_nothing() -> None:
    async with RealHome() as home:
        for name in ("thumb_up", "thumb_down"):
            assert await home.gesture(name) is None
        assert home.events == []


async def test_a_thumb_that_comes_too_late_or_from_another_room_does_nothing() -> None:
    async with RealHome() as home:
        await home.say("unlock the front door")
        assert await home.gesture("thumb_up", area="hall") is None
        assert await home.gesture("thumb_up", area="") is None
        await home.clock.advance(31)
        assert await home.gesture("thumb_up") is None
        assert home.done == []


async def test_a_thumb_up_does_not_choose_but_a_thumb_down_leaves() -> None:
    async with RealHome() as home:
        await home.say("turn on the light", area="hall")
        assert await home.gesture("thumb_up", area="hall") is None
        assert await home.gesture("thumb_down", area="hall") is not None
        assert home.done == []


async def test_of_two_questions_in_a_room_the_last_is_answered() -> None:
    async with RealHome() as home:
        await home.say("unlock the front door", stream="one")
        await home.clock.advance(2)
        await home.say("open the garage door", stream="two")
        await home.gesture("thumb_up")
        assert home.done == [("cover.garage", "Position", 100)]


# -- nothing risky by gesture alone ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("say", "done"),
    [
        ("unlock the front door", ("lock.door", "Lock", "unlocked")),
        ("open the garage door", ("cover.garage", "Position", 100)),
    ],
)
async def test_a_gesture_alone_opens_nothing(say: str, done: tuple[str, str, object]) -> None:
    async with saying("rock", say) as home:
        for _ in range(3):
            turn = await home.gesture("rock")
            assert turn is not None
            assert turn.expects_answer  # asked about, aloud
            assert home.told(Replied)[-1].expects_answer
        assert home.done == []
        await home.clock.advance(31)
        assert await home.gesture("thumb_up") is None
        await home.gesture("rock")
        await home.say("yes")  # on a microphone of the room
        assert home.done == [done]
    async with saying("rock", say) as home:
        await home.gesture("rock")
        await home.say("no")
        assert await home.gesture("thumb_up") is None
        await home.gesture("rock")
        await home.gesture("thumb_up")
        assert home.done == [done]


async def test_what_is_closed_to_voice_is_closed_to_gestures_and_not_asked_about() -> None:
    more = SAYS.format(name="rock", say="unlock the front door") + '\n[safety]\ndeny = ["lock.door"]\n'
    async with RealHome(settings(more)) as home:
        turn = await home.gesture("rock")
        assert turn is not None
        assert not turn.expects_answer
        assert home.done == []


async def test_a_question_may_be_asked_by_gesture_and_another_gesture_is_no_answer() -> None:
    async with saying("rock", "unlock the front door") as home:
        home.states.set("light.north_west", "OnOff", True)
        await home.gesture("rock")
        await home.gesture("raise")
        await home.gesture("open_palm")
        assert {trait for _, trait, _ in home.done} == {"Level", "Media"}
        await home.gesture("thumb_up")
        assert home.done[-1] == ("lock.door", "Lock", "unlocked")


# -- what hearth.toml says -------------------------------------------------------------------------------------------


def test_what_gestures_are_for() -> None:
    assert uses()["open_palm"] == Use("stop")
    changed = uses(
        (
            GestureSettings(name="open_palm", does="nothing"),
            GestureSettings(name="fist", does="stop"),
            GestureSettings(name="circle", say="movie time"),
        )
    )
    assert changed["open_palm"] == Use("nothing")
    assert changed["fist"] == Use("stop")
    assert changed["circle"].say == "movie time"
    assert "victory" not in changed


async def test_a_sentence_is_done_as_if_it_had_been_said() -> None:
    async with saying("victory", "turn on the north west light") as home:
        turn = await home.gesture("victory")
        assert turn is not None
        assert home.done == [("light.north_west", "OnOff", True)]
        matched = home.told(IntentMatched)[0]
        assert matched.causes == (4711,)
        assert matched.text == "turn on the north west light"
        home.point(CORNERS["light.south_east"])
    async with saying("victory", "turn that on") as home:
        home.point(CORNERS["light.south_east"])
        await home.gesture("victory")
        assert home.done == [("light.south_east", "OnOff", True)]


@pytest.mark.parametrize("name", ["fist", "victory", "swipe_left", "circle", "none", "no such gesture"])
async def test_gestures_without_a_use_do_nothing(name: str) -> None:
    async with RealHome() as home:
        assert await home.gesture(name) is None
        assert home.events == []


# -- stop ------------------------------------------------------------------------------------------------------------


async def test_a_palm_hushes_what_sounds_and_else_pauses_what_plays() -> None:
    async with RealHome() as home:
        home.halt.sounding = True
        assert await home.gesture("open_palm") is not None
        assert (home.halt.asked, home.done) == ([("den", "")], [])
        home.halt.sounding = False
        await home.gesture("open_palm")
        assert home.done == [("media_player.radio", "Media", "paused")]
        assert home.told(Replied) == []  # that it is quiet is answer enough
        assert home.told(IntentMatched)[0].causes == (4711,)
        assert await home.gesture("open_palm") is None  # nothing plays any more
        assert await home.gesture("open_palm", area="hall") is None
        assert await home.gesture("open_palm", area="") is None
        assert len(home.done) == 1


# -- up and down -----------------------------------------------------------------------------------------------------


async def test_up_and_down_change_the_light_last_spoken_of() -> None:
    async with RealHome(settings(on=("north_west", "south_west"))) as home:
        await home.say("turn on the north east light")
        home.done.clear()
        await home.gesture("raise")
        await home.gesture("raise")
        await home.gesture("lower")
        assert home.done == [("light.north_east", "Level", level) for level in (70, 90, 70)]
        assert [r for r in home.told(Replied) if 4711 in causes_of(home, r)] == []
        await home.say("turn it off")  # a gesture keeps "it"
        assert home.done[-1] == ("light.north_east", "OnOff", False)


async def test_with_none_spoken_of_the_lights_that_are_on() -> None:
    async with RealHome(settings(on=("north_west", "south_west"))) as home:
        await home.gesture("lower")
        assert sorted(home.done) == [("light.north_west", "Level", 30), ("light.south_west", "Level", 30)]


async def test_with_no_light_on_up_lights_the_room_and_down_does_nothing() -> None:
    async with RealHome() as home:
        assert await home.gesture("lower") is None
        assert home.done == []
        await home.gesture("raise")
        assert sorted(home.done) == sorted((light, "Level", 20) for light in CORNERS)
        assert await home.gesture("raise", area="hall") is None
        assert await home.gesture("raise", area="") is None


async def test_up_and_down_of_a_player_is_its_volume() -> None:
    async with RealHome() as home:
        await home.say("turn on the radio")
        home.done.clear()
        await home.gesture("raise")
        assert home.done == [("media_player.radio", "Level", 40)]


# -- this one --------------------------------------------------------------------------------------------------------


async def test_pointing_makes_a_thing_it_for_the_next_sentence() -> None:
    async with RealHome() as home:
        await home.say("turn on the north west light")
        await home.clock.advance(1)
        home.point(CORNERS["light.south_east"])
        assert await home.gesture("point") is not None
        assert home.told(Replied)[1:] == []
        await home.clock.advance(20)  # the hand is long down
        await home.say("turn it on")
        assert home.done[-1] == ("light.south_east", "OnOff", True)
        await home.clock.advance(600)
        assert (await home.say("turn it off")).reason == "no_referent"


async def test_pointing_between_two_things_or_at_none_selects_nothing() -> None:
    sees = {"light.north_west": (0.45, 0.1), "light.north_east": (0.55, 0.1)}
    async with RealHome(sees=sees) as home:
        home.point((0.5, 0.1))
        assert await home.gesture("point") is None
        await home.clock.advance(10)
        assert await home.gesture("point") is None
        assert [e for e in home.events if isinstance(e, IntentMatched | NotUnderstood)] == []


async def test_a_selected_light_goes_up() -> None:
    async with RealHome() as home:
        home.point(CORNERS["light.south_east"])
        await home.gesture("point")
        await home.gesture("raise")
        assert home.done == [("light.south_east", "Level", 20)]


async def test_german_question_answered_by_thumb() -> None:
    async with RealHome(settings(language="de")) as home:
        turn = await home.say("schließ die front door auf")
        assert turn.expects_answer
        done = await home.gesture("thumb_up")
        assert done is not None
        assert home.done == [("lock.door", "Lock", "unlocked")]


async def test_many_rooms_do_not_grow_memory() -> None:
    async with RealHome() as home:
        home.point(CORNERS["light.south_east"])
        for n in range(600):
            await home.say("yes", area=f"room {n}", stream=f"s{n}")
            await home.gesture("raise", area=f"room {n}")
        assert len(home.dialogue._sessions) <= 256
