import pytest

from hub.core.entities import Entity
from hub.core.errors import DeniedError, NotFoundError, ValueRefusedError
from hub.core.events import HomeChanged
from hub.core.settings_file import parse_settings
from hub.core.traits import TraitConfig
from hub.home.declared import virtual_config
from hub.store.home_table import HomeTable


def lamp(entity="light.kitchen", name="Hue lamp", **given):
    return Entity(id=entity, name=name, traits={"OnOff": TraitConfig()}, **given)


def test_the_demo_home_has_what_the_contract_names(house):
    view = house.home.view()
    assert {a.name for a in view.areas.values()} == {
        "kitchen", "living room", "bedroom", "bathroom", "hallway", "office", "garage",
    }  # fmt: skip
    assert set(view.floors()) == {"downstairs", "upstairs"}
    assert {e.id: e.name for e in view.entities.values()} == {
        "light.kitchen": "kitchen light",
        "light.living_room": "living room light",
        "light.living_room_lamp": "lamp",
        "light.bedroom": "bedroom light",
        "light.bathroom": "bathroom light",
        "light.hallway": "hallway light",
        "light.office": "office light",
        "fan.bedroom": "bedroom fan",
        "switch.coffee_machine": "coffee machine",
        "switch.heater": "bathroom heater",
        "cover.living_room_blinds": "blinds",
        "cover.garage_door": "garage door",
        "climate.hallway": "thermostat",
        "lock.front_door": "front door",
        "media_player.living_room": "TV",
        "vacuum.robot": "robot",
        "sensor.bedroom_temperature": "bedroom temperature",
        "sensor.outdoor_humidity": "outdoor humidity",
        "binary_sensor.kitchen_motion": "kitchen motion",
        "scene.movie_time": "movie time",
        "scene.good_night": "good night",
    }
    assert all(e.names.get("de") for e in view.entities.values())
    assert all(a.names.get("de") for a in view.areas.values())
    assert house.scenes.problems(view) == []


def test_the_view_is_the_same_until_something_changes(house):
    view = house.home.view()
    assert house.home.view() is view
    house.home.add("hue", lamp("light.desk"))
    assert house.home.view() is not view
    assert "light.desk" not in view.entities


async def test_many_changes_are_announced_once(house, settled):
    for number in range(50):
        house.home.add("hue", lamp(f"light.n{number}"))
    await settled()
    assert [e.what for e in house.told(HomeChanged)] == ["home"]
    house.home.add("hue", lamp("light.n7"))  # nothing new
    await settled()
    assert len(house.told(HomeChanged)) == 1
    house.home.add("hue", lamp("light.n7", name="Other"))
    await settled()
    assert [(e.what, e.thing) for e in house.told(HomeChanged)][1:] == [("entity", "light.n7")]


async def test_two_integrations_with_one_id_lose_neither(house):
    first = house.home.add("hue", lamp("light.desk", name="Hue"))
    second = house.home.add("mqtt", lamp("light.desk", name="Zigbee"))
    assert (first, second) == ("light.desk", "light.desk_mqtt")
    assert house.home.add("mqtt", lamp("light.desk", name="Zigbee")) == second
    assert house.home.entity(second).name == "Zigbee"
    assert house.home.source(second) == ("mqtt", "light.desk")
    assert house.home.id_of("hue", "light.desk") == "light.desk"
    assert house.home.remove("mqtt", "light.desk") == second
    assert "light.desk" in house.home.view().entities


async def test_what_hearth_toml_defines_keeps_its_id(house):
    assert house.home.add("mqtt", lamp()) == "light.kitchen_mqtt"
    assert house.home.entity("light.kitchen").owner == "virtual"


async def test_after_a_restart_the_same_one_keeps_the_plain_id(furnish, tmp_path, settled, opened):
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database).overrides
        before = furnish(overrides=table)
        await before.home.load()
        before.home.add("hue", lamp("light.desk"))
        before.home.add("mqtt", lamp("light.desk"))
        while before.home._saving:
            await settled()

        after = furnish(overrides=table)
        await after.home.load()
        assert after.home.add("mqtt", lamp("light.desk")) == "light.desk_mqtt"
        assert after.home.add("hue", lamp("light.desk")) == "light.desk"


