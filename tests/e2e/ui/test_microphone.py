"""The page as a microphone: a real browser hears somebody, a real hub understands and answers aloud."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from hub.core.bundled import bundled
from tests.e2e.running import HEARS, RunningHub
from tests.e2e.ui.browsing import BROWSES, CHROMIUM, Visit
from tests.e2e.ui.microphone_file import ARGS, FAKE, HALF_A_SECOND_PLAYED, microphone_file

pytestmark = [*BROWSES, *HEARS]
PATIENCE_MS = 30_000
TAPS = 3  # a machine that does much else may lose sound: then somebody says it again
NAME = "hearth.test"  # as another machine calls the hub


@pytest.fixture(scope="module")
def hearing_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """The demo home with ears."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(bundled("config") / "demo" / "hearth.toml", home)
    with (home / "hearth.toml").open("a") as settings:
        settings.write(f'\n[web]\nnames = ["{NAME}"]\n')
    hub = RunningHub(home)
    hub.wait_until_it_hears()
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody says, as a file that a browser's microphone hears again and again."""
    return microphone_file(tmp_path_factory.mktemp("said") / "said.wav", "hey jarvis, turn on the kitchen light")


@pytest.fixture(scope="module")
def playwright(said: Path) -> Iterator[Playwright]:
    """Begun after the file is made: its event loop lets no other run."""
    with sync_playwright() as started:
        yield started


@contextmanager
def _visit(playwright: Playwright, url: str, args: Sequence[str]) -> Iterator[Visit]:
    browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *args])
    visit = Visit(browser, url)
    visit.go("voice")
    try:
        yield visit
    finally:
        browser.close()
    assert visit.complaints == []


def test_the_page_wakes_understands_does_it_and_answers_aloud(
    playwright: Playwright, hearing_hub: RunningHub, said: Path
) -> None:
    """While another microphone of the page, which is only tried, hears the same and does nothing."""
    heard = f"--use-file-for-fake-audio-capture={said}"
    with _visit(playwright, hearing_hub.url, (*FAKE, heard)) as visit:
        page = visit.page
        talk, tried = page.locator(".talk"), page.locator("hearth-microphone-test")
        page.get_by_text("Try the microphone").click()
        tried.get_by_role("button", name="Try it").click()
        page.get_by_role("switch", name="Listen all the time").check()
        expect(talk.get_by_role("status")).to_have_text("Say “hey jarvis”", timeout=PATIENCE_MS)
        expect(tried.get_by_role("meter")).to_be_visible(timeout=PATIENCE_MS)
        hearing_hub.wait("api/v1/entities/light.kitchen", lambda entity: entity["traits"]["OnOff"] is True)
        expect(talk).to_contain_text("“turn on the kitchen light”", timeout=PATIENCE_MS)
        expect(talk).to_contain_text("Turned on the kitchen light.", timeout=PATIENCE_MS)
        expect(tried.locator("[data-heard]")).to_have_text("“turn on the kitchen light”", timeout=PATIENCE_MS)
        page.wait_for_function(HALF_A_SECOND_PLAYED)
        assert visit.axe("voice, answered") == []
        page.get_by_role("link", name="Home").click()
        sign = page.get_by_role("complementary", name="Talk to it here")
        expect(sign).to_contain_text("Say “hey jarvis”", timeout=PATIENCE_MS)
        assert visit.axe("home, listening") == []
        sign.get_by_role("button", name="Stop listening").click()
        expect(sign).to_have_count(0)
        page.get_by_role("link", name="Talk").click()
        expect(talk.get_by_role("status")).to_have_text("Not listening", timeout=PATIENCE_MS)
        hearing_hub.post("api/v1/commands", entity="light.kitchen", trait="OnOff", value=False)
        for _ in range(TAPS):
            # The device is opened anew, and hears the file from its beginning.
            page.get_by_role("button", name="Tap and talk").click()
            expect(page.get_by_role("button", name="That was all")).to_be_visible(timeout=PATIENCE_MS)
            expect(talk.get_by_role("status")).to_have_text("Not listening", timeout=PATIENCE_MS)
            if hearing_hub.get("api/v1/entities/light.kitchen")["traits"]["OnOff"]:
                return
    raise AssertionError(f"a tap was not heard\n{hearing_hub.log()}")


def test_a_microphone_that_cannot_be_had_says_why_and_what_to_do(
    playwright: Playwright, hearing_hub: RunningHub
) -> None:
    with _visit(playwright, hearing_hub.url, (FAKE[0], "--deny-permission-prompts")) as visit:
        _says(visit, "denied", "allow the microphone")
        assert visit.axe("denied") == []
        for error, cause, step in (
            ("NotReadableError", "busy", "End the call"),  # no other program is here to hold the microphone
            ("NotFoundError", "none", "Plug one in"),
            ("TypeError", "failed", "Load this page again"),
        ):
            visit.page.evaluate(
                f"() => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))"
            )
            _says(visit, cause, step)


def test_a_page_that_came_without_https_says_what_that_takes_and_hears_files(
    playwright: Playwright, hearing_hub: RunningHub, said: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.wav").write_bytes(said.read_bytes()[:30])
    url = hearing_hub.url.replace("127.0.0.1", NAME)
    with _visit(playwright, url, (*FAKE, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")) as visit:
        assert visit.page.evaluate("() => window.isSecureContext") is False
        _says(visit, "insecure", "tls = true")
        page, heard = visit.page, visit.page.locator("hearth-sound-file")
        page.get_by_text("Try a sound file").click()
        page.locator("[type=file]").set_input_files(tmp_path / "broken.wav")
        heard.get_by_role("button", name="Hear it").click()
        expect(heard.get_by_role("status")).to_contain_text("wav", timeout=PATIENCE_MS)
        page.locator("[type=file]").set_input_files(said)
        heard.get_by_role("button", name="Hear it").click()
        expect(heard).to_contain_text("Turned on the kitchen light.", timeout=PATIENCE_MS)
        expect(page.locator("hearth-turns li").first).to_contain_text("a sound file", timeout=PATIENCE_MS)
        assert visit.axe("voice, a file") == []
        visit.complaints = [c for c in visit.complaints if "Cross-Origin-Opener-Policy" not in c]  # wants https too


def _says(visit: Visit, cause: str, step: str) -> None:
    visit.page.get_by_role("button", name="Tap and talk").click()
    expect(visit.page.locator(f".trouble[data-cause={cause}]")).to_contain_text(step)
