"""Pointing at a thing and speaking of it as "that", through real skills to the commands."""

from typing import Any

import pytest

from hub.core.events import CommandSent, IntentMatched
from hub.store.database import Database
from hub.store.home_table import HomeTable, Placements
from tests.dialogue.real_home import CAMERA, CORNERS, RealHome, settings

NORTH_WEST, NORTH_EAST, SOUTH_WEST, SOUTH_EAST = CORNERS
BESIDE = {NORTH_WEST: (0.46, 0.1), NORTH_EAST: (0.54, 0.1), SOUTH_EAST: (0.9, 0.9)}


@pytest.mark.parametrize(("light", "corner"), CORNERS.items())
@pytest.mark.parametrize("text", ["turn that on", "turn on that light", "switch this on", "could you turn that one on"])
async def test_what_is_pointed_at_is_that(light: str, corner: tuple[float, float], text: str) -> None:
    async with RealHome() as home:
        pointed = home.point(corner)
        turn = await home.say(text)
        assert home.done == [(light, "OnOff", True)]
        assert light.removeprefix("light.").replace("_", " ") in turn.reply
        matched, sent = home.told(IntentMatched)[0], home.told(CommandSent)[0]
        assert pointed[-1] in matched.causes  # so that `hearth home why` tells of the hand
        assert pointed[-1] in sent.causes


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("switch this off", ("OnOff", False)),
        ("dim that to 30 percent", ("Level", 30)),
        ("set that to 30 percent", ("Level", 30)),
        ("make that light blue", ("Color", "blue")),
        ("that in blue", ("Color", "blue")),
        ("turn the light over there on", ("OnOff", True)),
    ],
)
async def test_ways_to_speak_of_it(text: str, done: tuple[str, Any]) -> None:
    async with RealHome() as home:
        home.point(CORNERS[NORTH_EAST], astray=5.0)
        await home.say(text)
        assert [(e, t) for e, t, _ in home.done] == [(NORTH_EAST, done[0])]
        if done[0] != "Color":
            assert home.done[0][2] == done[1]


@pytest.mark.parametrize(
    ("text", "light", "done"),
    [
        ("mach das an", NORTH_WEST, ("OnOff", True)),
        ("schalte die da ein", NORTH_EAST, ("OnOff", True)),
        ("mach diese Lampe aus", SOUTH_WEST, ("OnOff", False)),
        ("mach das Licht da an", SOUTH_EAST, ("OnOff", True)),
        ("dimme das auf 30 Prozent", SOUTH_EAST, ("Level", 30)),
        ("stelle die dort auf 30 Prozent", SOUTH_EAST, ("Level", 30)),
    ],
)
async def test_german(text: str, light: str, done: tuple[str, Any]) -> None:
    async with RealHome(settings(language="de")) as home:
        home.point(CORNERS[light])
        await home.say(text)
        assert home.done == [(light, *done)]


async def test_between_two_lights_the_hub_asks_and_a_hand_may_answer() -> None:
    async with RealHome(sees=BESIDE) as home:
        home.point((0.5, 0.1))
        turn = await home.say("turn that on")
        assert home.done == []
        assert turn.expects_answer
        assert "north west light" in turn.reply
        assert "north east light" in turn.reply
        assert "south" not in turn.reply
        await home.clock.advance(5)
        home.point(BESIDE[NORTH_EAST], astray=2.0)
        await home.say("that one")
        assert home.done == [(NORTH_EAST, "OnOff", True)]


async def test_german_question() -> None:
    async with RealHome(settings(language="de"), sees=BESIDE) as home:
        home.point((0.5, 0.1))
        turn = await home.say("mach diese Lampe an")
        assert home.done == []
        assert "Leselampe" in turn.reply
        await home.say("die Deckenlampe")
        assert home.done == [(NORTH_EAST, "OnOff", True)]


