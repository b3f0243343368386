from pathlib import Path

import pytest

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
TV, RADIO, SPEAKER = (
    Entity(id=f"media_player.{n}", name=n, area=a, traits=dict.fromkeys(("OnOff", "Media", "Level"), PLAIN_CONFIG))
    for n, a in (("tv", "lounge"), ("radio", "kitchen"), ("speaker", "kitchen"))
)


def home(**media: str) -> SkillHome:
    states = {f"media_player.{n}": {"Media": s, "Level": 30} for n, s in media.items()}
    return SkillHome(FOLDER, [TV, RADIO, SPEAKER], states)


@pytest.mark.parametrize(
    ("intent", "value", "reply"),
    [
        ("pause", "paused", "Paused the tv."),
        ("resume", "playing", "Playing on the tv."),
        ("next", "next", "Skipped."),
        ("previous", "previous", "Back to the one before."),
        ("stop", "stopped", "Stopped the tv."),
    ],
)
async def test_by_name(intent: str, value: str, reply: str) -> None:
    one = home(tv="off")
    assert await one.ask(intent, "media_player.tv") == reply
    assert one.home.commands == [("media_player.tv", "Media", value)]


async def test_the_player_that_plays_is_meant() -> None:
    one = home(tv="playing", radio="off", speaker="playing")
    await one.ask("pause", area="kitchen")
    await one.ask("pause", area="attic")
    await one.ask("next", area="kitchen", slots={"area": "lounge"})
    assert [e for e, _, _ in one.home.commands] == ["media_player.speaker", "media_player.tv", "media_player.tv"]


async def test_what_was_paused_plays_on() -> None:
    one = home(tv="paused", radio="playing")
    await one.ask("resume")
    assert one.home.commands == [("media_player.tv", "Media", "playing")]


async def test_a_lone_player_in_the_room_is_meant_even_when_idle() -> None:
    one = home(tv="off")
    await one.ask("resume", area="lounge")
    assert one.home.commands == [("media_player.tv", "Media", "playing")]


async def test_nothing_plays() -> None:
    one = home()
    assert await one.ask("pause") == "I found no player there that I can use."
    assert await one.ask("pause", slots={"area": "attic"}, language="de") == "Dort habe ich keinen Player gefunden."
    assert one.home.commands == []


async def test_volume() -> None:
    one = home(tv="playing")
    assert await one.ask("volume", slots={"percent": 40}) == "Volume 40 percent."
    assert await one.ask("louder") == "Turned up the tv."
    assert await one.ask("quieter", slots={"percent": 90}, language="de") == "tv leiser gestellt."
    assert [v for _, _, v in one.home.commands] == [40, 50, 0]


async def test_mute_remembers_the_volume() -> None:
    one = home(tv="playing")
    assert await one.ask("mute") == "Muted the tv."
    assert await one.ask("mute") == "Muted the tv."
    assert await one.ask("unmute") == "The sound of the tv is back."
    assert [v for _, _, v in one.home.commands] == [0, 0, 30]


async def test_a_dead_player_is_told() -> None:
    one = home(tv="playing")
    one.home.broken["media_player.tv"] = "unavailable"
    assert await one.ask("next") == "The tv cannot be reached."
