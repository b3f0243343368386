"""A German page says in German what it can; what the hub says in English is marked so, for whoever has it read out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit

pytestmark = BROWSES
SCREENS = {
    "home": "[data-entity='light.kitchen']",
    "entity/light.bedroom": "hearth-plot canvas",
    "voice": "#sentence",
    "devices": ".device",
    "rooms": ".room-of",
    "gestures": "[data-gesture='fist']",
    "skills": "[data-skill='lights']",
    "hubs": "#address",
    "learning": "main >> text=Gesten",
    "settings": "[data-setting='home.name']",
    "privacy": "#kept",
    "system": "hearth-checkup",
}
_ENGLISH = re.compile(r"\b(the|is|are|and|of|not|no|to|it|your|has)\b")
_GERMAN_TEXTS = """() => {
    const found = [], all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (all.nextNode()) {
        const { data, parentElement: parent } = all.currentNode;
        const german = parent.closest("[lang]").lang === "de";
        if (german && !parent.closest("code, noscript, script, style")) found.push(data.trim());
    }
    return found.filter(Boolean);
}"""


@pytest.fixture
def german(browser: Browser, hub: RunningHub) -> Iterator[Visit]:
    """Somebody whose browser is German."""
    visit = Visit(browser, hub.url, locale="de-DE")
    yield visit
    visit.page.context.close()
    assert visit.complaints == []


def _in_english(visit: Visit) -> list[str]:
    """What is there as German, and is English."""
    texts: list[str] = visit.page.evaluate(_GERMAN_TEXTS)
    return [text for text in texts if _ENGLISH.search(text)]


def test_a_refusal_is_german_around_what_the_hub_says(german: Visit) -> None:
    german.go()
    german.page.route(
        "**/api/v1/commands",
        lambda route: route.fulfill(
            status=502, json={"error": {"code": "command_failed", "message": "the bulb is loose", "remedy": "turn it"}}
        ),
    )
    german.page.locator("[data-entity='light.office']").get_by_role("switch").click()
    notice = german.page.get_by_role("status").filter(has_text="Bürolicht")
    expect(notice.locator("[lang=en]")).to_have_text("the bulb is loose. turn it")
    assert _in_english(german) == []


def test_a_question_is_german_around_what_is_risky(german: Visit, hub: RunningHub) -> None:
    hub.post("api/v1/commands", entity="lock.front_door", trait="Lock", value="locked")
    german.go()
    door = german.page.locator("[data-entity='lock.front_door']")
    door.get_by_role("button", name="Aufschließen").click()
    expect(german.page.get_by_role("dialog").locator("[lang=en]")).to_have_text("unlock front door")
    assert _in_english(german) == []


def test_what_the_check_up_finds_and_the_log_says_is_marked(german: Visit) -> None:
    german.go("system")
    page = german.page
    checkup = page.locator("hearth-checkup")
    checkup.get_by_role("button", name="Jetzt durchsehen").click()
    expect(checkup.locator("li [lang=en]").first).not_to_be_empty(timeout=60_000)
    page.locator("hearth-log summary").click()
    expect(page.locator("hearth-log li [lang=en]").first).not_to_be_empty()
    assert _in_english(german) == []


def test_what_was_tried_about_privacy_is_marked(german: Visit) -> None:
    german.go("privacy")
    doubt = german.page.locator("hearth-doubt")
    doubt.get_by_role("button").click()
    expect(doubt.locator("li [lang=en]").first).not_to_be_empty(timeout=120_000)
    assert _in_english(german) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_has_english_that_is_not_marked(german: Visit, screen: str) -> None:
    german.go(screen)
    german.page.wait_for_selector(SCREENS[screen])
    german.page.wait_for_load_state("networkidle")
    assert _in_english(german) == []