async def test_what_is_said_narrows_what_is_meant() -> None:
    sees = {"light.north_west": (0.3, 0.1), "media_player.radio": (0.3, 0.15), "cover.blind": (0.32, 0.1)}
    for text, expected in (
        ("turn that light on", ("light.north_west", "OnOff", True)),
        ("set that to blue", ("light.north_west", "Color", "#0000ff")),
        ("close that", ("cover.blind", "Position", 0)),
        ("pause that", ("media_player.radio", "Media", "paused")),
    ):
        async with RealHome(sees=sees) as home:
            home.point((0.3, 0.12))
            await home.say(text)
            assert home.done == [expected]
    async with RealHome(sees=sees) as home:
        home.point((0.3, 0.12))
        turn = await home.say("turn that on")
        assert "north west light" in turn.reply
        assert "radio" in turn.reply
        assert "blind" not in turn.reply  # that cannot be turned on


async def test_what_cannot_do_it_is_told() -> None:
    async with RealHome(sees={"cover.blind": (0.1, 0.1)}) as home:
        await home.say("turn on the north west light")
        home.point((0.1, 0.1))
        turn = await home.say("turn that off")
        assert (turn.reason, len(home.done)) == ("unsupported", 1)
        assert "window blind" in turn.reply


async def test_a_swinging_arm_decides_nothing() -> None:
    async with RealHome() as home:
        home.point(CORNERS[NORTH_WEST], swing=140.0, frames=15)
        assert (await home.say("turn that on")).reason == "no_referent"
        home.point(CORNERS[NORTH_WEST], frames=15)
        await home.say("turn that on")
        assert home.done == [(NORTH_WEST, "OnOff", True)]


async def test_a_hand_is_forgotten_after_some_seconds() -> None:
    async with RealHome() as home:
        home.point(CORNERS[NORTH_WEST], ago=3.0)
        await home.say("turn that on")  # point, put the hand down, speak
        assert home.done == [(NORTH_WEST, "OnOff", True)]
    async with RealHome() as home:
        home.point(CORNERS[NORTH_WEST], ago=6.0)
        assert (await home.say("turn that on")).reason == "no_referent"


async def test_the_moment_of_speech_counts_and_not_that_of_its_recognition() -> None:
    async with RealHome() as home:
        await home.clock.advance(20)
        spoken = home.clock.monotonic()
        home.point(CORNERS[NORTH_WEST])
        await home.clock.advance(2)
        home.point(CORNERS[SOUTH_EAST])
        await home.say("turn that on", at=spoken)
        assert home.done == [(NORTH_WEST, "OnOff", True)]


async def test_without_a_hand_that_is_what_was_spoken_of() -> None:
    async with RealHome() as home:
        await home.say("turn on the south east light")
        await home.say("turn that off")
        home.point((0.5, 0.99), tip=(0.5, 0.9))  # at nothing that is placed
        await home.say("turn this on")
        assert home.done == [(SOUTH_EAST, "OnOff", v) for v in (True, False, True)]


async def test_with_nothing_spoken_of_the_reply_says_what_to_do() -> None:
    async with RealHome() as home:
        turn = await home.say("turn that on")
        assert turn.reason == "no_referent"
        assert "point at it, or say its name" in turn.reply


async def test_a_hand_in_another_room_means_nothing_here() -> None:
    async with RealHome() as home:
        home.point(CORNERS[NORTH_WEST])
        assert (await home.say("turn that on", area="hall")).reason == "no_referent"
        await home.say("turn that on", area="")  # it is not known where: there is but one hand
        assert home.done == [(NORTH_WEST, "OnOff", True)]


async def test_what_is_that() -> None:
    async with RealHome() as home:
        assert "point at it" in (await home.say("what is that?")).reply.lower()
        home.point(CORNERS[SOUTH_WEST])
        assert (await home.say("what is that?")).reply == "That is the south west light."
        await home.say("turn it on")
        assert home.done == [(SOUTH_WEST, "OnOff", True)]


async def test_it_is_what_was_spoken_of_even_while_a_hand_points() -> None:
    async with RealHome() as home:
        await home.say("turn on the south east light")
        home.point(CORNERS[NORTH_WEST])
        await home.say("turn it off")
        assert home.done[-1] == (SOUTH_EAST, "OnOff", False)


# -- placing ---------------------------------------------------------------------------------------------------------


