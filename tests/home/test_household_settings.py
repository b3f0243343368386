"""What the household sets in the app: kept, told, applied, and there again after kill -9."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.app import Parts, running_hub
from hub.core.entities import Area, HomeView
from hub.core.errors import DeniedError, HearthError, NotFoundError, ValueRefusedError
from hub.core.paths import HomePaths
from hub.core.settings_file import parse_settings
from hub.home.export import as_toml
from hub.home.first_steps import DONE, FirstSteps
from hub.home.household_settings import HouseholdSettings
from hub.store.database import Database
from hub.store.early_settings import early_settings
from hub.store.home_table import HomeTable

FIST = {"name": "fist", "say": "lights off"}


async def _keeper(database: Database, text: str = "") -> HouseholdSettings:
    keeper = HouseholdSettings(parse_settings(text), HomeTable(database))
    await keeper.load()
    return keeper


def _value(keeper: HouseholdSettings, key: str) -> Any:
    return next(setting.value for setting in keeper.settings() if setting.form.key == key)


async def test_changes_are_kept_and_say_whether_they_wait(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    keeper = await _keeper(database)
    told: list[Any] = []
    keeper.at_once("home.name", told.append)
    await keeper.change({"home.name": "Mill"})
    assert told == ["Mill"] and not keeper.restart
    await keeper.change({"gesture": [FIST], "voice.silence_ms": 900})
    assert keeper.restart
    assert {setting.form.key for setting in keeper.settings() if setting.waits} == {"gesture", "voice.silence_ms"}
    again = await _keeper(database)
    assert not again.restart
    assert (_value(again, "home.name"), _value(again, "gesture")) == ("Mill", [FIST])
    await again.change({"gesture": None, "home.name": None})
    assert [setting.form.key for setting in (await _keeper(database)).settings() if setting.kept] == [
        "voice.silence_ms"
    ]
    await database.close()


@pytest.mark.parametrize(
    ("changes", "error", "names"),
    [
        ({"home.name": "Mill", "voice.silence_ms": 1}, ValueRefusedError, "voice.silence_ms"),
        ({"home.name": "Mill", "home.language": "de"}, DeniedError, "home.language"),
        ({"home.name": "Mill", "web.port": 80}, NotFoundError, "web.port"),
        ({"home.name": "Mill", "gesture": [FIST, FIST]}, ValueRefusedError, "gesture"),
    ],
)
async def test_a_change_is_taken_whole_or_not_at_all(
    tmp_path: Path, changes: dict[str, Any], error: type[HearthError], names: str
) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    keeper = await _keeper(database, '[home]\nlanguage = "en"\n')
    with pytest.raises(error, match=names):
        await keeper.change(changes)
    assert _value(keeper, "home.name") == _value(await _keeper(database), "home.name") == "Home"
    await database.close()


async def test_a_hub_runs_with_them_and_export_writes_them(tmp_path: Path) -> None:
    (tmp_path / "hearth.toml").write_text("[learning]\nenabled = false\n")
    database = await Database.open(tmp_path / "hearth.db")
    rows = {"home.language": "de", "home.name": "Mühle", "gesture": [FIST], "learning.enabled": True, "voice.tts": "x"}
    await HomeTable(database).change_rows([("setting", f"toml.{key}", value) for key, value in rows.items()])
    await database.close()
    async with running_hub(HomePaths(tmp_path), Parts.HOME) as hub:
        settings = hub.settings
        written = as_toml(hub.home.view(), settings)
    assert (settings.home.language, settings.learning.enabled, settings.voice.tts) == ("de", False, "auto")
    assert parse_settings(written).settings == settings
    assert "Mühle" in written and "lights off" in written


async def test_they_are_seen_before_the_store_is_open(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    assert early_settings(path) == {}
    assert not path.exists()
    database = await Database.open(path)
    await HomeTable(database).set_setting("toml.home.name", "Mühle")
    assert early_settings(path) == {"toml.home.name": "Mühle"}
    await database.close()
    assert early_settings(path) == {"toml.home.name": "Mühle"}
    path.write_bytes(b"no database at all" * 300)
    assert early_settings(path) is None


WRITER = """
import asyncio, sys
from hub.core.settings_file import parse_settings
from hub.home.household_settings import HouseholdSettings
from hub.store.database import Database
from hub.store.home_table import HomeTable

async def main(path):
    keeper = HouseholdSettings(parse_settings(""), HomeTable(await Database.open(path)))
    await keeper.load()
    for n in range(100, 3000):
        await keeper.change({"voice.silence_ms": n, "home.name": str(n)})
        print(n, flush=True)

asyncio.run(main(sys.argv[1]))
"""


async def test_kill_9_loses_no_setting_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = 0
    for number, line in enumerate(process.stdout):
        if number == 30:
            process.send_signal(signal.SIGKILL)
        last = int(line) if line.endswith("\n") else last
    process.stdout.close()
    assert process.wait(30) == -signal.SIGKILL
    database = await Database.open(path)
    keeper = await _keeper(database)
    assert last <= _value(keeper, "voice.silence_ms") <= last + 1
    assert _value(keeper, "home.name") == str(_value(keeper, "voice.silence_ms"))
    await database.close()


async def test_first_steps_are_for_a_home_with_nothing_in_it_and_go_on_where_they_were(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    table, view = HomeTable(database), HomeView()
    assert await FirstSteps(table, lambda: view).step() == ""
    furnished = HomeView(areas={"kitchen": Area(id="kitchen", name="kitchen")})
    assert await FirstSteps(table, lambda: furnished).step() == DONE
    await FirstSteps(table, lambda: view).go_on("senses")
    assert await FirstSteps(table, lambda: furnished).step() == "senses"
    await database.close()
