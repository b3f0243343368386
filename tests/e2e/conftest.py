"""Homes to run a hub over, and the hubs themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.demo_home import demo_folder
from tests.e2e.running import RunningHub

Run = Callable[..., RunningHub]


@pytest.fixture
def demo_home(tmp_path: Path) -> Path:
    """A home like the demo's."""
    return demo_folder(tmp_path / "home")


@pytest.fixture
def run() -> Iterator[Run]:
    """`run(home)` starts a hub; at the end it must stop well."""
    started: list[RunningHub] = []

    def start(home: Path, *options: str) -> RunningHub:
        started.append(RunningHub(home, *options))
        return started[-1]

    yield start
    for hub in started:
        hub.stop()
