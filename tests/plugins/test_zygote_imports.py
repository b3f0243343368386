"""What the zygote imports is time for the first cage, and memory for all: the standard library, msgspec and the SDK."""

import json
import subprocess
import sys
from pathlib import Path

from hub.plugins.cage.caged_main import PRELOAD

ROOT = Path(__file__).parents[2]
KNOWN = {"hub", "msgspec", "typing_extensions"}  # the last is msgspec's
ROOMS = {"hub.core", "hub.sdk", "hub.guard", "hub.plugins"}
SHOW = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
for name in ("hub.guard.zygote.main", *sys.argv[2:]):
    importlib.import_module(name)
print(json.dumps([name for name in sys.modules if "." in name or name not in sys.stdlib_module_names]))
"""


def test_the_zygote_imports_little() -> None:
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path[:0] = {sys.path!r}\n{SHOW}",
        str(ROOT),
        *PRELOAD,
    ]
    loaded = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    strangers = {name.partition(".")[0] for name in loaded} - KNOWN - set(sys.stdlib_module_names) - {"__main__"}
    assert strangers == set()
    rooms = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("hub.")}
    assert rooms <= ROOMS
    assert "hub.core.bus" not in loaded
