"""What the docs show in other languages than the shell's is sound."""

import json
import tomllib
from pathlib import Path

import pytest

from hub.core.settings_file import parse_settings
from hub.sdk.manifest import DeviceManifest, SkillManifest, read_manifest
from hub.sdk.safe_yaml import load_yaml
from tests.docs.markdown import PAGES, Block, blocks

BLOCKS = [b for page in PAGES for b in blocks(page)]
LANGUAGES = {"", "sh", "toml", "python", "yaml", "json", "text", "ini", "js"}
MANIFESTS = {"skill.toml": SkillManifest, "device.toml": DeviceManifest}


def of(language: str) -> list[Block]:
    return [b for b in BLOCKS if b.language == language]


def test_every_block_is_of_a_language_that_is_checked() -> None:
    assert {b.place: b.language for b in BLOCKS if b.language not in LANGUAGES} == {}


@pytest.mark.parametrize("block", of("toml"), ids=lambda b: b.place)
def test_settings_and_manifests_are_sound(block: Block, tmp_path: Path) -> None:
    tomllib.loads(block.text)
    name = Path(block.file).name
    if name in MANIFESTS:
        (tmp_path / name).write_text(block.text)
        read_manifest(tmp_path / name, MANIFESTS[name])
    else:
        loaded = parse_settings(block.text, block.place)
        assert [str(problem) for problem in loaded.problems] == []


@pytest.mark.parametrize("block", of("python"), ids=lambda b: b.place)
def test_code_compiles(block: Block) -> None:
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("block", of("yaml"), ids=lambda b: b.place)
def test_yaml_parses(block: Block) -> None:
    assert load_yaml(block.text, block.place)


@pytest.mark.parametrize("block", of("json"), ids=lambda b: b.place)
def test_json_parses(block: Block) -> None:
    try:
        json.loads(block.text)
    except json.JSONDecodeError:
        for line in block.text.splitlines():
            json.loads(line)
