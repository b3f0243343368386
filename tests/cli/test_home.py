"""`hearth home`: what there is, setting one, and whether a hearth.toml is sound."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import HOME
from tests.command import failed, hearth, lines_of


def in_home(home: Path) -> dict[str, dict[str, Any]]:
    ran = hearth("home", "--json", "--config", home)
    assert (ran.returncode, ran.stderr) == (0, "")
    return {line["entity"]: line for line in lines_of(ran)}


def test_every_entity_is_a_line(home: Path) -> None:
    found = in_home(home)
    assert sorted(found) == ["light.kitchen", "lock.front_door", "scene.broken", "sensor.outdoor"]
    light = {"entity": "light.kitchen", "name": "kitchen light", "kind": "light", "area": "kitchen", "available": True}
    assert {key: found["light.kitchen"][key] for key in light} == light
    assert set(found["light.kitchen"]["traits"]) == {"OnOff", "Level"}
    assert found["sensor.outdoor"]["traits"] == {"Measure": 12.5}
    plain = hearth("--config", str(home), "home").stdout
    assert plain.index("everywhere") < plain.index("12.5") < plain.index("kitchen light")


def test_what_is_set_stays_set(home: Path) -> None:
    ran = hearth("home", "set", "light.kitchen", "40%", "--json", "--config", home)
    assert (ran.returncode, ran.stderr) == (0, "")
    line = {"event": "command", "entity": "light.kitchen", "trait": "Level", "value": 40, "ok": True}
    assert lines_of(ran) == [line]
    assert in_home(home)["light.kitchen"]["traits"]["Level"] == 40


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("light.attic", "on"), 1, "there is no light.attic"),
        (("light.kitchen", "purple"), 2, "OnOff (true, false), Level (0 to 100)"),
        (("sensor.outdoor", "5"), 2, "can only be read"),
        (("light.kitchen", "500", "--trait", "Level"), 1, "from 0 to 100"),
        (("light.kitchen", "5", "--trait", "Volume"), 1, "it has OnOff, Level"),
        (("lock.front_door", "unlocked"), 1, "--yes"),
        (("scene.broken", "pressed"), 1, "there is no light.attic"),
    ],
)
def test_what_cannot_be_set_says_why(home: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    failed(hearth("home", "set", *arguments, "--config", home), words, code=code)


def test_what_is_risky_is_done_after_a_yes(home: Path) -> None:
    ran = hearth("home", "set", "lock.front_door", "unlocked", "--yes", "--config", home)
    assert (ran.returncode, ran.stdout) == (0, "lock.front_door Lock = unlocked\n")


def test_why_of_nothing_and_of_no_one(home: Path) -> None:
    ran = hearth("home", "why", "light.kitchen", "--config", home)
    assert ran.returncode == 0 and "light.kitchen" in ran.stdout
    failed(hearth("home", "why", "light.attic", "--config", home), "there is no light.attic", "`hearth home` lists")


def test_a_sound_file_is_said_to_be_sound(home: Path) -> None:
    (home / "hearth.toml").write_text(HOME.replace("light.attic", "light.kitchen"))
    ran = hearth("home", "check", home)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 areas, 4 entities, nothing wrong" in ran.stdout


BROKEN = """[[entity]]
id = "light.hall"
name = "hall light"
area = "kitchn"
traits = ["OnOf"]

[web]
prot = 80
"""


def test_a_broken_file_is_told_with_line_and_remedy(home: Path) -> None:
    path = home / "hearth.toml"
    path.write_text(HOME + BROKEN)
    first = len(HOME.splitlines())
    ran = hearth("home", "check", home)
    assert (ran.returncode, ran.stdout) == (1, "")
    by_place = {f"{path}:{first + 8}": "did you mean 'port'?", f"{path}:{first + 2}": "did you mean 'OnOff'?",
                str(path): "scene.broken acts on light.attic"}  # fmt: skip
    for line, (place, words) in zip(ran.stderr.splitlines(), by_place.items(), strict=True):
        assert line.startswith(f"{place}: ") and words in line
    ran = hearth("home", "check", path, "--json")
    failed(ran, str(path), "mistakes: 3")
    assert [line["place"] for line in lines_of(ran)] == list(by_place)
    assert all(line["problem"] and line["remedy"] for line in lines_of(ran))


def test_there_has_to_be_a_file(tmp_path: Path) -> None:
    failed(hearth("home", "check", tmp_path), "there is no", "hearth.toml", code=2)
    assert hearth("home", "check", tmp_path / "nowhere").returncode == 2
    (tmp_path / "hearth.toml").write_bytes(b"\xff\xfe")
    failed(hearth("home", "check", tmp_path), str(tmp_path / "hearth.toml"), "UTF-8")


def test_areas_are_lines_of_their_own_when_asked_for(home: Path) -> None:
    ran = hearth("home", "--areas", "--json", "--config", home)
    assert (ran.returncode, ran.stderr) == (0, "")
    found = {line["area"]: line for line in lines_of(ran)}
    assert found["kitchen"] == {"area": "kitchen", "name": "kitchen", "floor": "", "presence": None, "people": None}
    assert "kitchen" in hearth("home", "--areas", "--config", home).stdout


def test_an_empty_home_says_how_to_fill_it(tmp_path: Path) -> None:
    told = hearth("home", "--config", tmp_path)
    assert told.returncode == 0 and "nothing in it yet" in told.stdout and "hearth run" in told.stdout
    assert hearth("home", "--json", "--config", tmp_path).stdout == ""
