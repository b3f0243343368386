"""Talking to the page without a wake word: a button, a sentence, its end; and what is told when nothing comes of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Playwright, expect, sync_playwright

from hub.core.bundled import bundled
from tests.e2e.running import HEARS, RunningHub
from tests.e2e.ui.browsing import BROWSES, CHROMIUM, Visit
from tests.e2e.ui.microphone_file import ARGS, FAKE, HALF_A_SECOND_PLAYED, microphone_file

pytestmark = [*BROWSES, *HEARS]
PATIENCE_MS = 30_000
TRIES = 3  # a machine that does much else may lose sound: then somebody says it again
READY, ALWAYS = "Not listening", "Say “hey jarvis”"


@pytest.fixture(scope="module")
def hearing_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """The demo home with ears."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(bundled("config") / "demo" / "hearth.toml", home)
    hub = RunningHub(home)
    hub.wait_until_it_hears()
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a microphone hears again and again: a command without a wake word, what means nothing, nobody."""
    folder = tmp_path_factory.mktemp("said")
    said = {"command": "turn on the kitchen light", "nonsense": "colourless green ideas sleep furiously", "nobody": ""}
    return {name: microphone_file(folder / f"{name}.wav", text) for name, text in said.items()}


@pytest.fixture(scope="module")
def playwright(files: dict[str, Path]) -> Iterator[Playwright]:
    """Begun after the files are made: its event loop lets no other run."""
    with sync_playwright() as started:
        yield started


@contextmanager
def _visit(playwright: Playwright, hub: RunningHub, hears: Path) -> Iterator[Visit]:
    heard = f"--use-file-for-fake-audio-capture={hears}"
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *FAKE, heard])
    visit = Visit(browser, hub.url)
    visit.go("voice")
    try:
        yield visit
    finally:
        browser.close()
    assert visit.complaints == []


def _press(visit: Visit, name: str = "Tap and talk") -> None:
    """By the keyboard, as whoever does not point."""
    visit.page.get_by_role("button", name=name).focus()
    visit.page.keyboard.press("Enter")


def _shows(talk: Locator, phase: str) -> None:
    expect(talk.get_by_role("status")).to_have_text(phase, timeout=PATIENCE_MS)


def test_a_press_and_a_sentence_are_done_and_answered_aloud(
    playwright: Playwright, hearing_hub: RunningHub, files: dict[str, Path]
) -> None:
    with _visit(playwright, hearing_hub, files["command"]) as visit:
        talk = visit.page.locator(".talk")
        for rest in (READY, ALWAYS):
            if rest == ALWAYS:
                visit.page.get_by_role("switch", name="Listen all the time").check()
                _shows(talk, ALWAYS)
            hearing_hub.post("api/v1/commands", entity="light.kitchen", trait="OnOff", value=False)
            for _ in range(TRIES):
                _press(visit)
                expect(visit.page.get_by_role("button", name="Cancel")).to_be_focused()
                _shows(talk, rest)
                if hearing_hub.get("api/v1/entities/light.kitchen")["traits"]["OnOff"]:
                    break
            expect(talk).to_contain_text("“turn on the kitchen light”")
            expect(talk).to_contain_text("Turned on the kitchen light.")
        visit.page.wait_for_function(HALF_A_SECOND_PLAYED)
        assert visit.axe("talked to") == []


def test_a_turn_is_cancelled_by_escape_and_by_a_second_press(
    playwright: Playwright, hearing_hub: RunningHub, files: dict[str, Path]
) -> None:
    with _visit(playwright, hearing_hub, files["nobody"]) as visit:
        page, talk = visit.page, visit.page.locator(".talk")
        for rest in (READY, ALWAYS):
            if rest == ALWAYS:
                page.get_by_role("switch", name="Listen all the time").check()
                _shows(talk, ALWAYS)
            _press(visit)
            _shows(talk, "Speak now")
            page.keyboard.press("Escape")
            _shows(talk, rest)
            _press(visit)
            _shows(talk, "Speak now")
            page.keyboard.press("Enter")
            _shows(talk, rest)
            expect(talk.locator(".bad")).to_have_count(0)
        page.keyboard.press("Escape")  # no turn is on, and listening all the time goes on
        expect(page.get_by_role("switch", name="Listen all the time")).to_be_checked()
        _shows(talk, ALWAYS)


def test_why_nothing_came_is_said(playwright: Playwright, hearing_hub: RunningHub, files: dict[str, Path]) -> None:
    with _visit(playwright, hearing_hub, files["nobody"]) as visit:
        told = visit.page.locator(".talk [aria-live=polite]")
        _press(visit)
        expect(told).to_contain_text("there was only silence", timeout=PATIENCE_MS)
        expect(told).to_contain_text("try the microphone")
        _shows(visit.page.locator(".talk"), READY)
        assert visit.axe("nobody spoke") == []
    with _visit(playwright, hearing_hub, files["nonsense"]) as visit:
        told = visit.page.locator(".talk [aria-live=polite]")
        _press(visit)
        expect(told.locator(".bad")).to_contain_text("Not done, because", timeout=PATIENCE_MS)
        _shows(visit.page.locator(".talk"), READY)
        assert visit.page.locator(".exchange").inner_text().count("undefined") == 0
