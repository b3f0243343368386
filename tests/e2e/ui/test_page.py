"""The page in a real browser, before a real hub."""

import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit
from tests.e2e.ui.conftest import Start

pytestmark = BROWSES
FIRST_LOAD = 150_000
SCREENS = {
    "home": "[data-entity='light.kitchen']",
    "entity/light.bedroom": "hearth-plot canvas",
    "entity/climate.hallway": "hearth-plot canvas",
    "room/kitchen": "[data-entity='light.kitchen']",
    "voice": "#sentence",
    "devices": ".device",
    "rooms": ".room-of",
    "gestures": "[data-gesture='fist']",
    "skills": "[data-skill='lights']",
    "hubs": "#address",
    "learning": "main >> text=Gestures",
    "settings": "[data-setting='home.name']",
    "privacy": "#kept",
    "system": "hearth-checkup",
    "more": ".way",
    "setup": "#password",
}


def test_a_walk_through_the_home(visit: Visit, hub: RunningHub) -> None:
    page = visit.page
    visit.go()
    light = page.locator("[data-entity='light.kitchen']")
    light.get_by_role("switch").check()
    hub.wait("api/v1/entities/light.kitchen", lambda entity: entity["traits"]["OnOff"] is True)
    expect(light).to_contain_text("On, 100 %")
    light.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("kitchen light")
    expect(page.locator("hearth-why")).to_contain_text("kitchen light: On")
    page.get_by_role("link", name="Talk").click()
    page.get_by_label("Say something").fill("turn off the kitchen light")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Turned off")).to_be_visible()
    expect(page.locator(".turns")).to_contain_text("power.turn_off")
    hub.wait("api/v1/entities/light.kitchen", lambda entity: entity["traits"]["OnOff"] is False)
    page.get_by_role("link", name="More").click()
    page.get_by_role("link", name="Hubs").click()
    expect(page.locator(".hub")).to_contain_text("This one")
    page.get_by_role("button", name="Show a code").click()
    expect(page.locator(".code output")).to_have_text(hub.get("api/v1/peers")["pairing"]["code"])
    page.get_by_role("button", name="Stop waiting").click()
    expect(page.locator(".code output")).to_have_count(0)


def test_the_first_load_is_small_and_plots_come_later(visit: Visit) -> None:
    visit.go()
    visit.page.wait_for_selector(SCREENS["home"])
    visit.page.wait_for_load_state("networkidle")
    assert sum(visit.fetched.values()) < FIRST_LOAD
    assert not any("plot" in path for path in visit.fetched)


def test_nothing_reaches_out_of_its_row(visit: Visit) -> None:
    visit.go()
    visit.page.wait_for_selector(".thing .slider")
    outside = """() => [...document.querySelectorAll(".thing *")].filter((part) => {
        const row = part.closest(".thing").getBoundingClientRect(), { top, bottom } = part.getBoundingClientRect();
        return top < row.top - 1 || bottom > row.bottom + 1;
      }).map((part) => part.outerHTML.slice(0, 120))"""
    assert visit.page.evaluate(outside) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(visit: Visit, screen: str) -> None:
    visit.go(screen)
    visit.page.wait_for_selector(SCREENS[screen])
    assert visit.axe(screen) == []


def test_what_somebody_else_does_is_seen_at_once(visit: Visit, hub: RunningHub) -> None:
    visit.go()
    lamp = visit.page.locator("[data-entity='light.living_room_lamp']")
    expect(lamp.get_by_role("switch")).to_be_checked()
    hub.post("api/v1/commands", entity="light.living_room_lamp", trait="OnOff", value=False)
    expect(lamp.get_by_role("switch")).not_to_be_checked()


def test_a_switch_goes_back_when_the_hub_refuses_and_says_why(visit: Visit) -> None:
    visit.go()
    visit.page.route(
        "**/api/v1/commands",
        lambda route: route.fulfill(
            status=502, json={"error": {"code": "command_failed", "message": "the bulb is loose", "remedy": ""}}
        ),
    )
    light = visit.page.locator("[data-entity='light.office']")
    light.get_by_role("switch").click()
    expect(visit.page.get_by_role("status").filter(has_text="office light: the bulb is loose")).to_be_visible()
    expect(light.get_by_role("switch")).not_to_be_checked()


