"""Corrections: "no, the fan" does the last command to another thing, and takes the first back."""

import pytest

from hub.core.events import IntentMatched
from tests.dialogue.conftest import entity, make_home
from tests.dialogue.talking import House


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("no, the bedroom light", ("light.bedroom",)),
        ("no, I meant the coffee machine", ("switch.coffee",)),
        ("not the kitchen light, the lamp", ("light.lamp",)),
        ("sorry, in the bedroom", ("light.bedroom",)),
        ("no, the other one", ("light.counter",)),
    ],
)
async def test_a_correction_is_done_instead(said: str, expected: tuple[str, ...]) -> None:
    async with House() as house:
        await house.say("turn on the kitchen light", said)
        assert house.skills.did == [("switching.on", ("light.kitchen",)), ("switching.on", expected)]
        [first, _] = [event.id for event in house.events if isinstance(event, IntentMatched)]
        assert house.undo.turns == [first]


@pytest.mark.parametrize(
    "said", ["nein, die Lampe", "nicht das Küchenlicht, die Lampe", "ich meinte die Lampe", "nein, im Wohnzimmer"]
)
async def test_a_correction_in_german(said: str) -> None:
    async with House(make_home(language="de")) as house:
        await house.say("mach das Küchenlicht an", said)
        assert house.skills.did == [("switching.on", ("light.kitchen",)), ("switching.on", ("light.lamp",))]
        assert len(house.undo.turns) == 1


async def test_what_cannot_be_taken_back_without_a_yes_stays_when_corrected() -> None:
    async with House(make_home(entity("lock.back", "back door", "", ("Lock",)))) as house:
        house.undo.risky = True
        assert await house.say("lock the front door", "no, the back door") == ["lock done", "lock done"]
        assert house.skills.did == [("locking.lock", ("lock.front",)), ("locking.lock", ("lock.back",))]


async def test_of_several_commands_none_is_taken_back() -> None:
    async with House() as house:
        await house.say("turn on the lamp and close the blinds", "no, the garage door")
        assert house.skills.did[-1] == ("covering.close", ("cover.garage",))
        assert house.undo.turns == []


@pytest.mark.parametrize("said", ["no, the chandelier", "not the lamp, the chandelier", "no", "no, the blinds"])
async def test_a_correction_that_makes_no_sense_changes_nothing(said: str) -> None:
    async with House() as house:
        await house.say("turn on the kitchen light", said)
        assert house.skills.did == [("switching.on", ("light.kitchen",))]
        assert house.undo.turns == []
