import shutil
from pathlib import Path

import pytest

from hub.bench.start import run_once
from hub.core.bundled import bundled
from hub.core.errors import UnavailableError


def test_it_watches_a_hub_come_up_and_stop(tmp_path: Path) -> None:
    shutil.copy(bundled("config") / "demo" / "hearth.toml", tmp_path)
    found = run_once(tmp_path, ears=False)
    assert 0 < found["answers"] <= found["whole"]
    assert found["stop"] > 0
    assert 20 < found["memory"] < 1000  # MB: a Python process with a web server and a database in it
    assert "listening" not in found


def test_a_hub_that_does_not_come_up_is_an_error_and_not_a_figure(tmp_path: Path) -> None:
    (tmp_path / "hearth.toml").write_text('[web]\nhost = "192.0.2.1"\n')
    with pytest.raises(UnavailableError, match="did not come up"):
        run_once(tmp_path, ears=False)
