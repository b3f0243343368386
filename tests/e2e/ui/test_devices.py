"""Devices, rooms and names on the page: before a real hub, with a real broker and a lamp on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit
from tests.e2e.ui.lamp import Lamp
from tests.e2e.ui.satellite import satellite
from tests.mosquitto import MOSQUITTO, Broker
from tests.ports import free_port

pytestmark = [
    *BROWSES,
    pytest.mark.broker,
    pytest.mark.skipif(not MOSQUITTO, reason="mosquitto is not installed"),
]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a broker with a lamp on it."""
    with Broker(tmp_path) as broker:
        lamp = Lamp(broker.port)
        yield broker.port
        lamp.stop()


def test_a_broker_is_added_with_the_form_and_its_lamp_is_named_placed_and_switched(
    visit: Visit, hub: RunningHub, port: int
) -> None:
    page = visit.page
    visit.go()
    page.get_by_role("link", name="Devices").click()
    page.get_by_role("button", name="MQTT").click()
    form = page.locator("#device")
    form.get_by_label("Port").fill(str(port))
    form.get_by_text("More settings").click()
    form.get_by_label("Longest wait").fill("0")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_role("alert")).to_contain_text("This does not fit")
    expect(form.get_by_label("Longest wait")).to_be_focused()
    assert visit.axe("the form of a device") == []
    form.get_by_label("Longest wait").fill("3")
    form.get_by_role("button", name="Add").click()
    broker = page.locator("[data-device='mqtt_added']")
    expect(broker).to_contain_text("Works")
    expect(broker).to_contain_text(f"127.0.0.1:{port}")
    broker.get_by_role("link", name="Reading lamp").click()
    page.get_by_label("Name", exact=True).fill("night lamp")
    page.get_by_label("Also called").fill("glow, gleam")
    page.get_by_label("Room", exact=True).select_option("bedroom")
    page.get_by_label("May voices").select_option("no")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("night lamp")
    lamp = hub.get("api/v1/entities/light.reading_lamp")
    assert [lamp[key] for key in ("aliases", "area", "exposed")] == [["glow", "gleam"], "bedroom", False]
    assert visit.axe("a thing that can be named") == []
    page.locator("[data-trait='OnOff']").get_by_role("switch").check()
    hub.wait("api/v1/entities/light.reading_lamp", lambda entity: entity["traits"]["OnOff"] is True)
    page.get_by_role("button", name="As its device says").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reading lamp")
    visit.go("entity/light.kitchen")
    expect(page.locator("hearth-entity-words")).to_contain_text("hearth.toml says how this is called")
    visit.go("devices")
    broker.get_by_role("button", name="Change").click()
    expect(form.get_by_label("Port")).to_have_value(str(port))
    form.get_by_role("button", name="Cancel").click()
    broker.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    expect(broker).to_have_count(0)
    assert [device["instance"] for device in hub.get("api/v1/devices")["devices"]] == ["virtual"]


def test_a_room_is_made_renamed_and_removed_and_those_of_hearth_toml_stay(visit: Visit, hub: RunningHub) -> None:
    page = visit.page
    visit.go("devices")
    page.get_by_role("link", name="Rooms").click()
    expect(page.locator("[data-area='kitchen']")).to_contain_text("hearth.toml decides on this")
    expect(page.locator("[data-area='kitchen']").get_by_role("button")).to_have_count(0)
    making = page.locator("form.card")
    making.get_by_label("Name").fill("Kitchen")
    making.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("status").filter(has_text="already")).to_be_visible()
    making.get_by_label("Name").fill("Attic")
    making.get_by_label("Also called").fill("top room, garret")
    making.get_by_role("button", name="Make it").click()
    attic = page.locator("[data-area='attic']")
    attic.get_by_text("Change").click()
    attic.get_by_label("Name").fill("Studio")
    assert visit.axe("a room that is changed") == []
    attic.get_by_role("button", name="Save").click()
    expect(attic.get_by_role("heading")).to_have_text("Studio")
    made = next(area for area in hub.get("api/v1/areas")["areas"] if area["id"] == "attic")
    assert (made["name"], made["aliases"], made["locked"]) == ("Studio", ["top room", "garret"], False)
    attic.get_by_text("Change").click()
    attic.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    expect(attic).to_have_count(0)
    assert "attic" not in [area["id"] for area in hub.get("api/v1/areas")["areas"]]


