"""Areas made while a hub stood alone, and what it knows of the others' when it stands alone again."""

from hub.core.entities import Area, Person
from tests.swarm.hubs import House, home


async def test_a_room_made_alone_is_shared_later_and_one_made_elsewhere_is_kept_for_when_it_is_alone(tmp_path):
    async with House({"a": home(), "b": home()}, where=tmp_path) as house:
        await house.tables["a"].set_area(Area(id="attic", name="Attic"))
        await house.tables["a"].set_person(Person(id="kim", name="Kim"))
        await house.restart("a")
        await house.settle()
        assert house["b"].home.view().areas["attic"].name == "Attic"
        assert "kim" in house["b"].home.view().people
        await house["b"].shared.set_area(Area(id="attic", name="Loft"))
        await house["b"].shared.set_area(Area(id="shed", name="Shed"))
        await house.settle()
        assert {i: a.name for i, a in (await house.tables["a"].areas()).items()} == {"attic": "Loft", "shed": "Shed"}
        await house["b"].shared.delete_area("attic")
        await house.settle()
        await house.restart("a")
        await house.settle()
        assert set(await house.tables["a"].areas()) == {"shed"} == set(await house.tables["b"].areas())


async def test_what_cannot_be_shared_stays_where_it_was_made(tmp_path):
    async with House({"a": home(), "b": home()}, where=tmp_path) as house:
        await house.tables["a"].set_area(Area(id="attic", name="two\x00"))
        await house.restart("a")
        await house.settle()
        assert "attic" not in house["b"].home.view().areas
        assert "attic" in house["a"].home.view().areas
        assert "attic" in await house.tables["a"].areas()


async def test_a_room_removed_alone_stays_removed_at_every_hub_and_one_made_anew_is_there(tmp_path):
    async with House({"a": home(), "b": home()}, where=tmp_path) as house:
        for key in ("attic", "shed"):
            await house["a"].shared.set_area(Area(id=key, name=key.title()))
        await house.settle()
        table = house.tables["b"]
        assert await table.delete_area("attic") and await table.delete_area("shed")
        await table.set_area(Area(id="shed", name="Shed"))
        await house.restart("b")
        await house.settle()
        for hub in ("a", "b"):
            assert {"attic", "shed"} & set(house[hub].home.view().areas) == {"shed"}
            assert set(await house.tables[hub].areas()) == {"shed"}
        assert await house.tables["b"].removed("area") == []
