"""The page as a camera: a real browser shows a hand, a real hub sees it and does what it means."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright, WebSocket, expect, sync_playwright

from hub.core.bundled import bundled
from hub.media.encoded import MOST_BYTES
from tests.e2e.running import RunningHub
from tests.e2e.seeing import SEES
from tests.e2e.ui.browsing import BROWSES, CHROMIUM, Visit
from tests.e2e.ui.conftest import Start
from tests.e2e.ui.microphone_file import ARGS, FAKE

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = [*BROWSES, *SEES]
PATIENCE_MS = 60_000
NAME = "hearth.test"  # as another machine calls the hub
HIDE = """hidden => {
    Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def camera_file(film: Path, to: Path) -> Path:
    """A film as the file that a browser's camera shows again and again."""
    import av

    with av.open(str(film)) as source, to.open("wb") as file:
        for number, frame in enumerate(source.decode(video=0)):
            if not number:
                rate = source.streams.video[0].average_rate
                header = f"YUV4MPEG2 W{frame.width} H{frame.height} F{rate.numerator}:{rate.denominator} Ip A1:1 C420\n"
                file.write(header.encode())
            file.write(b"FRAME\n" + frame.to_ndarray(format="yuv420p").tobytes())
    return to


@pytest.fixture(scope="module")
def hub(start: Start) -> RunningHub:
    """The demo home, which has no camera of its own."""
    return start(f'[web]\nnames = ["{NAME}"]\n')


@pytest.fixture(scope="module")
def thumb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who shows a thumb up again and again."""
    return camera_file(
        bundled("config") / "demo" / "films" / "thumb_up.mp4", tmp_path_factory.mktemp("shown") / "thumb.y4m"
    )


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextmanager
def _visit(playwright: Playwright, url: str, args: Sequence[str]) -> Iterator[Visit]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *args])
    visit = Visit(browser, url)
    try:
        yield visit
    finally:
        browser.close()
    assert visit.complaints == []


class Shown:
    """What the page sends by the looking socket."""

    def __init__(self, visit: Visit) -> None:
        self.pictures: list[bytes] = []
        self.asked = 0
        visit.page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if socket.url.endswith("/api/v1/look"):
            socket.on("framesent", lambda sent: self.pictures.append(sent) if isinstance(sent, bytes) else None)
            socket.on("framereceived", self._told)

    def _told(self, told: str | bytes) -> None:
        self.asked += told == '{"type":"show"}'


def test_a_thumb_before_the_pages_camera_answers_what_the_hub_asked(
    playwright: Playwright, hub: RunningHub, thumb: Path
) -> None:
    with _visit(playwright, hub.url, (*FAKE, f"--use-file-for-fake-video-capture={thumb}")) as visit:
        page, shown = visit.page, Shown(visit)
        card, sign = page.locator("hearth-page-camera"), page.get_by_role("complementary", name="This browser's camera")
        visit.go("gestures")
        expect(card.get_by_role("status")).to_have_text("The hub does not see through it")
        expect(sign).to_have_count(0)
        assert len(hub.workers()) == 0
        card.get_by_label("Which room it sees").select_option("garage")
        card.get_by_role("button", name="Let the hub see").click()
        expect(card.get_by_role("status")).to_have_text("The hub sees through this camera", timeout=PATIENCE_MS)
        expect(sign).to_contain_text("The hub sees through this camera")
        expect(card.get_by_label("What this browser's camera shows the hub")).to_be_visible()
        assert len(hub.workers()) == 2  # the eyes, and what decodes
        _, asked = hub.post("api/v1/say", text="open the garage door", area="garage")
        assert asked["expects_answer"] is True
        hub.wait("api/v1/entities/cover.garage_door", lambda door: door["traits"]["Position"] == 100)
        seen = page.locator("[data-seen=thumb_up]").filter(has_text="meant")
        expect(seen.first).to_contain_text("at browser camera", timeout=PATIENCE_MS)
        assert visit.axe("gestures, shown") == []
        page.get_by_role("link", name="Privacy").click()
        row = page.locator("#senses ~ ul li").filter(has_text="browser camera")
        expect(row).to_contain_text("1 browser shows its camera now")
        assert visit.axe("privacy, shown") == []
        sign.get_by_role("button", name="Stop showing").click()
        expect(sign).to_have_count(0)
        hub.wait("api/v1/privacy", lambda privacy: privacy["cameras"][0]["pages"] == 0)
        visit.go("gestures")
        expect(card.get_by_role("status")).to_have_text("The hub does not see through it")
    assert 0 < len(shown.pictures) <= shown.asked
    for picture in shown.pictures:
        assert len(picture) <= MOST_BYTES
        with Image.open(io.BytesIO(picture)) as opened:
            assert (opened.format, opened.size) == ("JPEG", (640, 480))
    kept = b"".join(path.read_bytes() for path in hub.home.iterdir() if path.is_file())
    assert b"GestureSeen" in kept
    assert [picture for picture in shown.pictures if picture[len(picture) // 2 :][:64] in kept] == []


def test_it_ends_with_the_households_switch_when_hidden_for_long_and_with_the_page(
    playwright: Playwright, hub: RunningHub, thumb: Path
) -> None:
    def showing(count: int) -> None:
        hub.wait("api/v1/privacy", lambda privacy: privacy["cameras"][0]["pages"] == count)

    with _visit(playwright, hub.url, (*FAKE, f"--use-file-for-fake-video-capture={thumb}")) as visit:
        page = visit.page
        page.clock.install()
        visit.go("gestures")
        card = page.locator("hearth-page-camera")
        begin, status = card.get_by_role("button", name="Let the hub see"), card.get_by_role("status")
        begin.click()
        expect(status).to_have_text("The hub sees through this camera", timeout=PATIENCE_MS)
        page.evaluate(HIDE, True)
        page.clock.fast_forward(50_000)
        page.evaluate(HIDE, False)
        page.clock.fast_forward(50_000)
        expect(status).to_have_text("The hub sees through this camera")
        page.evaluate(HIDE, True)
        page.clock.fast_forward(61_000)
        expect(card.locator("[data-cause=hidden]")).to_contain_text("hidden for a minute")
        showing(0)
        page.evaluate(HIDE, False)
        begin.click()
        expect(status).to_have_text("The hub sees through this camera", timeout=PATIENCE_MS)
        hub.post("api/v1/commands", entity="camera.browser", trait="OnOff", value=False)
        expect(card.locator("[data-cause=switched_off]")).to_contain_text("Under Privacy", timeout=PATIENCE_MS)
        assert visit.axe("switched off") == []
        begin.click()
        expect(card.locator("[data-cause=switched_off]")).to_be_visible(timeout=PATIENCE_MS)
        hub.post("api/v1/say", text="turn on the browser camera")
        begin.click()
        expect(status).to_have_text("The hub sees through this camera", timeout=PATIENCE_MS)
        page.goto("about:blank")
        showing(0)


def test_a_hub_that_cannot_see_says_so_and_the_camera_is_let_go_of(
    playwright: Playwright, tmp_path: Path, thumb: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['mediapipe'] = None")
    home = tmp_path / "home"
    home.mkdir()
    (home / "hearth.toml").write_text('[[area]]\nid = "hallway"\nname = "hallway"\n')
    hub = RunningHub(home, "--deaf", inside=("env", f"PYTHONPATH={tmp_path}"))
    hub.wait("healthz", lambda health: health["status"] == "ok")
    try:
        with _visit(playwright, hub.url, (*FAKE, f"--use-file-for-fake-video-capture={thumb}")) as visit:
            visit.go("gestures")
            visit.page.get_by_role("button", name="Let the hub see").click()
            told = visit.page.locator("hearth-page-camera [data-cause=blind]")
            expect(told).to_contain_text("This hub cannot see", timeout=PATIENCE_MS)
            expect(visit.page.get_by_label("What this browser's camera shows the hub")).to_have_count(0)
            assert visit.axe("a hub that cannot see") == []
        assert hub.get("api/v1/privacy")["cameras"] == []
    finally:
        hub.stop()


def test_a_camera_that_cannot_be_had_says_why_and_what_to_do(playwright: Playwright, hub: RunningHub) -> None:
    with _visit(playwright, hub.url, (FAKE[0], "--deny-permission-prompts")) as visit:
        visit.go("gestures")
        _says(visit, "denied", "allow the camera")
        assert visit.axe("camera denied") == []
        for error, cause, step in (
            ("NotReadableError", "busy", "End the call"),  # no other program is here to hold the camera
            ("NotFoundError", "none", "Plug one in"),
            ("TypeError", "failed", "Load this page again"),
        ):
            visit.page.evaluate(
                f"() => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))"
            )
            _says(visit, cause, step)
    url = hub.url.replace("127.0.0.1", NAME)
    with _visit(playwright, url, (*FAKE, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")) as visit:
        visit.go("gestures")
        assert visit.page.evaluate("() => window.isSecureContext") is False
        _says(visit, "insecure", "tls = true")
        visit.complaints = [c for c in visit.complaints if "Cross-Origin-Opener-Policy" not in c]  # wants https too
    assert hub.get("api/v1/privacy")["cameras"][0]["pages"] == 0


def _says(visit: Visit, cause: str, step: str) -> None:
    visit.page.get_by_role("button", name="Let the hub see").click()
    expect(visit.page.locator(f".trouble[data-cause={cause}]")).to_contain_text(step)
