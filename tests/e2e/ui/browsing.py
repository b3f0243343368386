"""A real browser before a running hub's page: what it complains of, what it fetched, what axe finds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize, sync_playwright

from hub.web.page_files import FILES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BROWSES = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(not any(path.startswith("/ui/") for path in FILES), reason="the page is not built: make ui"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci in frontend/"),
]
"""The marks of a test that looks at the page."""
# Microphone and camera are played, and pages may have them.
_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
_ARGS = ["--no-sandbox", "--disable-dev-shm-usage", *_MEDIA]
SIZES = ((390, 844), (1280, 800))
_FINDINGS = """() => axe.run().then(found => found.violations.map(
    each => `${each.id}: ${each.help}: ${each.nodes.map(node => node.html.slice(0, 120)).join(" | ")}`))"""


class Visit:
    """One person's browser on the page of the hub at `url`."""

    def __init__(self, browser: Browser, url: str, *, goes_on: bool = False, locale: str = "en-GB") -> None:
        """`goes_on`: they go on where the browser does not know who made a certificate."""
        self.url = url
        self.complaints: list[str] = []
        self.fetched: dict[str, int] = {}
        """Path -> bytes on the wire, of every file of the page."""
        size: ViewportSize = {"width": 390, "height": 844}
        context = browser.new_context(viewport=size, locale=locale, ignore_https_errors=goes_on)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._came)

    def go(self, screen: str = "home") -> None:
        """Go to a screen as its link does."""
        self.page.goto(f"{self.url}#/{screen}")

    def axe(self, screen: str) -> list[str]:
        """What axe finds on the screen that is shown, on a phone and a desk, by day and by night."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(f"{AXE.read_text()}\n;undefined")
        found = []
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self.page.evaluate("() => new Promise(requestAnimationFrame)")
                found += [f"{screen} {width} {scheme}: {each}" for each in self.page.evaluate(_FINDINGS)]
                if self.page.evaluate("() => document.documentElement.scrollWidth") > width:
                    found.append(f"{screen} {width}: wider than the screen")
        return found

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium writes a line about every answer of 400 and more; what the page makes of these is seen on it.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _came(self, answer: Response) -> None:
        path = answer.url.removeprefix(self.url.rstrip("/"))
        if path in FILES:
            self.fetched[path] = int(answer.headers["content-length"])


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser; its own sandbox and shared memory need what a build machine may not give."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()
