"""`hearth models`: what there is, and whether it is what its card says."""

import shutil
from pathlib import Path

import pytest

from hub.core.paths import model_cache
from hub.inference.store import ModelStore
from tests.command import failed, hearth, lines_of

TASKS = {"wake", "vad", "speech"}


def test_the_default_models_are_listed_and_here() -> None:
    ran = hearth("models", "list", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    models = lines_of(ran)
    assert {model["task"] for model in models if model["default"]} >= TASKS
    assert all(model["version"] and model["licence"] and model["size"] > 0 for model in models)
    assert [line.split()[0] for line in hearth("models", "list").stdout.splitlines()] == [m["name"] for m in models]


def test_models_are_what_their_cards_say_or_that_is_told(tmp_path: Path) -> None:
    name = "openwakeword"
    if ModelStore().verify(name)[0].state != "ready":
        pytest.skip(f"{name} is not here")
    ran = hearth("models", "verify", name, "--json")
    assert (ran.returncode, ran.stderr, [line["state"] for line in lines_of(ran)]) == (0, "", ["ready"])

    shutil.copytree(model_cache(), tmp_path / "models")
    victim = next((tmp_path / "models").rglob("hey_jarvis*.onnx"), None)
    if victim is None:
        pytest.skip(f"{name} is read from a library that is installed here, and not from a copy")
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    ran = hearth("models", "verify", "--json", HEARTH_MODELS=str(tmp_path / "models"))
    failed(ran, f"{name} is broken", f"hearth models pull {name}")
    [broken] = [line for line in lines_of(ran) if line["state"] == "broken"]
    assert broken["name"] == name and str(victim) in broken["problem"]

    failed(hearth("models", "verify", "nobody"), "there is no model 'nobody'", name)


def test_a_model_that_is_not_here_is_no_failure_unless_it_was_asked_for(tmp_path: Path) -> None:
    ran = hearth("models", "verify", "faster-whisper-tiny.en", "--json", HEARTH_MODELS=str(tmp_path))
    failed(ran, "faster-whisper-tiny.en is missing", "hearth models pull faster-whisper-tiny.en")
    assert [line["state"] for line in lines_of(ran)] == ["missing"]
