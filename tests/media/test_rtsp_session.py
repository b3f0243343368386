"""A conversation with cameras that behave, and with some that do not, each played by a thread of the test."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from hub.core.errors import MediaError, ProtocolError
from hub.media.rtsp import session as session_module
from hub.media.rtsp.address import RtspAddress
from hub.media.rtsp.session import RtspSession

ADDRESS = RtspAddress("cam.local", 554, "rtsp://cam.local:554/live")
OWNER = RtspAddress("cam.local", 554, "rtsp://cam.local:554/live", "me", "s3 cret")
SDP = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
Answer = Callable[[str, int], str]


def attend(descriptor: int, seconds: float) -> None:
    select.select([descriptor], [], [], seconds)


def reply(cseq: int, *headers: str, status: str = "200 OK", body: str = "") -> str:
    lines = [f"RTSP/1.0 {status}", f"CSeq: {cseq}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body])


def behaving(method: str, cseq: int) -> str:
    """What a camera that behaves answers."""
    headers = {
        "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN",),
        "DESCRIBE": ("Content-Base: rtsp://cam.local:554/live/",),
        "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 4711;timeout=60"),
    }
    after = "$\0\0\x05first" if method == "PLAY" else ""
    return reply(cseq, *headers.get(method, ()), body=SDP if method == "DESCRIBE" else "") + after


class Played:
    """The camera's end: answers requests, and keeps them."""

    def __init__(self, answer: Answer) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.asked: list[str] = []
        self._answer = answer
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(ConnectionError):  # the session is over
            self._serve()

    def _serve(self) -> None:
        waiting = b""
        while data := self.theirs.recv(4096):
            waiting += data
            while b"\r\n\r\n" in waiting:
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                text = head.decode()
                self.asked.append(text)
                cseq = int(text.split("CSeq: ")[1].split("\r\n")[0])
                said = self._answer(text.split(" ")[0], cseq)
                if said == "hang up":
                    self.theirs.shutdown(socket.SHUT_RDWR)
                    return
                self.theirs.sendall(said.encode("latin-1"))

    def session(self, address: RtspAddress = ADDRESS) -> RtspSession:
        return RtspSession(self.ours.fileno(), address, attend)

    def close(self) -> None:
        self.ours.close()
        self._thread.join(5)
        self.theirs.close()


@pytest.fixture
def play() -> Iterator[Callable[[Answer], Played]]:
    playing: list[Played] = []

    def begin(answer: Answer) -> Played:
        playing.append(Played(answer))
        return playing[-1]

    yield begin
    for camera in playing:
        camera.close()


Play = Callable[[Answer], Played]


def test_a_camera_is_asked_set_up_and_played(play: Play) -> None:
    camera = play(behaving)
    opened = camera.session()
    assert opened.open().codec == "h264"
    assert next(opened.packets()) == b"first"
    opened.close()
    camera.close()
    lines = [asked.split("\r\n") for asked in camera.asked]
    base = "rtsp://cam.local:554/live/"
    assert [line[0] for line in lines] == [
        "OPTIONS rtsp://cam.local:554/live RTSP/1.0",
        "DESCRIBE rtsp://cam.local:554/live RTSP/1.0",
        f"SETUP {base}track1 RTSP/1.0",
        f"PLAY {base} RTSP/1.0",
        f"TEARDOWN {base} RTSP/1.0",
    ]
    assert "Transport: RTP/AVP/TCP;unicast;interleaved=0-1" in lines[2]
    assert "Session: 4711" in lines[3]


@pytest.mark.parametrize("kind", ["Basic", "Digest"])
def test_a_password_is_given_when_it_is_asked_for(play: Play, kind: str) -> None:
    def asking(method: str, cseq: int) -> str:
        if f"Authorization: {kind}" in camera.asked[-1]:
            return behaving(method, cseq)
        return reply(cseq, f'WWW-Authenticate: {kind} realm="cam", nonce="abc"', status="401 Unauthorized")

    camera = play(asking)
    opened = camera.session(OWNER)
    opened.open()
    assert sum("Authorization" in asked for asked in camera.asked) == 4
    assert len(camera.asked) == 5  # asked for once, given with every request after that
    assert all("s3 cret" not in asked for asked in camera.asked)


def refusing(status: str, *headers: str) -> Answer:
    return lambda _method, cseq: reply(cseq, *headers, status=status)


def at_setup(method: str, cseq: int) -> str:
    """Only by UDP."""
    if method == "SETUP":
        return reply(cseq, "Transport: RTP/AVP;unicast;client_port=5000-5001", "Session: 1")
    return behaving(method, cseq)


def no_video(method: str, cseq: int) -> str:
    return reply(cseq, body="v=0\r\nm=audio 0 RTP/AVP 0\r\n") if method == "DESCRIBE" else behaving(method, cseq)


def elsewhere(method: str, cseq: int) -> str:
    """A base address that would break out of its line."""
    if method == "DESCRIBE":
        return reply(cseq, "Content-Base: rtsp://cam.local/\x07 x", body=SDP)
    return behaving(method, cseq)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusing("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), "refuses this user"),
        (refusing("403 Forbidden"), "refuses this user"),
        (refusing("404 Not Found"), "nothing at this path"),
        (refusing("302 Found", "Location: rtsp://127.0.0.1:22/"), "asked elsewhere"),
        (refusing("500 Oops"), "answers OPTIONS with 500"),
        (at_setup, "only by UDP"),
        (no_video, "no video"),
        (lambda _method, _cseq: "hang up", "hung up"),
    ],
)
def test_a_camera_that_objects_is_an_error_with_a_remedy(play: Play, answer: Answer, says: str) -> None:
    with pytest.raises(MediaError, match=says) as caught:
        play(answer).session(OWNER).open()
    assert caught.value.remedy
    assert "s3 cret" not in str(caught.value)


def test_a_camera_that_asks_for_a_password_that_nobody_gave_says_so(play: Play) -> None:
    with pytest.raises(MediaError, match="asks for a user and a password"):
        play(refusing("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')).session().open()


@pytest.mark.parametrize("answer", [elsewhere, lambda _method, _cseq: "HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_camera_that_does_not_speak_rtsp_is_an_error(play: Play, answer: Answer) -> None:
    with pytest.raises(ProtocolError):
        play(answer).session().open()


def test_a_camera_that_says_nothing_is_given_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_ANSWER_S", 0.1)
    monkeypatch.setattr(session_module, "_SILENT_S", 0.1)
    monkeypatch.setattr(session_module, "_LOOK_UP_S", 0.02)
    with pytest.raises(MediaError, match="does not answer OPTIONS"):
        play(lambda _method, _cseq: "").session().open()
    opened = play(behaving).session()
    opened.open()
    with pytest.raises(MediaError, match="sent nothing"):
        list(opened.packets())


def test_the_camera_is_told_that_somebody_still_looks(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(method: str, cseq: int) -> str:
        return behaving(method, cseq).replace("timeout=60", "timeout=1") + "$\0\0\1x" * (method == "GET_PARAMETER")

    monkeypatch.setattr(session_module, "_SHORTEST_SESSION_S", 0.1)
    monkeypatch.setattr(session_module, "_LONGEST_SESSION_S", 0.1)
    monkeypatch.setattr(session_module, "_LOOK_UP_S", 0.02)
    camera = play(short)
    opened = camera.session()
    opened.open()
    packets = opened.packets()
    assert [next(packets) for _ in range(3)] == [b"first", b"x", b"x"]
    assert sum(asked.startswith("GET_PARAMETER") for asked in camera.asked) >= 2
