"""Takes the pictures of the page in README.md and docs/ui.md: `python -m tests.e2e.ui.pictures`."""

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from hub.core.bundled import bundled
from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import browsing

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1120, "height": 880}


def _home(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Not now").click()
    page.screenshot(path=PICTURES / "ui-home.png")


def _thing(page: Page, url: str) -> None:
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="dark")
    page.goto(f"{url}#/entity/light.living_room")
    page.get_by_label("Show").select_option("Level")
    page.wait_for_selector("hearth-plot canvas")
    time.sleep(0.5)
    page.screenshot(path=PICTURES / "ui-thing.png")


def _talk(page: Page, url: str) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.goto(f"{url}#/voice")
    page.reload()
    for sentence in ("make me a sandwich", "turn on the kitchen light"):
        page.get_by_label("Say something").fill(sentence)
        page.keyboard.press("Enter")
        page.get_by_text(f"“{sentence}”").wait_for()
    time.sleep(0.5)
    page.locator("hearth-turns").evaluate("(turns) => turns.scrollIntoView()")
    page.screenshot(path=PICTURES / "ui-talk.png")


def _screen(page: Page, url: str, screen: str, shows: str, *, dark: bool = False) -> None:
    """A screen from its beginning, on a phone, once it shows this."""
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(f"{url}#/{screen}")
    page.get_by_text(shows).first.wait_for()
    page.get_by_text("Looking around").wait_for(state="hidden")
    time.sleep(0.5)
    page.screenshot(path=PICTURES / f"ui-{screen}.png")


def _setup(browser: Browser) -> None:
    """A home that is being set up, at its rooms."""
    with tempfile.TemporaryDirectory() as folder:
        hub = RunningHub(Path(folder), "--deaf")
        try:
            page = browser.new_page(locale="en-GB", viewport=PHONE)
            page.goto(hub.url)
            page.get_by_label("Name").fill("Ada")
            page.get_by_label("Password").fill("seven blue teapots")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Next").click()
            for room in ("Kitchen", "Living room", "Bedroom"):
                page.get_by_label(room).check()
            page.get_by_label("Another room").fill("Winter garden")
            page.keyboard.press("Enter")
            page.screenshot(path=PICTURES / "ui-setup.png")
        finally:
            hub.stop()


def main() -> None:
    """Start hubs over a new home and the demo's, live in it for some seconds, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        _setup(browser)
        shutil.copy(bundled("config") / "demo" / "hearth.toml", folder)
        hub = RunningHub(Path(folder), "--deaf")
        try:
            hub.wait("healthz", lambda health: health["status"] == "ok")
            page = browser.new_page(locale="en-GB")
            page.goto(hub.url)
            page.wait_for_selector(".thing")
            _home(page)
            for level in (20, 65, 40, 90):
                hub.post("api/v1/say", text=f"set the living room light to {level} percent")
                time.sleep(4)
            _thing(page, hub.url)
            _talk(page, hub.url)
            _screen(page, hub.url, "devices", "Works")
            _screen(page, hub.url, "privacy", "What is kept", dark=True)
            _screen(page, hub.url, "skills", "Running")
            _screen(page, hub.url, "gestures", "Open palm", dark=True)
        finally:
            hub.stop()


if __name__ == "__main__":
    main()
