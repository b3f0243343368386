"""ONNX Runtime sends usage data from the moment of its import, unless it is told not to."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_only_one_place_imports_it() -> None:
    imports = re.compile(r"^\s*(import onnxruntime|from onnxruntime)", re.MULTILINE)
    found = [p for folder in ("hub", "skills", "devices") for p in (ROOT / folder).rglob("*.py")]
    assert [p.relative_to(ROOT).as_posix() for p in found if imports.search(p.read_text())] == [
        "hub/inference/runtime.py"
    ]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_it_reaches_for_no_network_and_leaves_no_file(tmp_path: Path) -> None:
    program = """
import time
from hub.inference.providers import probe_network
from hub.inference.sessions import Sessions
Sessions().open(probe_network())
time.sleep(2)
"""
    trace = tmp_path / "trace"
    home = tmp_path / "home"
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=%network", sys.executable, "-c", program]
    subprocess.run(command, check=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "HOME": str(home)})
    assert "AF_INET" not in trace.read_text()
    assert not home.exists()


@pytest.mark.sealed
def test_a_hub_that_hears_does_not_load_it() -> None:
    program = """
import asyncio, sys
from hub.app import Parts, running_hub
from hub.cli.choose_home import chosen_home
async def look(paths):
    async with running_hub(paths, Parts.VOICE) as hub:
        assert hub.ears is not None and hub.ears.sealed
        print(sorted({"onnxruntime", "mediapipe", "cv2", "pocketsphinx"} & set(sys.modules)))
with chosen_home("demo") as paths:
    asyncio.run(look(paths))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert ran.stdout.splitlines()[-1:] == ["[]"], ran.stderr
