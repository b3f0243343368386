"""A home for a command alone: no hub, no other command, and not root in somebody else's."""

import os
from pathlib import Path

import pytest

from hub.cli.open_store import open_store, without_hub
from hub.core.errors import UnavailableError, UsageError
from hub.core.paths import HomePaths
from hub.core.running import the_only_hub
from hub.store.ledger import LedgerTable


async def test_the_store_of_a_home_is_made_where_there_is_none(home: Path) -> None:
    async with open_store(HomePaths(home)) as database:
        assert await LedgerTable(database).rows() == []
    assert (home / "hearth.db").is_file()


def test_a_hub_or_another_command_is_told_of(home: Path) -> None:
    paths = HomePaths(home)
    with the_only_hub(paths, "http://127.0.0.1:1/"), pytest.raises(UnavailableError, match="a hub runs over"):
        without_hub(paths).__enter__()
    with without_hub(paths), pytest.raises(UnavailableError, match="another command"):
        without_hub(paths).__enter__()
    with without_hub(paths):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could")
def test_root_leaves_somebody_elses_home_alone(home: Path) -> None:
    os.chown(home, 12_345, 12_345)
    with pytest.raises(UsageError, match="is not root's"):
        without_hub(HomePaths(home)).__enter__()
    assert not (home / "hub.running").exists()
