"""The reference is what the code writes."""

import subprocess
import sys
from pathlib import Path

from tests.docs.markdown import ROOT


def test_the_reference_is_what_the_code_writes(tmp_path: Path) -> None:
    # In a process of its own: tests define events of their own.
    command = [sys.executable, "-m", "hub.cli", "docs", str(tmp_path)]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "reference").iterdir()}
    assert set(committed) == set(written)
    differs = [name for name in written if written[name] != committed[name]]
    assert not differs, "run `make docs` and commit what it writes"


def test_every_setting_has_a_meaning() -> None:
    rows = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8").splitlines()
    assert [row for row in rows if row.startswith("| `") and row.endswith("|  |") and "`port`" not in row] == []
