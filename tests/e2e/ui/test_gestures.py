"""The gestures screen: what gestures are for, and hands drawn, with the hub's words about hands played.

A hand that a camera really sees is in test_hands.py.
"""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.running import RunningHub
from tests.e2e.ui.browsing import BROWSES, Visit

pytestmark = BROWSES
SWITCH = "Draw the hands that cameras see"


class Player:
    """Plays the hub's part of the live socket that is about hands; everything else is the hub's own."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self._page_end: WebSocketRoute | None = None
        page.route_web_socket("**/api/v1/live", self._connect)

    def _connect(self, page_end: WebSocketRoute) -> None:
        hub = page_end.connect_to_server()
        hub.on_message(page_end.send)
        page_end.on_message(lambda said: self.said.append(json.loads(said)["command"]))
        self._page_end = page_end

    def tell(self, event: str, **fields: Any) -> None:
        assert self._page_end is not None
        self._page_end.send(json.dumps({"event": event, **fields}))

    def stand(self, *cameras: str, allowed: bool = True) -> None:
        self.tell("HandsWatched", allowed=allowed, cameras=cameras)

    def show(self, *gestures: str, x: float = 0.5, confidence: float = 0.97) -> None:
        points = [round(x + joint / 1000, 3) for joint in range(42)]
        hands = [{"hand": "right", "gesture": each, "confidence": confidence, "points": points} for each in gestures]
        self.tell("HandsDrawn", looks=[{"camera": "camera.hall", "aspect": 1.5, "hands": hands}])


def drawing(page: Page) -> str:
    """The first hand's bones."""
    return str(page.locator("svg.drawn .bones").first.get_attribute("d"))


def test_a_gesture_is_given_a_sentence_and_loses_it_again(visit: Visit, hub: RunningHub) -> None:
    visit.go("gestures")
    fist = visit.page.locator("[data-gesture='fist']")
    fist.get_by_text("Change").click()
    fist.get_by_label("What it is for").select_option("say")
    fist.get_by_label("Sentence").fill("movie time")
    visit.page.keyboard.press("Enter")
    expect(fist).to_contain_text("Does “movie time” set here")
    fists = [each for each in hub.get("api/v1/gestures")["gestures"] if each["name"] == "fist"]
    assert fists == [{"name": "fist", "does": "nothing", "say": "movie time", "default": "nothing", "yours": True}]
    expect(fist.locator("summary")).to_be_focused()
    visit.page.keyboard.press("Enter")
    fist.get_by_label("What it is for").select_option("")
    fist.get_by_role("button", name="Save").click()
    expect(fist).to_contain_text("Nothing as it comes")


def test_why_nothing_is_drawn_is_said_in_words(visit: Visit) -> None:
    page, card = visit.page, visit.page.locator("hearth-drawn-hands")
    visit.go("gestures")
    expect(card).to_contain_text("no camera of this home looks for hands")
    expect(card.get_by_role("switch", name=SWITCH)).not_to_be_checked()
    player = Player(page)
    page.reload()
    page.wait_for_function("() => document.querySelector('hearth-drawn-hands')")
    expect(card).to_contain_text("Asking the hub")
    while "watch_hands" not in player.said:
        page.wait_for_timeout(20)
    player.stand("camera.hall", allowed=False)
    expect(card).to_contain_text("the household has not allowed it")
    player.stand("camera.hall")
    expect(card).to_contain_text("No hand is before it now")
    page.route("**/api/v1/me", lambda route: route.fulfill(json={**route.fetch().json(), "role": "member"}))
    page.reload()
    expect(card).to_contain_text("Those who look after the hub see hands drawn here")
    player.said.clear()
    page.wait_for_timeout(700)
    assert player.said == []


def test_a_drawing_moves_unless_who_looks_wants_no_motion(visit: Visit) -> None:
    page, card = visit.page, visit.page.locator("hearth-drawn-hands")
    page.emulate_media(reduced_motion="no-preference")
    player = Player(page)
    visit.go("gestures")
    expect(card).to_contain_text("Asking the hub")
    player.stand("camera.hall")
    player.show("fist", "")
    expect(card.get_by_role("listitem")).to_have_text(["Right hand: Fist, 97 % sure", "Right hand: no gesture"])
    expect(card.get_by_role("img")).to_have_accessible_name(re.compile("before camera.hall. Right hand: Fist; Right"))
    expect(card.get_by_role("status")).to_have_text("camera.hall: Right hand: Fist; Right hand: no gesture")
    first, _ = drawing(page), player.said.clear()
    player.show("fist", x=0.2, confidence=0.5)
    expect(card.get_by_role("listitem")).to_have_text(["Right hand: Fist, 50 % sure"])
    assert drawing(page) != first
    page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")
    assert player.said[0] == "watch_hands"
    page.emulate_media(reduced_motion="reduce")
    player.show("fist", x=0.3)
    still = drawing(page)
    player.show("fist", x=0.7, confidence=0.6)
    expect(card.get_by_role("listitem")).to_have_text(["Right hand: Fist, 60 % sure"])
    assert drawing(page) == still
    player.show("victory", x=0.7)
    expect(card).to_contain_text("Two fingers")
    assert drawing(page) != still
    player.show()
    expect(card).to_contain_text("No hand is before it now")
    visit.go("home")
    expect(card).to_have_count(0)
    assert player.said[-1] == "leave_hands"
