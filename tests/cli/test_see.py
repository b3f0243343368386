"""`hearth see` before it looks: what is asked of it, and whether it can."""

import os
import shutil
from pathlib import Path

import pytest

from hub.core.bundled import bundled
from hub.core.paths import model_cache
from hub.inference.store import ModelStore
from tests.command import failed, hearth

THUMB = bundled("config") / "demo" / "films" / "thumb_up.mp4"


def test_without_a_file_it_says_what_it_takes() -> None:
    ran = hearth("see", "--json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "FILES" in ran.stderr
    assert "gestures" in hearth("see", "--help").stdout


def test_without_its_models_it_says_what_to_do(home: Path, tmp_path: Path) -> None:
    failed(hearth("see", "--config", home, "--json", THUMB, HEARTH_MODELS=str(tmp_path / "none")), "hearth models pull")


@pytest.mark.eyes
def test_models_that_were_changed_are_not_used(home: Path, tmp_path: Path) -> None:
    if ModelStore().verify("mediapipe-hands")[0].state != "ready":
        pytest.skip("the models are not here: `hearth models pull`")
    models = shutil.copytree(model_cache(), tmp_path / "models", copy_function=os.symlink)
    palm = next(models.rglob("palm_detection_full.tflite"))
    changed = bytearray(palm.read_bytes())
    changed[-1] ^= 1
    palm.unlink()
    palm.write_bytes(changed)
    failed(hearth("see", "--config", home, "--json", THUMB, HEARTH_MODELS=str(models)), "mediapipe-hands")