def test_a_hub_that_does_not_come_back_here_may_be_reached_another_way(visit: Visit, hub: RunningHub) -> None:
    page = visit.page
    page.clock.install()
    run = hub.get("healthz")["run"]
    page.route("**/api/v1/restart", lambda route: route.fulfill(json={"run": run}))  # and it never is another
    visit.go("system")
    page.get_by_role("button", name="Start the hub again").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    bar = page.locator(".connection")
    expect(bar).to_contain_text("comes back by itself")
    page.clock.run_for(50_000)
    expect(bar).to_contain_text("longer than usual")
    expect(bar.get_by_role("link")).to_have_attribute("href", hub.url.replace("http:", "https:"))
    assert visit.axe("a hub that is away for long") == []


def test_a_risky_thing_is_asked_about_first(visit: Visit, hub: RunningHub) -> None:
    hub.post("api/v1/commands", entity="lock.front_door", trait="Lock", value="unlocked", confirmed=True)
    visit.go()
    door = visit.page.locator("[data-entity='lock.front_door']")
    door.get_by_role("button", name="Lock").click()
    hub.wait("api/v1/entities/lock.front_door", lambda entity: entity["traits"]["Lock"] == "locked")
    door.get_by_role("button", name="Unlock").click()
    question = visit.page.get_by_role("dialog")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    assert hub.get("api/v1/entities/lock.front_door")["traits"]["Lock"] == "locked"
    door.get_by_role("button", name="Unlock").click()
    question.get_by_role("button", name="Yes, go on").click()
    hub.wait("api/v1/entities/lock.front_door", lambda entity: entity["traits"]["Lock"] == "unlocked")


def test_a_setting_is_made_and_what_hearth_toml_says_is_locked(visit: Visit, hub: RunningHub) -> None:
    visit.go("settings")
    page = visit.page
    expect(page.get_by_label("Name of the home")).to_be_disabled()
    expect(page.locator("[data-setting='home.language']")).to_contain_text("hearth.toml decides")
    page.get_by_label("Silence that ends a sentence").fill("900")
    page.keyboard.press("Enter")
    expect(page.locator("hearth-take-up")).to_contain_text("Silence that ends a sentence")
    assert visit.axe("settings that wait") == []
    page.get_by_label("Silence that ends a sentence").fill("700")
    page.keyboard.press("Enter")
    expect(page.locator("hearth-take-up")).to_have_count(0)
    assert not any(setting["kept"] for setting in hub.get("api/v1/settings")["settings"] if setting["key"] != "gesture")


def test_german_is_a_choice_that_lasts(visit: Visit) -> None:
    visit.go("system")
    visit.page.get_by_label("Deutsch").check()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("System")
    visit.page.reload()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("System")
    assert visit.page.locator("html").get_attribute("lang") == "de"
    visit.page.get_by_role("link", name="Zuhause").click()
    expect(visit.page.locator("[data-entity='light.kitchen']")).to_contain_text("Küchenlicht")
    expect(visit.page.get_by_role("heading", name="Küche")).to_be_visible()


def test_the_owner_is_made_once_and_then_everybody_logs_in(start: Start, browser: Browser) -> None:
    hub = start()
    visit = Visit(browser, hub.url)
    page = visit.page
    assert hub.post("api/v1/areas", name="Donaudampfschifffahrtsgesellschaftskapitänskajüte")[0] == 200
    visit.go()
    expect(page.get_by_role("link", name="Donaudampf")).to_be_visible()
    assert visit.axe("home with a long word for a room") == []
    _an_owner_is_made(visit)
    _a_guest_is_let_in(visit)
    _out_and_in_again(visit)
    guest = Visit(browser, hub.url).page
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url.removeprefix(hub.url)))
    guest.goto(hub.url)
    guest.get_by_label("Name").fill("Ben")
    guest.get_by_label("Password").fill("nine green kettles")
    guest.keyboard.press("Enter")
    guest.locator("[data-entity='light.office']").get_by_role("switch").check()
    visit.go("home")
    page.locator("[data-entity='light.bedroom']").get_by_role("switch").check()
    expect(guest.locator("[data-entity='light.bedroom']").get_by_role("switch")).to_be_checked()
    assert "api/v1/me" in asked and "api/v1/home" not in asked  # it is told, and does not ask
    for others in ("devices", "people", "settings", "hubs"):
        guest.goto(f"{hub.url}#/{others}")
        guest.reload()
        expect(guest.get_by_role("heading", level=1)).to_have_text("Demo home")
    _who_guesses_waits(Visit(browser, hub.url, locale="de-DE").page, hub.url)
    hub.stop()
    expect(page.get_by_text("Not connected to the hub")).to_be_visible()
    assert [each for each in visit.complaints if "WebSocket" not in each] == []


