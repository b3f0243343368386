"""A small home to run commands on."""

from pathlib import Path

import pytest

HOME = """
[[area]]
id = "kitchen"
name = "kitchen"

[[entity]]
id = "light.kitchen"
name = "kitchen light"
area = "kitchen"
traits = ["OnOff", "Level"]

[[entity]]
id = "lock.front_door"
name = "front door"
traits = ["Lock"]
exposed = true
initial = { Lock = "locked" }

[[entity]]
id = "sensor.outdoor"
name = "outdoor temperature"
traits = { Measure = { unit = "°C" } }
initial = { Measure = 12.5 }

[[entity]]
id = "scene.broken"
name = "broken scene"
traits = ["Press"]
scene = { "light.attic" = { OnOff = true } }
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "hearth.toml").write_text(HOME)
    return folder