async def test_a_lamp_is_placed_by_hand_and_found_from_another_spot(tmp_path: Any) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    table = Placements(HomeTable(database))
    lamp = (0.5, 0.5)  # where it really is
    async with RealHome(sees=None, table=table) as home:
        home.point(lamp, tip=(0.3, 0.8))
        turn = await home.say("that is the north west light")
        assert turn.reply.startswith("Good, that is the north west light.")
        await home.clock.advance(10)
        home.point(lamp, tip=(0.3, 0.75))
        await home.say("turn that on")
        assert home.done == [("light.north_west", "OnOff", True)]
        # One ray does not tell how far away it is: from the other side the finger goes somewhere else.
        await home.clock.advance(200)
        home.point(lamp, tip=(0.9, 0.8))
        assert (await home.say("turn that off")).reason == "no_referent"
        turn = await home.say("this is the north west light")
        assert "know better" in turn.reply
        found = home.pointer.point("light.north_west", CAMERA)
        assert found == pytest.approx(lamp, abs=0.01)
    async with RealHome(sees=None, table=table) as home:  # after a restart
        home.point(lamp, tip=(0.6, 0.95))
        await home.say("turn that on")
        assert home.done == [("light.north_west", "OnOff", True)]
        assert (await home.say("forget where the north west light is")).reply == (
            "OK, I have forgotten where the north west light is."
        )
        await home.clock.advance(600)
        home.point(lamp)
        assert (await home.say("turn that on")).reason == "no_referent"
    assert await table.load() == {}
    await database.close()


async def test_it_is_on_the_disk_before_it_is_acknowledged() -> None:
    class Broken:
        async def load(self) -> dict[str, dict[str, list[list[float]]]]:
            return {"light.gone": {CAMERA: [[0.5, 0.5, 1.0, 0.0, 1.5]]}, "light.odd": {CAMERA: [[1.0]]}}

        async def save(self, entity: str, rays: Any) -> None:
            from hub.core.errors import UnavailableError

            raise UnavailableError("the disk is full")

    async with RealHome(sees=None, table=Broken()) as home:
        home.point((0.1, 0.1))
        turn = await home.say("that is the north west light")
        assert (turn.ok, "Good" in turn.reply) == (False, False)
        await home.clock.advance(600)
        home.point((0.9, 0.5), tip=(0.6, 0.5))
        assert (await home.say("turn that on")).reason == "no_referent"  # what the home no longer has


async def test_placing_needs_a_hand_and_a_name_that_is_one_thing() -> None:
    async with RealHome(sees=None) as home:
        assert "hold still" in (await home.say("that is the north west light")).reply
        home.point((0.1, 0.1))
        question = await home.say("that is the light")
        assert question.expects_answer
        await home.clock.advance(10)  # the hand is long down when the question is answered
        await home.say("the south east light")
        assert home.pointer.point("light.south_east", CAMERA) == pytest.approx((0.08, 0.0), abs=0.1)
        assert home.done == []


async def test_what_hearth_toml_says_wins() -> None:
    async with RealHome() as home:
        home.point((0.5, 0.0))
        turn = await home.say("that is the north west light")
        assert turn.reason == "denied"
        assert home.pointer.point("light.north_west", CAMERA) == CORNERS["light.north_west"]


async def test_german_placing() -> None:
    async with RealHome(settings(language="de"), sees=None) as home:
        home.point((0.1, 0.1))
        assert "Leselampe" in (await home.say("das ist die Leselampe")).reply
        home.point((0.1, 0.1))
        assert (await home.say("was ist das")).reply == "Das ist: Leselampe."
        await home.say("mach die Lampe da aus")
        assert home.done == [(NORTH_WEST, "OnOff", False)]
        assert "vergessen" in (await home.say("vergiss wo die Leselampe ist")).reply


async def test_hands_and_cameras_do_not_grow_memory() -> None:
    async with RealHome() as home:
        for _ in range(40):
            home.point((0.1, 0.1), frames=20)
        assert all(len(camera.seen) <= 96 for camera in home.pointer._cameras.values())


async def test_an_entity_that_is_forgotten_takes_its_place_with_it(tmp_path: Any) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    home = HomeTable(database)
    await Placements(home).save("light.a", {CAMERA: [[0.5, 0.5, 1.0, 0.0, 1.5]]})
    assert await home.delete_entity("light.a")
    assert await Placements(home).load() == {}
    await database.close()
