"""What `hearth doctor` says of skills that did not come with the hub."""

from pathlib import Path

import pytest

from hub.cli.doctor.finding import Finding
from hub.cli.doctor.skill_checks import caging
from hub.core.paths import HomePaths
from hub.core.settings import PluginSettings, Settings
from hub.guard.zygote import zygote
from tests.plugins.packages import skill_files, write_folder


async def finding(home: Path, *, insists: bool = False) -> Finding:
    settings = Settings(plugins=PluginSettings(allow_uncaged=insists))
    [found] = [each async for each in caging(settings, HomePaths(home))]
    return found


@pytest.mark.sealed
async def test_a_cage_is_really_tried(tmp_path: Path) -> None:
    assert "none but the hub's own" in (await finding(tmp_path)).detail
    write_folder(tmp_path / "skills" / "mine", skill_files())
    found = await finding(tmp_path)
    assert (found.level, found.detail.partition(";")[0]) == ("ok", "1 that did not come with the hub")


@pytest.mark.parametrize(
    ("skills", "insists", "level"), [(0, False, "absent"), (1, False, "broken"), (0, True, "broken")]
)
async def test_where_there_is_none_it_says_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skills: int, insists: bool, level: str
) -> None:
    monkeypatch.setattr(zygote, "this_architecture", lambda: None)
    if skills:
        write_folder(tmp_path / "skills" / "mine", skill_files())
    found = await finding(tmp_path, insists=insists)
    assert found.level == level
    assert ("allow_uncaged" in found.mend) == insists


@pytest.mark.sealed
async def test_plugins_whose_code_is_of_no_use_are_named_with_the_line(tmp_path: Path) -> None:
    write_folder(tmp_path / "skills" / "mine", skill_files())
    write_folder(tmp_path / "skills" / "odd", {**skill_files(name="odd"), "skill.py": b"\ndef go(:"})
    lamp = {"device.toml": b'id = "lamp"\nname = "L"\nversion = "1"\napi = 1\n', "integration.py": b"import lost"}
    write_folder(tmp_path / "devices" / "lamp", lamp)
    settings = Settings(plugins=PluginSettings())
    caged, *broken = [each async for each in caging(settings, HomePaths(tmp_path))]
    assert caged.level == "ok"
    assert [(each.check, each.level, each.detail.partition(": ")[0]) for each in broken] == [
        ("plugin odd", "broken", f"{tmp_path / 'skills' / 'odd' / 'skill.py'}:2"),
        ("plugin lamp", "broken", f"{tmp_path / 'devices' / 'lamp' / 'integration.py'}:1"),
    ]
