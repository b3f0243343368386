from pathlib import Path

import pytest

from hub.core.errors import ManifestError
from hub.sdk.locale import parse_locale, read_locale
from hub.sdk.manifest import DeviceManifest, SkillManifest, parse_manifest, read_manifest

HEAD = 'id = "mine"\nname = "Mine"\nversion = "1"\napi = 1\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + 'descripton = "x"', "f:5: there is no field 'descripton' (did you mean 'description'?)"),
        (HEAD + '[[grant]]\nport = "say"\nwy = "x"', "f:7: there is no field 'wy' (did you mean 'why'?)"),
        (HEAD + "colour = 1", "f:5: there is no field 'colour' (see docs/skills.md for the fields)"),
        (HEAD + "name = ", "f:5: Invalid value (see docs/skills.md for the fields)"),
        (HEAD + "x = [", "f:5: Invalid value (see docs/skills.md for the fields)"),
        (
            HEAD.replace('"Mine"', "1"),
            "f:2: Expected `str`, got `int` - at `$.name` (see docs/skills.md",
        ),
    ],
)
def test_a_manifest_says_which_line_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text.encode(), "f", SkillManifest)
    assert str(caught.value).startswith(says)


def test_a_device_is_sent_to_its_own_guide() -> None:
    with pytest.raises(ManifestError, match=r"f:5: there is no field 'colour' \(see docs/devices\.md for the fields\)"):
        parse_manifest(f"{HEAD}colour = 1".encode(), "f", DeviceManifest)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("language: en\nx: [\n", r"^f:3: this is no YAML: [^\n]*$"),
        ("language: en\nreplys: {}\n", r"^f:2: there is no field 'replys' \(did you mean 'replies'\?\)$"),
        ("language: en\nintents:\n  go:\n    sentence: [go]\n", r"^f:4: there is no field 'sentence' \(did you mean"),
        ("language: en\nintents:\n  go:\n    sentences: go\n", r"^f:4: Expected `array`, got `str`"),
    ],
)
def test_a_locale_says_which_line_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ManifestError, match=says):
        parse_locale(text.encode(), "f")


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"skill\.toml: there is no such file \(write it; `hearth skill new`"):
        read_manifest(tmp_path / "skill.toml", SkillManifest)
    with pytest.raises(ManifestError, match=r"de\.yaml: there is no such file \(write it, or take 'de' out"):
        read_locale(tmp_path / "de.yaml")
    with pytest.raises(ManifestError, match="it cannot be read"):
        read_locale(tmp_path)