def _who_guesses_waits(page: Page, url: str) -> None:
    """Somebody tries passwords, and is told in their own language when they may try again."""
    page.goto(url)
    for _ in range(6):
        page.get_by_label("Name").fill("Ben")
        page.get_by_label("Passwort").fill("ten red pans")
        with page.expect_response("**/api/v1/login"):
            page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        re.compile(r"Zu viele falsche Versuche. In \d+ Sekunden? geht es wieder.")
    )


def _an_owner_is_made(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Make an owner").click()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill("seven blue teapots")
    page.get_by_role("button", name="Make me the owner").click()
    light = page.locator("[data-entity='light.kitchen']")
    light.get_by_role("switch").check()
    expect(light).to_contain_text("On, 100 %")
    page.get_by_role("link", name="System").click()
    expect(page.locator("hearth-you")).to_contain_text("Ada")
    page.get_by_text("Programs of mine").click()
    page.get_by_label("What it is for").fill("the wall clock")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator(".token")).not_to_be_empty()
    page.get_by_text("Change the password").click()
    assert visit.axe("system of the owner") == []


def _a_guest_is_let_in(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Who may come in").click()
    page.get_by_label("Name").fill("Ben")
    page.get_by_label("Password", exact=True).fill("nine green kettles")
    page.get_by_label("Role", exact=True).select_option("guest")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Role of Ben")).to_have_value("guest")
    assert visit.axe("people") == []


def _out_and_in_again(visit: Visit) -> None:
    page = visit.page
    visit.go("system")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome home")
    assert visit.axe("login") == []
    other = page.context.new_page()
    other.goto(f"{visit.url}#/home")
    expect(other.get_by_role("heading", level=1)).to_have_text("Welcome home")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("eight blue teapots")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Name or password is not right.")
    page.get_by_label("Password").fill("seven blue teapots")
    page.keyboard.press("Enter")
    expect(page.locator("hearth-you")).to_contain_text("Ada")
    other.evaluate("() => void document.dispatchEvent(new Event('visibilitychange'))")  # as when one turns to that tab
    expect(other.get_by_role("heading", level=1)).to_have_text("Demo home")
    other.close()


def test_a_hub_that_falls_silent_is_missed_and_one_that_is_merely_quiet_is_not(
    hub: RunningHub, browser: Browser
) -> None:
    """As when its power fails: no connection is ended, nothing comes any more."""
    page = Visit(browser, hub.url).page
    page.clock.install()
    page.goto(f"{hub.url}#/home")
    light = page.locator("[data-entity='light.kitchen']")
    expect(light).to_be_visible()
    lost = page.get_by_text("Not connected to the hub")
    for _ in range(3):
        page.clock.run_for(20_000)
        page.wait_for_timeout(200)
    expect(lost).to_have_count(0)
    hub.signal(signal.SIGSTOP)
    try:
        page.clock.run_for(30_000)
        page.clock.run_for(10_000)
        expect(lost).to_be_visible()
    finally:
        hub.signal(signal.SIGCONT)
    for _ in range(20):
        page.clock.run_for(10_000)
        page.wait_for_timeout(100)
        if lost.count() == 0:
            break
    expect(lost).to_have_count(0)
    page.context.close()


def test_the_words_of_the_navigation_stay_whole_on_the_smallest_phone(hub: RunningHub, browser: Browser) -> None:
    page = Visit(browser, hub.url, locale="de-DE").page
    page.set_viewport_size({"width": 320, "height": 568})
    for screen in ("home", "system"):  # the longest ones, and the one where one is stands in bold
        page.goto(f"{hub.url}#/{screen}")
        page.wait_for_selector(f"nav a[aria-current][href='#/{screen}']")
        broken = page.evaluate(
            """() => [...document.querySelectorAll('nav span')].filter((each) => {
                const around = document.createRange();
                around.selectNodeContents(each);
                return around.getClientRects().length > 1;
            }).map((each) => each.textContent)"""
        )
        assert broken == []
    page.context.close()
