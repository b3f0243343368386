"""Models that are downloaded: from a model hub of the tests' own, with all that one can do wrong."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.errors import EgressError, ModelError, ModelHashError
from hub.inference.store import ModelStore, PullProgress
from tests.inference.cards import FILES, write_card

REVISION = "1234567890" * 4


_LEADS = {"loop": "", "nowhere": "http://[", "port": "https://127.0.0.1:99999/", "plain": "http://models.example/"}
"""Where mischief redirects to; empty: to itself."""


class _Hub(http.server.BaseHTTPRequestHandler):
    """A model hub on loopback. What it does wrong is `server.mischief`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mischief = self.server.mischief  # type: ignore[attr-defined]
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        name = self.path.split(f"/resolve/{REVISION}/")[-1].removeprefix("/stored/")
        data = FILES.get(name)
        if mischief in _LEADS or (mischief == "redirect" and not self.path.startswith("/stored/")):
            self.send_response(302)
            self.send_header("Location", _LEADS.get(mischief, f"/stored/{name}") or self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if data is None or mischief == "missing":
            self.send_error(404)
            return
        if mischief == "changed":
            data = bytes(len(data))
        self.send_response(200)
        if mischief != "unannounced":
            self.send_header("Content-Length", str(len(data) + (7 if mischief == "size" else 0)))
        if mischief in ("unannounced", "endless", "size"):
            self.send_header("Connection", "close")
        self.end_headers()
        body = data[: len(data) // 2] if mischief == "truncated" else data
        self.wfile.write(body + (b"x" * 9 if mischief == "unannounced" else b""))
        if mischief in ("truncated", "unannounced"):
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    server.mischief, server.asked = "", []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def connect(host: str, port: int, *, why: str) -> socket.socket:
    assert why
    return socket.create_connection((host, port), timeout=10)


@pytest.fixture
def hub_cards(tmp_path: Path) -> Path:
    return write_card(tmp_path / "cards", f'huggingface = "people/thing"\nrevision = "{REVISION}"')


def test_a_model_is_downloaded_after_agreement_with_progress(
    tmp_path: Path, hub_cards: Path, hub: http.server.ThreadingHTTPServer
) -> None:
    for mischief in ("", "redirect"):
        hub.mischief = mischief  # type: ignore[attr-defined]
        seen: list[PullProgress] = []
        store = ModelStore(tmp_path / f"cache{mischief}", hub_cards, allow_download=True, connect=connect)
        assert store.pull("thing", seen.append).state == "ready"
        assert store.path("thing", "sub/b.bin").read_bytes() == FILES["sub/b.bin"]
        assert seen[-1].done == seen[-1].total == len(FILES["sub/b.bin"])
    assert hub.asked[0] == f"/people/thing/resolve/{REVISION}/a.bin"  # type: ignore[attr-defined]


def test_nothing_is_downloaded_without_agreement(
    tmp_path: Path, hub_cards: Path, hub: http.server.ThreadingHTTPServer
) -> None:
    with pytest.raises(ModelError, match="allow_download"):
        ModelStore(tmp_path / "cache", hub_cards, connect=connect).pull("thing")
    with pytest.raises(ModelError, match="egress guard"):
        ModelStore(tmp_path / "cache", hub_cards, allow_download=True).pull("thing")
    assert hub.asked == []  # type: ignore[attr-defined]


def test_the_guard_has_the_last_word(tmp_path: Path, hub_cards: Path, hub: http.server.ThreadingHTTPServer) -> None:
    def refuse(host: str, port: int, *, why: str) -> socket.socket:
        raise EgressError(f"{host} is not allowed")

    with pytest.raises(ModelError, match="is not allowed"):
        ModelStore(tmp_path / "cache", hub_cards, allow_download=True, connect=refuse).pull("thing")


@pytest.mark.parametrize(
    ("mischief", "says"),
    [
        ("missing", "answers 404"),
        ("changed", "SHA-256"),
        ("size", "offers 5007 bytes"),
        ("truncated", "the card says 5000|broke off"),
        ("unannounced", "the server sent more"),
        ("loop", "more than 5 redirects"),
        ("nowhere", "https only"),
        ("port", "https only"),
        ("plain", "https only"),
    ],
)
def test_a_server_that_misbehaves_leaves_nothing_behind(
    mischief: str, says: str, tmp_path: Path, hub_cards: Path, hub: http.server.ThreadingHTTPServer
) -> None:
    hub.mischief = mischief  # type: ignore[attr-defined]
    store = ModelStore(tmp_path / "cache", hub_cards, allow_download=True, connect=connect)
    with pytest.raises(ModelError, match=says) as caught:
        store.pull("thing")
    assert isinstance(caught.value, ModelHashError) == (mischief == "changed")
    assert [p.name for p in (tmp_path / "cache").rglob("*") if p.is_file()] == [".thing.lock"]


def test_unencrypted_addresses_are_refused_but_for_this_machine(tmp_path: Path) -> None:
    cards = write_card(tmp_path / "cards", 'url = "http://models.example/{file}"')
    with pytest.raises(ModelError, match="https only"):
        ModelStore(tmp_path / "cache", cards, allow_download=True, connect=connect).pull("thing")


def test_without_a_known_hub_the_remedy_is_named(
    tmp_path: Path, hub_cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(ModelError, match="set HF_ENDPOINT"):
        ModelStore(tmp_path / "cache", hub_cards, allow_download=True, connect=connect).pull("thing")
