"""An empty home is set up on its page, by keyboard alone, from nothing to a hub that speaks German."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.command import hearth
from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit

pytestmark = BROWSES
_FOCUSED = """() => {
    const { activeElement: it } = document;
    const labels = [...(it.labels ?? [])].map(label => label.textContent);
    return [it.getAttribute("aria-label"), ...labels, it.textContent].filter(Boolean).join(" ").trim();
}"""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    """A hub over a directory with nothing in it."""
    home = tmp_path / "home"
    home.mkdir()
    hub = RunningHub(home, "--deaf")
    yield hub
    hub.stop()


def _reach(page: Page, name: str) -> None:
    """Press Tab until what is focused has this name, or begins with it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if str(page.evaluate(_FOCUSED)).startswith(name):
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def _press(page: Page, name: str) -> None:
    _reach(page, name)
    page.keyboard.press("Enter")


def _tick(page: Page, name: str) -> None:
    _reach(page, name)
    page.keyboard.press("Space")


def _write(page: Page, name: str, text: str) -> None:
    _reach(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def _arrived(visit: Visit, step: str, said: str) -> None:
    """The step is there, a reader is told so and begins with it, and axe finds nothing."""
    visit.page.wait_for_selector(f"setup-{step} h1")
    expect(visit.page.locator(".setup header [role=status]")).to_have_text(said)
    expect(visit.page.locator("main")).to_be_focused()
    assert visit.axe(step) == []


def test_an_empty_home_is_set_up_by_keyboard(hub: RunningHub, browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, hub.url)
    page = visit.page
    page.goto(hub.url)
    page.wait_for_selector("#password")
    assert visit.axe("owner") == []
    _write(page, "Name", "Ada")
    _write(page, "Password", "seven blue teapots")
    page.keyboard.press("Enter")
    _it_learns_its_language_and_its_rooms(visit)
    _arrived(visit, "senses", "Schritt 4 von 6: Mikrofon und Kamera")
    _it_goes_on_elsewhere(hub, browser)
    page.reload()
    _press(page, "Bild zeigen")
    page.wait_for_function("() => document.querySelector('video')?.videoWidth > 0")
    assert visit.axe("camera") == []
    _press(page, "Beenden")
    _tick(page, "Der Hub hört")
    _press(page, "Weiter")
    _arrived(visit, "privacy", "Schritt 5 von 6: Privates")
    _tick(page, "Aus dem Gebrauch lernen")
    _press(page, "Weiter")
    _arrived(visit, "ready", "Schritt 6 von 6: Fertig")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fast fertig")
    _press(page, "Neu starten")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fertig", timeout=60_000)
    _press(page, "wie spät ist es")
    expect(page.locator(".answer")).to_contain_text("Es ist")
    assert visit.axe("ready") == []
    address = _it_is_opened_to_the_phone(visit)
    page.context.close()
    visit = _come_in(Visit(browser, address, goes_on=True))
    page = visit.page
    told = page.get_by_label("On your phone")
    expect(told).to_contain_text("Log in as you do here")
    expect(told).not_to_contain_text("when the hub starts anew")
    page.goto(f"{address}#/home")
    page.reload()
    page.wait_for_selector("setup-ready h1")
    _press(page, "To my home")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mühle")
    expect(page.get_by_role("link", name="Wintergarten")).to_be_visible()
    assert visit.axe("home") == []
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mühle")
    assert [each for each in visit.complaints if "WebSocket" not in each] == []
    visit.page.context.close()
    _it_is_the_hubs_own(tmp_path / "home")


def _it_learns_its_language_and_its_rooms(visit: Visit) -> None:
    page = visit.page
    _arrived(visit, "language", "Step 2 of 6: Language")
    _reach(page, "English")
    page.keyboard.press("ArrowDown")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    _press(page, "Weiter")
    _arrived(visit, "home", "Schritt 3 von 6: Zuhause und Räume")
    _write(page, "Name des Zuhauses", "Mühle")
    _write(page, "Ein weiterer Raum", "küche")
    page.keyboard.press("Enter")
    expect(page.get_by_label("küche", exact=True)).to_have_count(0)
    expect(page.get_by_label("Küche", exact=True)).to_be_checked()
    _write(page, "Ein weiterer Raum", "Wintergarten")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Wintergarten")).to_be_checked()
    _press(page, "Weiter")


def _it_is_opened_to_the_phone(visit: Visit) -> str:
    """The page says what a phone is to open and what it will ask, and where it is itself after the restart."""
    page = visit.page
    _press(page, "Auf dem Telefon öffnen")
    told = page.get_by_label("Auf dem Telefon")
    expect(told).to_contain_text("Freigegeben ist sie, sobald der Hub neu startet")
    expect(told.get_by_role("link", name="/ca.crt")).to_have_attribute("href", re.compile("^https://.*/ca.crt$"))
    assert visit.axe("phone") == []
    _press(page, "Neu starten")
    there = page.locator(".connection").get_by_role("link")
    expect(there).to_have_attribute("href", visit.url.replace("http:", "https:"))
    assert visit.axe("moving") == []
    assert [each for each in visit.complaints if "WebSocket" not in each] == []
    return visit.url.replace("http:", "https:")


def _come_in(visit: Visit) -> Visit:
    """The owner opens the page once the hub answers, and logs in; the page speaks English again there."""
    page = visit.page
    _open(visit)
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill("seven blue teapots")
    page.get_by_label("Password").press("Enter")
    page.wait_for_selector("setup-ready h1")
    return visit


def _open(visit: Visit) -> None:
    for _ in range(100):
        try:
            visit.page.goto(visit.url)
        except PlaywrightError:
            visit.page.wait_for_timeout(200)
        else:
            return
    raise AssertionError(f"{visit.url} does not answer")


def _it_goes_on_elsewhere(hub: RunningHub, browser: Browser) -> None:
    """The owner opens the page on another device, and is where they were; first they look at the home."""
    elsewhere = Visit(browser, hub.url).page
    elsewhere.goto(hub.url)
    elsewhere.get_by_label("Name").fill("Ada")
    elsewhere.get_by_label("Password").fill("seven blue teapots")
    elsewhere.keyboard.press("Enter")
    elsewhere.wait_for_selector("setup-senses h1")
    elsewhere.goto(f"{hub.url}#/home")  # a bookmark, which the set-up shows itself at until it is done
    elsewhere.reload()
    elsewhere.wait_for_selector("setup-senses h1")
    elsewhere.get_by_role("link", name="Look at the home first").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Mühle")
    elsewhere.get_by_role("link", name="Go on").click()
    elsewhere.wait_for_selector("setup-senses h1")
    elsewhere.context.close()


def _it_is_the_hubs_own(home: Path) -> None:
    """Commands see the same settings, and the home can be written out."""
    written = tomllib.loads(hearth("home", "export", "--config", str(home)).stdout)
    assert written["home"] == {"name": "Mühle", "language": "de"}
    assert written["voice"] == {"microphone": True}
    assert written["learning"] == {"enabled": False}
    assert written["web"] == {"host": "0.0.0.0", "tls": True}
    assert [area["name"] for area in written["area"]] == ["Küche", "Wintergarten"]
    assert json.dumps(written).count("Ada") == 0
