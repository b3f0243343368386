"""Areas that the household makes, kept in a real store."""

import pytest

from hub.core.entities import Entity
from hub.core.errors import LockedError, NotFoundError, ValueRefusedError
from hub.core.traits import PLAIN_CONFIG
from hub.home.areas import Areas
from hub.store.home_table import HomeTable


def _lamp(area: str = "") -> Entity:
    return Entity(id="light.desk", name="desk lamp", area=area, traits={"OnOff": PLAIN_CONFIG})


async def test_a_room_is_made_renamed_and_removed_and_lasts(furnish, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database)
        house = furnish(overrides=table.overrides)
        areas = Areas(house.home, table)
        await areas.load()
        made = await areas.make("  Großes   Café ", "upstairs", ["den", "den", ""])
        assert (made.id, made.name, made.floor, made.aliases) == ("grosses_cafe", "Großes Café", "upstairs", ("den",))
        house.home.add("hue", _lamp())
        await house.home.override("light.desk", area=made.id)
        await areas.change(made.id, name="Loft")
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database)
        again = furnish(overrides=table.overrides)
        await again.home.load()
        areas = Areas(again.home, table)
        await areas.load()
        again.home.add("hue", _lamp())
        loft = again.home.view().areas[made.id]
        assert (loft.name, loft.floor, loft.aliases) == ("Loft", "upstairs", ("den",))
        assert again.home.entity("light.desk").area == made.id
        assert list(again.home.view().areas)[-1] == made.id  # hearth.toml's stand first
        assert (await areas.make("Grosses Cafe")).id == "grosses_cafe_2"
        await areas.remove(made.id)
        assert made.id not in again.home.view().areas
        assert again.home.entity("light.desk").area == ""
        assert made.id not in await table.areas()


async def test_a_room_that_a_device_speaks_of_can_be_renamed_and_removed(furnish, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database)
        house = furnish(overrides=table.overrides)
        areas = Areas(house.home, table)
        house.home.add("hue", _lamp("Garden Shed"))
        await areas.change("garden_shed", name="Hut")
        house.home.add("hue", _lamp("Garden Shed"))
        assert house.home.view().areas["garden_shed"].name == "Hut"
        await areas.remove("garden_shed")
        house.home.add("hue", _lamp("Garden Shed"))
        assert "garden_shed" not in house.home.view().areas
        assert house.home.entity("light.desk").area == ""


async def test_what_cannot_be_a_room_is_refused_and_changes_nothing(house, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database)
        areas = Areas(house.home, table)
        before = house.home.view().areas
        with pytest.raises(LockedError):
            await areas.change("kitchen", name="Galley")
        with pytest.raises(LockedError):
            await areas.remove("kitchen")
        with pytest.raises(NotFoundError):
            await areas.change("moon", name="Moon")
        for name, aliases in (("", ()), ("x" * 121, ()), ("two\x00", ()), ("KITCHEN", ()), ("Den", ("bedroom",)),
                              ("Den", [f"d{n}" for n in range(21)])):  # fmt: skip
            with pytest.raises(ValueRefusedError):
                await areas.make(name, "", aliases)
        assert house.home.view().areas == before
        assert await table.areas() == {}


async def test_a_room_in_which_hearth_toml_puts_something_stays(furnish, tmp_path, opened):
    from hub.core.settings_file import parse_settings

    settings = parse_settings('[[entity]]\nid = "light.desk"\nname = "lamp"\n').settings
    async with opened(tmp_path / "h.db") as database:
        house = furnish(settings)
        areas = Areas(house.home, HomeTable(database))
        house.home.add("hue", _lamp("Den"))
        with pytest.raises(LockedError, match="lamp is in Den"):
            await areas.remove("den")
