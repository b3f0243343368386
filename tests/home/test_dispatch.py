import asyncio

import pytest

from hub.core.errors import CommandError, NotFoundError, StoreError, ValueRefusedError
from hub.core.events import CommandDone, CommandFailed, CommandSent, StateChanged
from hub.core.settings_file import parse_settings
from hub.store.command_log import CommandLog


class Mute:
    """An integration that takes commands and never answers."""

    def __init__(self) -> None:
        self.commands = []

    async def deliver(self, command):
        self.commands.append(command)


class Breaking:
    def __init__(self, error):
        self.error = error

    async def deliver(self, command):
        raise self.error


async def test_a_command_is_parsed_delivered_and_told(house, wish):
    command = wish("light.kitchen", "OnOff", "on", causes=(7,))
    result = await house.dispatcher.send(command)
    assert result.ok
    assert result.value is True
    assert house.sink.told == [("light.kitchen", "OnOff", True)]
    sent, changed, done = house.events
    assert isinstance(sent, CommandSent)
    assert (sent.id, sent.command, sent.causes, sent.previous, sent.value) == (
        command.id,
        command.id,
        (7,),
        False,
        True,
    )
    assert isinstance(changed, StateChanged)
    assert isinstance(done, CommandDone)
    assert done.causes == (sent.id,)


