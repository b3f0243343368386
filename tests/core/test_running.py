"""Which hub runs over a home."""

from pathlib import Path

import pytest

from hub.core.errors import StoreError, UsageError
from hub.core.paths import HomePaths
from hub.core.running import running_at, the_only_hub


def test_one_hub_runs_over_a_home_and_says_where(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    assert running_at(paths) is None
    with the_only_hub(paths, "http://127.0.0.1:1/"):
        assert running_at(paths) == "http://127.0.0.1:1/"
        with pytest.raises(UsageError, match="runs over"), the_only_hub(paths, "http://127.0.0.1:2/"):
            pass
    assert running_at(paths) is None


def test_a_home_that_cannot_be_written_to_says_what_to_do(tmp_path: Path) -> None:
    """As root writes to every directory, one is not there at all."""
    with pytest.raises(StoreError) as told, the_only_hub(HomePaths(tmp_path / "nowhere"), "http://127.0.0.1:1/"):
        pass
    assert told.value.place.endswith("hub.running")
    assert "may write to" in told.value.remedy
