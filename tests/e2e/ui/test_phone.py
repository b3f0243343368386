"""The page opened to a phone: the address stands there to read, and as a code that the phone's camera reads."""

from playwright.sync_api import Browser, expect

from tests.e2e.ui.browsing import BROWSES, SIZES, Visit
from tests.e2e.ui.conftest import Start
from tests.e2e.ui.phone_camera import read_code

pytestmark = BROWSES


def test_a_camera_reads_the_address_by_day_and_by_night(start: Start, browser: Browser) -> None:
    visit = Visit(browser, start().url)
    page = visit.page
    visit.go("settings")
    page.wait_for_selector("hearth-phone")
    expect(page.locator("hearth-phone .qr")).to_have_count(0)
    _an_owner_is_made(visit)
    visit.go("settings")
    card = page.get_by_label("On your phone")
    card.get_by_role("button", name="Open it to your phone").click()
    address = card.get_by_role("link").first.inner_text()
    assert address.startswith("https://")
    code = card.get_by_role("img", name=f"QR code of {address}")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert read_code(code) == address, (width, scheme)
    page.emulate_media(color_scheme="dark", forced_colors="active")
    assert read_code(code) == address
    page.emulate_media(forced_colors="none")
    assert visit.axe("opened to a phone") == []
    card.get_by_role("button", name="Close it again").click()
    expect(code).to_have_count(0)
    page.context.close()
    assert visit.complaints == []


def _an_owner_is_made(visit: Visit) -> None:
    visit.go()
    visit.page.get_by_role("link", name="Make an owner").click()
    visit.page.get_by_label("Name").fill("Ada")
    visit.page.get_by_label("Password").fill("seven blue teapots")
    visit.page.get_by_role("button", name="Make me the owner").click()
    visit.page.wait_for_selector("[data-entity='light.kitchen']")