@pytest.mark.parametrize(
    ("entity", "trait", "value", "kind"),
    [
        ("light.moon", "OnOff", True, NotFoundError),
        ("light.kitchen", "Lock", "locked", ValueRefusedError),
        ("light.kitchen", "Nonsense", 1, ValueRefusedError),
        ("light.kitchen", "Level", 101, ValueRefusedError),
        ("light.kitchen", "Level", float("nan"), ValueRefusedError),
        ("lock.front_door", "Lock", "jammed", ValueRefusedError),
        ("media_player.living_room", "Media", "idle", ValueRefusedError),
        ("sensor.outdoor_humidity", "Measure", 3, ValueRefusedError),
        ("climate.hallway", "Setpoint", 31, ValueRefusedError),
        ("climate.hallway", "Mode", "party", ValueRefusedError),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_sent(house, wish, entity, trait, value, kind):
    with pytest.raises(kind):
        await house.dispatcher.send(wish(entity, trait, value))
    with pytest.raises(kind):
        await house.dispatcher.send_all([wish("light.kitchen", "OnOff", True), wish(entity, trait, value)])
    assert house.sink.told == []
    assert house.events == []


async def test_no_answer_ends_in_a_timeout(furnish, wish):
    house = furnish(timeout_s=0.02)
    mute = Mute()
    house.dispatcher.route("virtual", mute)
    result = await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
    assert (result.ok, result.code) == (False, "timeout")
    assert [type(e) for e in house.events] == [CommandSent, CommandFailed]
    mute.commands[0].done()  # too late, and harmless


async def test_an_unreachable_device_is_a_result_with_a_reason(house, wish):
    house.states.set_available("light.kitchen", False)
    result = await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
    assert (result.ok, result.code) == (False, "unavailable")
    assert "kitchen light" in result.reason
    assert house.sink.told == []
    house.dispatcher.route("virtual", Mute())()
    result = await house.dispatcher.send(wish("light.office", "OnOff", True))
    assert (result.code, result.reason) == ("unavailable", "virtual is not running")


@pytest.mark.parametrize(
    ("error", "code"),
    [(CommandError("the bulb is loose"), "command_failed"), (RuntimeError("bug"), "command_failed")],
)
async def test_a_device_that_fails_is_a_result(house, wish, error, code):
    house.dispatcher.route("virtual", Breaking(error))
    result = await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
    assert (result.ok, result.code) == (False, code)
    assert str(error) in result.reason
    failed = house.told(CommandFailed)
    assert [(f.entity, f.code) for f in failed] == [("light.kitchen", code)]


async def test_a_caller_that_leaves_does_not_lose_the_command(house, wish, settled):
    mute = Mute()
    house.dispatcher.route("virtual", mute)
    caller = asyncio.ensure_future(house.dispatcher.send(wish("light.kitchen", "OnOff", True)))
    await settled()
    caller.cancel()
    await settled()
    assert house.told(CommandDone) == []
    mute.commands[0].done()
    await settled()
    assert len(house.told(CommandDone)) == 1


async def test_closing_ends_what_still_waits(house, wish, settled):
    house.dispatcher.route("virtual", Mute())
    waiting = asyncio.ensure_future(house.dispatcher.send(wish("light.kitchen", "OnOff", True)))
    await settled()
    await house.dispatcher.close()
    assert (await waiting).code == "unavailable"
    assert len(house.told(CommandFailed)) == 1


async def test_commands_to_one_entity_keep_their_order(house, wish):
    levels = [wish("light.kitchen", "Level", n) for n in range(20)]
    results = await house.dispatcher.send_all([*levels, wish("light.office", "OnOff", True)])
    assert [r.command for r in results[:-1]] == [c.id for c in levels]
    assert [v for e, _, v in house.sink.told if e == "light.kitchen"] == list(range(20))


async def test_acknowledged_means_on_disk(furnish, wish, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        log = CommandLog(database)
        house = furnish(journal=log)
        good = await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
        house.dispatcher.route("virtual", Breaking(CommandError("loose")))
        bad = await house.dispatcher.send(wish("light.kitchen", "OnOff", False))
        assert await log.result(good.command) == good
        assert await log.result(bad.command) == bad
        assert await log.interrupted() == []


async def test_what_could_not_be_recorded_is_not_acknowledged(furnish, wish):
    class Full:
        async def commit(self, event):
            raise StoreError("the disk is full", remedy="make room")

    house = furnish(journal=Full())
    result = await house.dispatcher.send(wish("light.kitchen", "OnOff", True))
    assert (result.ok, result.code) == (False, "store")
    assert house.told(CommandDone) == []


async def test_a_scene_does_what_it_says_because_it_was_pressed(house, wish):
    press = wish("scene.movie_time", "Press", "pressed", causes=(5,))
    assert (await house.dispatcher.send(press)).ok
    assert house.sink.told[0] == ("scene.movie_time", "Press", "pressed")
    assert ("light.living_room_lamp", "Level", 20) in house.sink.told
    assert ("media_player.living_room", "Media", "playing") in house.sink.told
    effects = [e for e in house.told(CommandSent) if e.entity != "scene.movie_time"]
    assert len(effects) == 6
    assert {e.causes for e in effects} == {(press.id,)}
    assert house.told(CommandDone)[-1].entity == "scene.movie_time"


async def test_a_scene_says_what_did_not_happen(house, wish):
    house.states.set_available("light.living_room", False)
    result = await house.dispatcher.send(wish("scene.movie_time", "Press", "pressed"))
    assert not result.ok
    assert result.reason.startswith("1 of 6 changes did not happen: light.living_room")
    assert house.states.value("media_player.living_room", "Media") == "playing"


async def test_scenes_that_press_each_other_end(furnish, wish):
    settings = parse_settings(
        '[[entity]]\nid = "light.a"\nname = "a"\ntraits = ["OnOff"]\n'
        '[[entity]]\nid = "scene.one"\nname = "one"\n[entity.scene]\n"scene.two" = { Press = "pressed" }\n'
        '[[entity]]\nid = "scene.two"\nname = "two"\n[entity.scene]\n"light.a" = { OnOff = true }\n'
        '"scene.one" = { Press = "pressed" }\n"light.gone" = { OnOff = true }\n'
    ).settings
    house = furnish(settings)
    result = await house.dispatcher.send(wish("scene.one", "Press", "pressed"))
    assert house.states.value("light.a", "OnOff") is True
    assert "there is no light.gone" in result.reason
    assert len(house.scenes.problems(house.home.view())) == 2
