"""POST /api/v1/hear."""

import aiohttp
import pytest

from hub.core.errors import MediaError
from hub.satellites.page_wire import Reply, Transcript
from hub.satellites.sound_files import HeardFile
from hub.web.api import hear
from hub.web.server import WebServer

KIND = {"Content-Type": "application/octet-stream"}


class Hears:
    """Plays the room that hears files."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, str, bool]] = []

    async def hear(self, data: bytes, *, area: str = "", wake: bool = True) -> HeardFile:
        self.asked.append((data, area, wake))
        if data == b"noise":
            raise MediaError("this is not a sound file", remedy="give another")
        told = (Transcript(text="lamp on", confidence=0.5), Reply(number=1, text="Done."))
        return HeardFile(audio_s=1.5, wall_s=0.5, stages_ms={"wake": 2.0}, told=told)


@pytest.fixture
def hears(server: WebServer) -> Hears:
    made = server.rooms.files = Hears()
    return made


async def test_a_file_is_heard_and_told_as_the_socket_would(hears: Hears, client: aiohttp.ClientSession) -> None:
    query = {"area": "kitchen", "wake": "false"}
    async with client.post("/api/v1/hear", params=query, data=b"sound", headers=KIND) as answer:
        told = await answer.json()
    assert hears.asked == [(b"sound", "kitchen", False)]
    assert told["told"][0] == {"type": "transcript", "text": "lamp on", "confidence": 0.5}
    assert (told["audio_s"], told["told"][1]["text"]) == (1.5, "Done.")


@pytest.mark.parametrize(
    ("kind", "data", "query", "status"),
    [
        ("audio/wav", b"sound", "", 415),
        ("application/json", b"{}", "", 415),
        ("application/octet-stream", b"noise", "", 422),
        ("application/octet-stream", b"x" * 2_000, "", 413),
        ("application/octet-stream", b"sound", "?wake=perhaps", 422),
        ("application/octet-stream", b"sound", "?file=/etc/passwd", 422),
    ],
)
async def test_threat_41_what_is_no_sound_file_is_refused(
    hears: Hears, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, kind: str, data: bytes, query: str,
    status: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(hear, "MOST_BYTES", 1_000)
    async with client.post(f"/api/v1/hear{query}", data=data, headers={"Content-Type": kind}) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["message"]


async def test_a_hub_that_does_not_hear_says_so(server: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/hear", data=b"sound", headers=KIND) as answer:
        assert answer.status == 503
