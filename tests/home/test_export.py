"""The home as a hearth.toml: what the store knows is in it, and it can be read back."""

from hub.core.settings_file import parse_settings
from hub.home.areas import Areas
from hub.home.export import as_toml
from hub.store.home_table import HomeTable


async def test_rooms_and_devices_that_were_added_are_written_and_read_back(furnish, tmp_path, opened, demo):
    async with opened(tmp_path / "h.db") as database:
        house = furnish(overrides=HomeTable(database).overrides)
        await Areas(house.home, HomeTable(database)).make("Attic", "upstairs", ["garret"])
        added = [
            ("mqtt", {"host": "broker", "password": "sesame", "timeout_s": 2.0}),
            ("lamps", {"host": "one"}),
            ("lamps", {"host": "two"}),
        ]
        text = as_toml(house.home.view(), demo, added)
    assert "# Not written: a second lamps" in text
    read = parse_settings(text)
    assert read.problems == ()
    attic = next(area for area in read.settings.area if area.id == "attic")
    assert (attic.name, attic.floor, attic.aliases) == ("Attic", "upstairs", ("garret",))
    assert [(broker.host, broker.password) for broker in read.settings.mqtt] == [("broker", "sesame")]
    assert read.settings.plugins.config == {"lamps": {"host": "one"}}
