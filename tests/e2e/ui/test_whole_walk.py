"""A household's first day: an empty home comes to hear, switch, learn a skill, have two hubs and a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hub.plugins.packages.author_key import AuthorKey
from tests.e2e.running import HEARS, RunningHub
from tests.e2e.ui.browsing import BROWSES, CHROMIUM, Visit
from tests.e2e.ui.conftest import Start
from tests.e2e.ui.lamp import Lamp
from tests.e2e.ui.microphone_file import ARGS, FAKE, HALF_A_SECOND_PLAYED, microphone_file
from tests.mosquitto import MOSQUITTO, Broker
from tests.plugins.packages import crafted, skill_files
from tests.ports import free_ports

pytestmark = [
    *BROWSES,
    *HEARS,
    pytest.mark.broker,
    pytest.mark.skipif(not MOSQUITTO, reason="mosquitto is not installed"),
]
LONG_MS = 60_000
SECRET = "seven blue teapots"
HEARD = "hey jarvis, turn on the kitchen light"


@pytest.fixture
def lamp(tmp_path: Path) -> Iterator[tuple[Lamp, int]]:
    """A lamp called "kitchen light" on a broker, and the broker's port."""
    with Broker(tmp_path) as broker:
        lamp = Lamp(broker.port, "kitchen light")
        yield lamp, broker.port
        lamp.stop()


@contextmanager
def _empty_hub(home: Path, *options: str) -> Iterator[RunningHub]:
    """A hub over a home in which nothing stands but which ports are free on this machine."""
    home.mkdir()
    port, pairing, bulk = free_ports(3)
    place = f'host = "127.0.0.1"\nport = {port}\npairing_port = {pairing}\nbulk_port = {bulk}\n'
    (home / "hearth.toml").write_text(f"[swarm]\n{place}")
    hub = RunningHub(home, *options)
    try:
        yield hub
    finally:
        hub.stop()


def test_an_empty_home_becomes_a_whole_one(start: Start, lamp: tuple[Lamp, int], tmp_path: Path) -> None:
    neighbour = start()
    said = microphone_file(tmp_path / "said.wav", HEARD)
    heard = f"--use-file-for-fake-audio-capture={said}%noloop"
    with _empty_hub(tmp_path / "home") as hub, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *FAKE, heard])
        visit = Visit(browser, hub.url)
        page = visit.page
        _set_up(page, hub)
        _add_the_broker(page, lamp[1])
        _speak(visit, hub, lamp[0])
        _install(visit, tmp_path)
        _pair(visit, Visit(browser, neighbour.url), neighbour)
        backup = _back_up(visit, tmp_path)
        assert [each for each in visit.complaints if "WebSocket" not in each] == []
        with _empty_hub(tmp_path / "another", "--deaf") as another:
            _bring_back(Visit(browser, another.url), backup)
        browser.close()


def _set_up(page: Page, hub: RunningHub) -> None:
    page.goto(hub.url)
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Make me the owner").click()
    page.locator("setup-language").get_by_role("button", name="Next").click()
    page.get_by_label("Name of the home").fill("Mill")
    page.get_by_label("Kitchen", exact=True).check()
    for step in ("home", "senses", "privacy"):
        page.locator(f"setup-{step}").get_by_role("button", name="Next").click()
    page.get_by_role("button", name="what time is it").click()
    expect(page.locator(".answer")).to_contain_text("It is")
    page.get_by_role("button", name="To my home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mill")


def _add_the_broker(page: Page, port: int) -> None:
    page.get_by_role("link", name="Devices").click()
    page.get_by_role("button", name="MQTT").click()
    form = page.locator("#device")
    form.get_by_label("Port").fill(str(port))
    form.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="kitchen light").click()
    page.get_by_label("Room", exact=True).select_option("kitchen")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


def _speak(visit: Visit, hub: RunningHub, lamp: Lamp) -> None:
    hub.wait("healthz", lambda health: health["listening"] and health["names_known"])
    visit.go("voice")
    visit.page.get_by_role("switch", name="Listen all the time").check()
    expect(visit.page.locator(".talk")).to_contain_text("Turned on the kitchen light.", timeout=LONG_MS)
    visit.page.wait_for_function(HALF_A_SECOND_PLAYED, timeout=LONG_MS)
    visit.page.get_by_role("switch", name="Listen all the time").uncheck()
    assert lamp.state == "ON"
    visit.go("home")
    expect(visit.page.locator("[data-entity='light.kitchen_light']").get_by_role("switch")).to_be_checked()


def _install(visit: Visit, folder: Path) -> None:
    package = folder / "mine-1.0.hearthskill"
    package.write_bytes(crafted(skill_files("store"), AuthorKey.at(folder / "author.key"), id="mine"))
    visit.go("skills")
    visit.page.get_by_label("File").set_input_files(package)
    review = visit.page.locator(".review")
    expect(review).to_contain_text("Remember small things of its own")
    review.get_by_role("button", name="Install").click()
    expect(visit.page.locator("[data-skill='mine']")).to_contain_text("Running", timeout=LONG_MS)
    visit.go("voice")
    visit.page.get_by_label("Say something").fill("let it go")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".turns").first).to_contain_text("went")


def _pair(visit: Visit, other: Visit, neighbour: RunningHub) -> None:
    visit.go("hubs")
    visit.page.get_by_role("button", name="Work with other hubs").click()
    visit.page.get_by_role("button", name="Show a code").click(timeout=LONG_MS)
    code = visit.page.locator(".code output").inner_text()
    address = visit.page.locator(".code dd").last.inner_text().split(",")[0]
    other.go("hubs")
    other.page.get_by_label("Address").fill(address)
    other.page.get_by_label("Code").fill(code)
    other.page.get_by_role("button", name="Pair", exact=True).click()
    expect(visit.page.get_by_text("A hub came in.")).to_be_visible(timeout=LONG_MS)
    expect(visit.page.locator(".hub").filter(has_text="Reachable")).to_be_visible(timeout=LONG_MS)
    # The neighbour's things are this home's now.
    neighbour.wait("api/v1/entities/light.kitchen_light", lambda entity: entity.get("hub"))
    visit.go("home")
    expect(visit.page.locator("[data-entity='light.bedroom']")).to_be_visible(timeout=LONG_MS)
    other.page.context.close()
    assert other.complaints == []


def _back_up(visit: Visit, folder: Path) -> Path:
    visit.go("system")
    for name in ("Passphrase", "The same passphrase once more"):
        visit.page.get_by_label(name, exact=True).fill(SECRET)
    with visit.page.expect_download(timeout=LONG_MS) as coming:
        visit.page.get_by_role("button", name="Make and download a backup").click()
    coming.value.save_as(folder / "home.age")
    return folder / "home.age"


def _bring_back(visit: Visit, backup: Path) -> None:
    page = visit.page
    visit.go("setup")
    page.get_by_text("Or bring a home back").click()
    restore = page.locator("hearth-restore")
    restore.get_by_label("Backup").set_input_files(backup)
    restore.get_by_label("Passphrase").fill(SECRET)
    restore.get_by_role("button", name="Bring it back").click()
    page.get_by_role("heading", name="Welcome home").wait_for(timeout=LONG_MS)
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(SECRET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mill", timeout=LONG_MS)
    expect(page.locator("[data-entity='light.kitchen_light']").get_by_role("switch")).to_be_checked(timeout=LONG_MS)
    page.context.close()
