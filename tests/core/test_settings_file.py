from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import SettingsError
from hub.core.settings import Settings, json_schema
from hub.core.settings_file import load_settings, parse_settings

GOOD = """
[home]
name = "Ours"

[[area]]
id = "kitchen"
name = "Kitchen"

[[entity]]
id = "light.kitchen"
name = "kitchen light"
area = "kitchen"
traits = ["OnOff", "Level"]

[[entity]]
id = "climate.hall"
name = "thermostat"
traits = { Setpoint = { min = 10, max = 25 } }
"""


def test_a_good_file_has_no_problems() -> None:
    loaded = parse_settings(GOOD)
    assert loaded.problems == ()
    assert [e.id for e in loaded.settings.entity] == ["light.kitchen", "climate.hall"]
    assert loaded.settings.web.port == 8420


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "hearth.toml").settings == Settings()


@pytest.mark.parametrize(
    ("extra", "line", "words"),
    [
        ("[web]\nport = 99999", 21, "port"),
        ("[web]\nprot = 80", 21, "did you mean 'port'?"),
        ("[wbe]\nport = 80", 20, "did you mean 'web'?"),
        ("[[entity]]\nid = 'light.x'\nname = 5", 22, "name"),
        ("[[entity]]\nid = 'light.x'\nname = 'x'\narea = 'kitchn'", 21, "did you mean 'kitchen'?"),
        ("[[entity]]\nid = 'light.x'\nname = 'x'\ntraits = ['OnOf']", 21, "did you mean 'OnOff'?"),
        ("[[entity]]\nid = 'Light X'\nname = 'x'", 21, "not an entity id"),
        ("[[entity]]\nid = 'light.kitchen'\nname = 'again'", 21, "stands twice"),
        ("[[entity]]\nid = 'light.x'\nname = 'x", 22, "at end of document"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_rest_counts(extra: str, line: int, words: str) -> None:
    loaded = parse_settings(GOOD + "\n" + extra + "\n", "home/hearth.toml")
    [problem] = loaded.problems
    assert problem.place == f"home/hearth.toml:{line}"
    assert words in str(problem)
    assert len(loaded.settings.entity) == 2


def test_a_name_of_which_there_is_none_yet_is_to_be_defined() -> None:
    [problem] = parse_settings('[[entity]]\nid = "light.x"\nname = "x"\narea = "attic"\n').problems
    assert problem.remedy == "there is none yet: define it"


def test_a_header_inside_a_long_string_is_no_table() -> None:
    loaded = parse_settings('[home]\nname = """\n[web]\n"""\n')
    assert loaded.problems == ()
    assert loaded.settings.home.name == "[web]\n"


def test_a_file_of_an_editor_that_marks_its_files_is_read_as_any(tmp_path: Path) -> None:
    path = tmp_path / "hearth.toml"
    path.write_bytes(b'\xef\xbb\xbf[home]\r\nname = "Notepad"\r\n')
    loaded = load_settings(path)
    assert (loaded.settings.home.name, loaded.problems) == ("Notepad", ())


def test_a_file_that_is_not_text_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "hearth.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"hearth\.toml"):
        load_settings(path)


@given(st.text(alphabet=st.sampled_from(list('[]="\n#abe .,{}12')), max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    for problem in parse_settings(text).problems:
        assert problem.place.startswith("hearth.toml:")


def test_the_schema_is_published() -> None:
    assert "Settings" in json_schema()["$ref"]
