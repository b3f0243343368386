"""Areas, people and settings of a home of several hubs, and a hub that runs by itself."""

import asyncio

from hub.core.entities import Area, Person
from hub.swarm.state.replica import GRACE_S
from tests.swarm.hubs import LAMP, House, home


async def test_areas_people_and_settings_are_the_same_at_every_hub_and_after_a_restart(tmp_path):
    async with House({"a": home(), "b": home()}, where=tmp_path) as house:
        await house["a"].shared.set_area(Area(id="attic", name="Attic", aliases=("loft",), names={"de": ("Boden",)}))
        await house["b"].shared.set_person(Person(id="kim", name="Kim"))
        await house["b"].shared.set_setting("volume", 3)
        await house.carry()
        for hub in "ab":
            await house.restart(hub)
        for hub in "ab":
            view = house[hub].home.view()
            assert (view.areas["attic"].name, view.people["kim"].name) == ("Attic", "Kim")
            assert (view.areas["attic"].aliases, view.areas["attic"].names) == (("loft",), {"de": ("Boden",)})
            assert house[hub].shared.setting("volume") == 3
        await house.settle()
        await house["b"].shared.delete_area("attic")
        await house["a"].shared.delete_person("kim")
        await house["a"].shared.set_setting("volume", None)
        await house.settle()
        for hub in "ab":
            view = house[hub].home.view()
            assert "attic" not in view.areas and not view.people
            assert house[hub].shared.setting("volume", 5) == 5


async def test_what_hearth_toml_says_of_an_area_wins_over_what_is_said_in_the_app():
    async with House({"a": home(), "b": home(area=[])}) as house:
        await house["b"].shared.set_area(Area(id="kitchen", name="Galley"))
        await house.carry()
        assert house["a"].home.view().areas["kitchen"].name == "Kitchen"
        assert house["b"].home.view().areas["kitchen"].name == "Galley"


async def test_a_hub_that_runs_by_itself_does_all_of_it_without_a_hand(monkeypatch):
    async with House({"a": home(), "b": home(LAMP)}) as house:
        running = [asyncio.create_task(house[hub].shared.run()) for hub in "ab"]
        await house["b"].shared.set_area(Area(id="attic", name="Attic"))
        for _ in range(60):
            for hub in "ab":
                await house.clocks[hub].advance(0.5)
            await house.lane.settled()
        assert "attic" in house["a"].home.view().areas
        await house["b"].send("light.kitchen", "Level", 7)
        for _ in range(20):
            await asyncio.sleep(0)
            await house.lane.settled()
        assert house["a"].states.value("light.kitchen", "Level") == 7
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended)
        for hub in "ab":
            await house[hub].shared.close()
        assert not any(
            mesh._answers or any(mesh.takes.values()) or mesh._watchers for mesh in house.lane.meshes.values()
        )


async def test_what_is_forgotten_everywhere_takes_no_room():
    async with House({hub: home() for hub in "ab"}) as house:
        for number in range(20):
            await house["a"].shared.set_area(Area(id=f"x{number}", name="X"))
            await house["b"].shared.delete_area(f"x{number}")
        await house.settle(30)
        for number in range(20):
            await house["a"].shared.delete_area(f"x{number}")
        for _ in range(4):
            for hub in "ab":
                await house.clocks[hub].advance(GRACE_S)
            await house.settle(10)
        assert {len(house[hub].shared.state) for hub in "ab"} == {0}
