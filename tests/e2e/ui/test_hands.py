"""A hand before a camera, drawn on the page: from the film that the camera shows to the lines, and in nothing else."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.e2e.seeing import SEES, pointing_film
from tests.e2e.ui.browsing import BROWSES, Visit
from tests.e2e.ui.conftest import Start

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = [*BROWSES, *SEES]
CAMERA = '[[camera]]\nname = "hallway camera"\nsource = "{film}"\narea = "hallway"\npeople = false\n'


def points_told(page: Page) -> list[list[float]]:
    """The points of every hand that the page is told of, from now on."""
    told: list[list[float]] = []

    def came(message: str | bytes) -> None:
        said = json.loads(message)
        for look in said["looks"] if said["event"] == "HandsDrawn" else ():
            told.extend(hand["points"] for hand in look["hands"])

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", came)

    page.on("websocket", opened)
    return told


def test_a_hand_before_a_camera_is_drawn_once_the_household_allows_it(
    start: Start, browser: Browser, tmp_path: Path
) -> None:
    film = pointing_film(tmp_path / "film.mp4", seconds=60)
    hub = start(CAMERA.format(film=film))
    visit = Visit(browser, hub.url)
    told = points_told(visit.page)
    card, figure = visit.page.locator("hearth-drawn-hands"), visit.page.locator("[data-camera='camera.hallway']")
    visit.go("gestures")
    expect(card).to_contain_text("the household has not allowed it")
    assert hub.get("api/v1/privacy")["landmarks"] is False
    card.get_by_role("switch", name="Draw the hands that cameras see").check()
    expect(figure).to_contain_text("Right hand: Pointing finger", timeout=60_000)
    expect(figure.get_by_role("img")).to_have_accessible_name(
        "Drawing of the hands before hallway camera. Right hand: Pointing finger"
    )
    lines = figure.locator(".bones").first.get_attribute("d") or ""
    assert len(re.findall(r"-?\d+\.\d -?\d+\.\d", lines)) == 27
    assert all(len(points) == 42 and min(points) > 0 and max(points) < 1 for points in told)
    assert visit.axe("a drawn hand") == []
    visit.go("privacy")
    expect(visit.page.locator("#senses ~ ul")).to_contain_text("Drawn for who looks after the hub")
    visit.go("gestures")
    hub.post("api/v1/commands", entity="camera.hallway", trait="OnOff", value=False)
    expect(figure).to_contain_text("Switched off: nobody looks")
    card.get_by_role("switch", name="Draw the hands that cameras see").uncheck()
    expect(card).to_contain_text("the household has not allowed it")
    visit.page.context.close()
    assert visit.complaints == []
    hub.stop()
    kept = b"".join(path.read_bytes() for path in hub.home.glob("hearth.db*")) + hub.log().encode()
    assert told and b"GestureSeen" in kept
    assert [points for points in told if f"{points[0]},{points[1]}".encode() in kept.replace(b" ", b"")] == []
    assert b"points" not in kept
