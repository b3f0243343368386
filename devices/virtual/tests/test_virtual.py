import asyncio

from hub.core.errors import StoreError

LIGHT = """
[[entity]]
id = "light.a"
name = "a"
traits = ["OnOff", "Level", "Color"]
initial = { OnOff = false, Level = 40 }
"""
BLIND = '[[entity]]\nid = "cover.a"\nname = "a"\ntraits = ["Position"]\ninitial = { Position = 100 }\n'
LOCK = '[[entity]]\nid = "lock.a"\nname = "a"\ntraits = ["Lock"]\n'
HEAT = """
[[entity]]
id = "climate.a"
name = "a"
traits = ["Setpoint", "Measure", "Mode"]
initial = { Setpoint = 20, Measure = 20, Mode = "heat" }
"""
ROBOT = """
[[entity]]
id = "vacuum.a"
name = "a"
[entity.traits.Mode]
options = ["docked", "cleaning", "paused", "returning"]
"""
TV = '[[entity]]\nid = "media_player.a"\nname = "a"\ntraits = ["OnOff", "Media", "Level"]\n'
SCENE = '[[entity]]\nid = "scene.a"\nname = "a"\n[entity.scene]\n"light.a" = { OnOff = true, Level = 5 }\n'


async def test_a_light_remembers_how_bright_it_was(live):
    home = live(LIGHT)
    await home.until("light.a", "Level", 40)
    assert (await home.send("light.a", "OnOff", True)).ok
    assert home.states.value("light.a", "OnOff") is True  # told before it was acknowledged
    await home.send("light.a", "Level", 0)
    assert home.states.value("light.a", "OnOff") is False
    await home.send("light.a", "OnOff", True)
    assert home.states.value("light.a", "Level") == 100
    await home.send("light.a", "OnOff", False)
    await home.send("light.a", "Color", "red")
    assert (home.states.value("light.a", "Color"), home.states.value("light.a", "OnOff")) == ("#ff0000", True)


async def test_a_full_disk_is_told_as_one(live, data):
    home = live(LIGHT)
    await home.until("light.a", "Level", 40)

    async def full(*_):
        raise StoreError("database or disk is full", place="/home/ann/hearth.db", remedy="free some space")

    data.set = full
    result = await home.send("light.a", "OnOff", True)
    assert (result.ok, result.reason) == (False, "database or disk is full")


async def test_a_blind_takes_its_way_and_can_be_stopped(live):
    home = live(BLIND, speed=20)
    await home.until("cover.a", "Position", 100)
    assert (await home.send("cover.a", "Position", 0)).ok
    assert home.states.value("cover.a", "Position") > 0  # acknowledged when it begins to move
    await home.until("cover.a", "Position", 70)
    here = home.states.value("cover.a", "Position")
    await home.send("cover.a", "Position", here)
    stopped = home.states.value("cover.a", "Position")
    await home.send("cover.a", "Position", 33)
    await home.until("cover.a", "Position", 33)
    way = home.seen("cover.a", "Position")
    assert way == sorted(way, reverse=True)
    assert stopped == here == 70
    assert len(way) > 5


async def test_every_step_names_the_command_that_caused_it(live):
    home = live(BLIND)
    await home.until("cover.a", "Position", 100)
    result = await home.send("cover.a", "Position", 60)
    await home.until("cover.a", "Position", 60)
    assert {e.causes for e in home.events if getattr(e, "trait", "") == "Position" and hasattr(e, "old")} == {
        (),  # the first report
        (result.command,),
    }


async def test_a_lock_locks_before_it_says_so(live):
    home = live(LOCK)
    await home.until("lock.a", "Lock", "locked")
    assert (await home.send("lock.a", "Lock", "unlocked")).ok
    assert home.seen("lock.a", "Lock") == ["locked", "unlocking", "unlocked"]


async def test_a_room_warms_to_its_setpoint_and_cools_when_off(live):
    home = live(HEAT, speed=10_000)
    await home.until("climate.a", "Setpoint", 20)
    await home.send("climate.a", "Setpoint", 20.5)
    await home.until("climate.a", "Measure", 20.5)
    assert home.seen("climate.a", "Measure")[-5:] == [20.1, 20.2, 20.3, 20.4, 20.5]
    await home.send("climate.a", "Mode", "off")
    await home.until("climate.a", "Measure", 20.2)


async def test_a_robot_cleans_and_drives_home_by_itself(live):
    home = live(ROBOT, speed=2000)
    await home.until("vacuum.a", "Mode", "docked")
    await home.send("vacuum.a", "Mode", "cleaning")
    await home.until("vacuum.a", "Mode", "docked")
    assert home.seen("vacuum.a", "Mode") == ["docked", "cleaning", "returning", "docked"]


async def test_a_robot_can_be_held_and_sent_home(live):
    home = live(ROBOT, speed=50)
    await home.until("vacuum.a", "Mode", "docked")
    await home.send("vacuum.a", "Mode", "cleaning")
    await home.send("vacuum.a", "Mode", "paused")
    assert home.states.value("vacuum.a", "Mode") == "paused"
    await home.send("vacuum.a", "Mode", "docked")
    assert home.states.value("vacuum.a", "Mode") == "returning"
    await home.until("vacuum.a", "Mode", "docked")


async def test_a_player_plays_on_after_a_skip(live):
    home = live(TV)
    await home.until("media_player.a", "OnOff", False)
    await home.send("media_player.a", "Media", "playing")
    assert home.states.value("media_player.a", "OnOff") is True
    assert (await home.send("media_player.a", "Media", "next")).ok
    assert home.states.value("media_player.a", "Media") == "playing"
    await home.send("media_player.a", "Level", 0)  # silent is not off
    assert home.states.value("media_player.a", "OnOff") is True
    await home.send("media_player.a", "OnOff", False)
    assert home.states.value("media_player.a", "Media") == "off"


async def test_a_scene_is_pressed_and_does_what_it_stands_for(live):
    home = live(LIGHT + SCENE)
    await home.until("light.a", "Level", 40)
    assert (await home.send("scene.a", "Press", "pressed")).ok
    assert (home.states.value("light.a", "OnOff"), home.states.value("light.a", "Level")) == (True, 5)


async def test_things_are_after_a_restart_as_they_were(live):
    first = live(LIGHT + BLIND + LOCK, speed=1)
    await first.until("light.a", "Level", 40)
    await first.send("light.a", "Level", 12)
    await first.send("cover.a", "Position", 10)  # still on its way
    await first.close()
    second = live(LIGHT + BLIND + LOCK)
    await second.until("light.a", "Level", 12)
    await second.until("cover.a", "Position", 10)
    assert second.states.value("light.a", "OnOff") is True
    assert second.states.value("lock.a", "Lock") in (None, "locked")


async def test_stopping_ends_all_motion(live):
    home = live(BLIND + HEAT + ROBOT, speed=1)
    await home.until("vacuum.a", "Mode", "docked")
    await home.send("cover.a", "Position", 0)
    await home.send("climate.a", "Setpoint", 30)
    await home.send("vacuum.a", "Mode", "cleaning")
    await home.close()
    assert not [t for t in asyncio.all_tasks() if t.get_name().startswith("virtual:")]