async def test_the_household_renames_and_it_lasts(furnish, tmp_path, opened):
    async with opened(tmp_path / "h.db") as database:
        table = HomeTable(database).overrides
        house = furnish(overrides=table)
        house.home.add("hue", lamp("light.desk", area="Office"))
        assert house.home.entity("light.desk").area == "office"
        changed = await house.home.override("light.desk", name="desk lamp", aliases=["work light"], area="bedroom")
        assert (changed.name, changed.aliases, changed.area) == ("desk lamp", ("work light",), "bedroom")

        again = furnish(overrides=table)
        await again.home.load()
        again.home.add("hue", lamp("light.desk"))
        assert again.home.entity("light.desk").name == "desk lamp"
        back = await again.home.override("light.desk", name=None)
        assert (back.name, back.area) == ("Hue lamp", "bedroom")


async def test_hearth_toml_wins_over_the_app(house):
    assert house.home.locked("light.kitchen")
    with pytest.raises(DeniedError):
        await house.home.override("light.kitchen", name="x")


async def test_an_entity_table_without_traits_describes_what_a_device_brought(furnish):
    settings = parse_settings(
        '[[area]]\nid = "den"\nname = "den"\n'
        '[[entity]]\nid = "lock.door"\nname = "back door"\narea = "den"\nexposed = true'
    ).settings
    house = furnish(settings)
    assert house.home.view().entities == {}
    assert virtual_config(settings) == {"entities": []}
    brought = Entity(id="lock.door", name="TTLock 0815", traits={"Lock": TraitConfig()}, device_class="lock")
    assert house.home.add("mqtt", brought) == "lock.door"
    entity = house.home.entity("lock.door")
    assert (entity.name, entity.area, entity.exposed, entity.owner) == ("back door", "den", True, "mqtt")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"area": "moon"}, ValueRefusedError),
        ({"name": "x" * 500}, ValueRefusedError),
        ({"name": 7}, ValueRefusedError),
        ({"source": "hue/light.x"}, ValueRefusedError),
        ({"colour": "red"}, ValueRefusedError),
    ],
)
async def test_what_cannot_be_set_is_refused_and_changes_nothing(house, fields, kind):
    house.home.add("hue", lamp("light.desk"))
    with pytest.raises(kind):
        await house.home.override("light.desk", **fields)
    assert house.home.entity("light.desk").name == "Hue lamp"


@pytest.mark.parametrize("name", ["", "  ", "x" * 1_000_000, "two\nlines"])
def test_names_that_nobody_could_say_are_refused(house, name):
    with pytest.raises(ValueRefusedError):
        house.home.add("hue", lamp("light.desk", name=name))
    assert "light.desk" not in house.home.view().entities


def test_names_are_data_whatever_they_look_like(house):
    for number, name in enumerate(("<b>x</b>", "\u202egnp.exe", "💡👩‍👩‍👧", "{% raw %}")):
        house.home.add("hue", lamp(f"light.n{number}", name=name))
        assert house.home.entity(f"light.n{number}").name == name


def test_an_area_that_only_a_device_knows_is_added(house):
    house.home.add("mqtt", lamp("light.shed", area="Garden  Shed"))
    assert house.home.entity("light.shed").area == "garden_shed"
    assert house.home.view().areas["garden_shed"].name == "Garden Shed"
    house.home.add("mqtt", lamp("light.bath", area="BATH"))
    assert house.home.entity("light.bath").area == "bathroom"


async def test_broken_rows_cost_only_themselves(furnish):
    class Rows:
        async def load(self):
            return {"light.a": {"name": 7}, "light.desk": {"name": "desk lamp"}}

        async def save(self, entity, fields): ...

    house = furnish(overrides=Rows())
    await house.home.load()
    house.home.add("hue", lamp("light.desk"))
    assert house.home.entity("light.desk").name == "desk lamp"


def test_what_is_not_there_is_named(house):
    with pytest.raises(NotFoundError, match=r"light\.moon"):
        house.home.entity("light.moon")
    assert house.home.remove("hue", "light.moon") is None
