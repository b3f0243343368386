"""Privacy and upkeep on the page: a microphone's switch, what is kept, the doctor, deleting.

A backup and what is made of it are in test_whole_walk.py.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit
from tests.e2e.ui.conftest import Start

pytestmark = BROWSES


def test_a_microphone_is_switched_off_and_every_page_shows_it(visit: Visit, hub: RunningHub, browser: Browser) -> None:
    visit.go("privacy")
    other = Visit(browser, hub.url)
    other.go("privacy")
    name = "Listen: Pages like this one"
    expect(other.page.get_by_role("switch", name=name)).to_be_checked()
    visit.page.get_by_role("switch", name=name).uncheck()
    expect(other.page.get_by_role("switch", name=name)).not_to_be_checked()
    expect(other.page.locator("#senses ~ ul")).to_contain_text("Off: the hub gets no sound of it")
    assert [each["on"] for each in hub.get("api/v1/privacy")["microphones"]] == [False]
    other.page.get_by_role("switch", name=name).check()
    expect(visit.page.get_by_role("switch", name=name)).to_be_checked()
    other.page.context.close()
    assert other.complaints == []


def test_what_is_kept_is_told_handed_out_and_named_before_it_is_deleted(
    visit: Visit, hub: RunningHub, tmp_path: Path
) -> None:
    hub.post("api/v1/say", text="turn on the kitchen light")
    hub.wait("api/v1/privacy", _commands)
    hub.wait("api/v1/turns", lambda told: told["turns"])  # what was said is written within a second
    visit.go("privacy")
    expect(visit.page.locator(".kept")).to_contain_text("What was said, seen and done")
    expect(visit.page.locator(".kept")).to_contain_text("30 days")
    expect(visit.page.locator("main")).to_contain_text("hearth privacy audit")
    with visit.page.expect_download() as coming:
        visit.page.get_by_role("link", name="Download").click()
    coming.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        said = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
    assert any(event["event"] == "IntentMatched" for event in said)
    visit.page.get_by_role("button", name="See what that is").click()
    expect(visit.page.locator("hearth-purge")).to_contain_text("things said, seen and done")
    visit.page.get_by_role("button", name="Delete it for good").click()
    question = visit.page.get_by_role("dialog")
    expect(question).to_contain_text("delete all that for good")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert "turn on the kitchen light" not in json.dumps(hub.get("api/v1/logs"))


def test_the_doctor_is_asked_and_the_log_shown(visit: Visit) -> None:
    visit.go("system")
    visit.page.get_by_role("button", name="Check now").click()
    expect(visit.page.get_by_text("As it should be")).to_be_visible(timeout=60_000)
    visit.page.get_by_text("Show the log").click()
    expect(visit.page.locator(".log")).to_contain_text("web server listens")
    assert visit.axe("system with findings") == []


def test_what_is_remembered_is_deleted_by_a_hub_that_starts_again(start: Start, browser: Browser) -> None:
    hub = start()
    hub.post("api/v1/say", text="turn on the kitchen light")
    hub.wait("api/v1/privacy", _commands)
    visit = Visit(browser, hub.url)
    page = visit.page
    visit.go("privacy")
    page.get_by_role("button", name="See what that is").click()
    page.get_by_role("button", name="Delete it for good").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_role("status").filter(has_text="It is gone")).to_be_visible(timeout=60_000)
    assert _commands(hub.get("api/v1/privacy")) == 0
    assert hub.get("api/v1/entities/light.kitchen")["traits"]["OnOff"] is True
    page.context.close()
    assert visit.complaints == []


def _commands(told: dict[str, Any]) -> int:
    return next(each["rows"] for each in told["keeping"] if each["kind"] == "commands")