def test_a_camera_of_the_network_is_added_its_password_hidden_and_removed(visit: Visit, hub: RunningHub) -> None:
    page = visit.page
    visit.go("devices")
    cameras = page.locator("hearth-cameras")
    cameras.get_by_role("button", name="Add a camera").click()
    form = cameras.locator("form")
    form.get_by_label("Which one").select_option("network")
    form.get_by_label("Address").fill("192.0.2.7:8554/main?channel=1&token=t0ps3cret")
    form.get_by_label("User").fill("ann")
    form.get_by_label("Password").fill("se@ret/word")
    form.get_by_label("Name").fill("Hall camera")
    form.get_by_label("Room").select_option("hallway")
    assert visit.axe("the form of a camera") == []
    form.get_by_role("button", name="Add", exact=True).click()
    hall = cameras.locator("[data-camera='Hall camera']")
    expect(hall).to_contain_text("rtsp://ann:••••••@192.0.2.7:8554/main?channel=1&token=••••••")
    expect(cameras).to_contain_text("The hub starts once more")
    told = next(each for each in hub.get("api/v1/settings")["settings"] if each["key"] == "camera")
    assert "ret" not in str(told["value"])
    assert visit.axe("a camera that waits for the hub to start anew") == []
    hall.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    expect(hall).to_have_count(0)
    expect(cameras).not_to_contain_text("The hub starts once more")


def test_what_announces_itself_fills_the_form(visit: Visit) -> None:
    # What a network announces is not the test's to say; how it is listened for is tested beside `hearth device`.
    thing = {"kind": "mqtt", "name": "shelf", "host": "192.0.2.5", "port": 1884, "integration": "mqtt", "here": False}
    known = {**thing, "name": "attic", "here": True}
    visit.page.route("**/api/v1/devices/found", lambda route: route.fulfill(json={"found": [thing, known]}))
    visit.go("devices")
    found = visit.page.locator(".around")
    expect(found).to_contain_text("192.0.2.5:1884")
    expect(found).not_to_contain_text("attic")
    found.get_by_role("button", name="Add shelf").click()
    form = visit.page.locator("#device")
    expect(form.get_by_label("Address")).to_have_value("192.0.2.5")
    expect(form.get_by_label("Port")).to_have_value("1884")


def test_a_satellite_that_was_found_is_added_to_a_room_moved_and_removed(visit: Visit, hub: RunningHub) -> None:
    page = visit.page
    with satellite() as port:
        thing = {
            "kind": "wyoming",
            "name": "shelf",
            "host": "127.0.0.1",
            "port": port,
            "integration": "",
            "here": False,
        }
        page.route("**/api/v1/devices/found", lambda route: route.fulfill(json={"found": [thing]}))
        visit.go("devices")
        found = page.locator(".around")
        found.get_by_label("Room").select_option("bedroom")
        assert visit.axe("a satellite that was found") == []
        found.get_by_role("button", name="Add shelf").click()
        card = page.locator("[data-satellite='shelf']")
        # This hub has no ears; that it is connected to by one that has is tested where somebody speaks.
        expect(card).to_contain_text("the hub does not hear")
        expect(found).not_to_contain_text("shelf")
        expect(card.get_by_label("Room")).to_have_value("bedroom")
        assert visit.axe("a satellite") == []
        card.get_by_label("Room").select_option("kitchen")
        expect(page.get_by_role("status").filter(has_text="is in another room now")).to_be_visible()
        (kept,) = hub.get("api/v1/satellites")["satellites"]
        assert (kept["name"], kept["port"], kept["area"]) == ("shelf", port, "kitchen")
    page.get_by_text("Add one by its address").click()
    by_hand = page.locator("details hearth-satellite-form")
    by_hand.get_by_label("Name").fill("attic")
    by_hand.get_by_label("Address").fill("127.0.0.1")
    by_hand.get_by_label("Port").fill(str(free_port()))
    by_hand.get_by_role("button", name="Add").click()
    expect(by_hand.get_by_role("alert")).to_contain_text("cannot be reached")
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, go on").click()
    expect(card).to_have_count(0)
    assert hub.get("api/v1/satellites")["satellites"] == []
