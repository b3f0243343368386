"""One browser, and one hub that the tests of the page share."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from hub.core.bundled import bundled
from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import Visit, browsing
from tests.ports import free_ports

Start = Callable[..., RunningHub]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser. Not for longer: while it is there no test may have an event loop of its own."""
    with browsing() as found:
        yield found


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """`start()` runs a hub over a home like the demo's that takes other hubs in; at the end it must stop well.

    `start(more)` adds tables to its hearth.toml.
    """
    started: list[RunningHub] = []

    def begin(more: str = "") -> RunningHub:
        home = tmp_path_factory.mktemp("home")
        shutil.copy(bundled("config") / "demo" / "hearth.toml", home)
        port, pairing, bulk = free_ports(3)
        with (home / "hearth.toml").open("a") as settings:
            settings.write(f"\n[swarm]\nenabled = true\nname = 'kitchen'\nport = {port}\n")
            settings.write(f"pairing_port = {pairing}\nbulk_port = {bulk}\n{more}")
        hub = RunningHub(home, "--deaf")
        started.append(hub)
        hub.wait("healthz", lambda health: health["status"] == "ok")
        return hub

    yield begin
    for hub in started:
        hub.stop()


@pytest.fixture(scope="session")
def hub(start: Start) -> RunningHub:
    return start()


@pytest.fixture
def visit(browser: Browser, hub: RunningHub) -> Iterator[Visit]:
    """Somebody opens the page; at the end their browser has nothing to complain of, a breach of the policy least."""
    visit = Visit(browser, hub.url)
    yield visit
    visit.page.context.close()
    assert visit.complaints == []
