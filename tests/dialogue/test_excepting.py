"""Exceptions: "all lights except the lamp"."""

import pytest

from tests.dialogue.conftest import make_home
from tests.dialogue.talking import House

LIGHTS = ("light.kitchen", "light.counter", "light.lamp", "light.bedroom")
REST = ("fan.bedroom", "switch.coffee", "media_player.tv")


@pytest.mark.parametrize(
    ("text", "left_alone"),
    [
        ("turn off all lights except the lamp", {"light.lamp", *REST}),
        ("turn all lights off except for the lamp and the kitchen light", {"light.lamp", "light.kitchen", *REST}),
        ("please turn off all the lights except in the kitchen", {"light.kitchen", "light.counter", *REST}),
        ("turn off all the lights but the kitchen", {"light.kitchen", "light.counter", *REST}),
        ("turn off everything except the lights", set(LIGHTS)),
        ("turn off all but the bedroom fan, please", {"fan.bedroom"}),
    ],
)
async def test_what_is_left_out_is_left_alone(text: str, left_alone: set[str]) -> None:
    async with House() as house:
        await house.dialogue.hear(text, area="living_room")
        [(name, touched)] = house.skills.did
        assert name == "switching.off"
        assert set(touched) == {*LIGHTS, *REST} - left_alone


async def test_an_exception_goes_with_its_own_half_of_a_sentence() -> None:
    async with House() as house:
        await house.say("turn off all lights except the lamp and close the blinds")
        assert house.skills.did == [
            ("switching.off", ("light.kitchen", "light.counter", "light.bedroom")),
            ("covering.close", ("cover.blinds",)),
        ]


@pytest.mark.parametrize(
    "text", ["turn off all lights except the chandelier", "turn off the lamp except the lamp", "sing except the lamp"]
)
async def test_an_exception_that_makes_no_sense_does_nothing(text: str) -> None:
    async with House() as house:
        await house.say(text)
        assert house.skills.calls == []


@pytest.mark.parametrize(
    "text",
    [
        "mach alle Lichter aus außer der Lampe",
        "mach alle Lichter außer der Lampe aus",
        "mach bitte alle Lichter bis auf die Lampe aus",
        "mach alle Lichter aus, aber nicht die Lampe",
    ],
)
async def test_what_is_left_out_in_german(text: str) -> None:
    async with House(make_home(language="de")) as house:
        await house.say(text)
        assert house.skills.did == [("switching.off", ("light.kitchen", "light.counter", "light.bedroom"))]
