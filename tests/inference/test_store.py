"""The model store, with wheels and a download server of the tests' own."""

import hashlib
import http.server
import multiprocessing
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.core.errors import EgressError, ModelError, ModelHashError, NotFoundError
from hub.inference import store as store_module
from hub.inference.card import ModelFile, WheelSource
from hub.inference.store import ModelStore, PullProgress
from hub.inference.wheels import pip_command, read_member

FILES = {"a.bin": b"first" * 1000, "sub/b.bin": b"second" * 2000}
WHEEL = 'wheel = "thing==1.0"\nmember = "thing/{file}"'


def write_card(folder: Path, source: str = WHEEL, files: dict[str, bytes] = FILES, name: str = "thing") -> Path:
    folder.mkdir(exist_ok=True)
    text = f'name = "{name}"\ntask = "wake"\nversion = "1"\nlicence = "MIT"\ndescription = "x"\n'
    for file, data in files.items():
        text += f'[[files]]\nname = "{file}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"\nsize = {len(data)}\n'
    (folder / f"{name}.toml").write_text(f"{text}[[sources]]\n{source}\n")
    return folder


def write_wheel(path: Path, files: dict[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil", "x")
        for name, data in files.items():
            archive.writestr(f"thing/{name}", data)
    return path


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return write_card(tmp_path / "cards")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What pip fetches in these tests: the wheel that lies at this path."""
    wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl")

    @contextmanager
    def fetched(_: WheelSource) -> Iterator[Path]:
        yield wheel

    monkeypatch.setattr(store_module, "fetched_wheel", fetched)
    return wheel


def test_pulled_files_are_found_verified_and_listed(tmp_path: Path, cards: Path, wheels: Path) -> None:
    store = ModelStore(tmp_path / "cache", cards)
    assert [s.state for s in store.list()] == ["missing"]
    with pytest.raises(ModelError, match="hearth models pull thing"):
        store.path("thing", "a.bin")
    seen: list[PullProgress] = []
    assert store.pull("thing", seen.append).state == "ready"
    assert [(p.file, p.done == p.total) for p in seen] == [("a.bin", True), ("sub/b.bin", True)]
    assert store.path("thing", "a.bin").read_bytes() == FILES["a.bin"]
    assert store.folder("thing") == store.path("thing", "sub/b.bin").parents[1]
    assert [s.state for s in store.verify()] == ["ready"]
    assert not (tmp_path.parent / "evil").exists() and not (tmp_path / "evil").exists()
    seen.clear()
    store.pull("thing", seen.append)
    assert seen == []  # nothing is fetched twice


def test_two_models_of_one_wheel_fetch_it_once(tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_card(cards, name="other")
    fetches: list[WheelSource] = []

    @contextmanager
    def fetched(source: WheelSource) -> Iterator[Path]:
        fetches.append(source)
        wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl")
        yield wheel
        wheel.unlink()

    monkeypatch.setattr(store_module, "fetched_wheel", fetched)
    store = ModelStore(tmp_path / "cache", cards)
    with store.keeping_wheels():
        assert {store.pull(name).state for name in ("thing", "other")} == {"ready"}
    assert len(fetches) == 1 and not (tmp_path / "thing-1.0-py3-none-any.whl").exists()
    with store.keeping_wheels():
        store.pull("thing")
    assert len(fetches) == 1  # nothing is fetched for what is here


def test_a_changed_file_is_never_used(tmp_path: Path, cards: Path, wheels: Path) -> None:
    store = ModelStore(tmp_path / "cache", cards)
    store.pull("thing")
    path = store.path("thing", "a.bin")
    path.write_bytes(FILES["a.bin"].replace(b"f", b"g"))
    with pytest.raises(ModelHashError, match="pull thing"):
        store.path("thing", "a.bin")
    with pytest.raises(ModelHashError):
        store.folder("thing")
    assert [s.state for s in store.list()] == ["ready"]  # sizes only
    assert [s.state for s in store.verify("thing")] == ["broken"]
    store.pull("thing")
    assert store.path("thing", "a.bin") == path


@pytest.mark.parametrize("wrong", [b"virst" * 1000, b"first" * 1001, b"", b"first" * 10_000_000])
def test_a_source_with_other_files_is_refused(tmp_path: Path, cards: Path, wheels: Path, wrong: bytes) -> None:
    write_wheel(wheels, {**FILES, "a.bin": wrong})
    store = ModelStore(tmp_path / "cache", cards)
    with pytest.raises(ModelError, match="thing could not be pulled") as caught:
        store.pull("thing")
    assert isinstance(caught.value, ModelHashError) == (len(wrong) == len(FILES["a.bin"]))
    with pytest.raises(ModelError):
        store.path("thing", "a.bin")
    assert [p.name for p in (tmp_path / "cache").rglob("*") if p.is_file()] == [".thing.lock"]


def test_what_is_no_wheel_is_an_error(tmp_path: Path) -> None:
    source, file = WheelSource(wheel="thing==1.0", member="{file}"), ModelFile(name="a", sha256="0" * 64, size=3)
    for data in (b"", b"PK\x03\x04 nonsense"):
        (tmp_path / "w.whl").write_bytes(data)
        with pytest.raises(ModelError, match=r"w\.whl has no readable a"):
            read_member(tmp_path / "w.whl", "a", file)
    assert "--only-binary=:all:" in pip_command(source, "x") and pip_command(source, "x")[-1] == "thing==1.0"
    tagged = WheelSource(wheel="thing==1.0", member="{file}", platform="manylinux_2_28_x86_64", python="3.11")
    command = pip_command(tagged, "x")
    assert command[command.index("--platform") + 1] == "manylinux_2_28_x86_64"


def test_pip_failing_is_told_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    source = 'wheel = "hearth-no-such-wheel==1.0"\nmember = "{file}"'
    store = ModelStore(tmp_path / "cache", write_card(tmp_path / "cards", source))
    with pytest.raises(ModelError, match=r"hearth-no-such-wheel==1\.0: ERROR"):
        store.pull("thing")


def test_pip_fetches_a_wheel_from_the_users_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = write_wheel(tmp_path / "hearth_test_wheel-1.0-py3-none-any.whl")
    info = "hearth_test_wheel-1.0.dist-info"
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: hearth-test-wheel\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    source = 'wheel = "hearth-test-wheel==1.0"\nmember = "thing/{file}"'
    store = ModelStore(tmp_path / "cache", write_card(tmp_path / "cards", source))
    assert store.pull("thing").state == "ready"


def test_an_installed_distribution_is_used_in_place(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "cache")
    path = store.path("pocketsphinx-en-us", "en-us/mdef")
    assert tmp_path not in path.parents
    assert (store.folder("pocketsphinx-en-us") / "en-us" / "mdef") == path
    assert not (tmp_path / "cache").exists()  # nothing is written to use what is installed


def test_files_that_come_with_the_hub_are_used_in_place_if_they_are_right(tmp_path: Path) -> None:
    cards = write_card(tmp_path / "cards", 'bundled = "mine/{file}"')
    for name, data in FILES.items():
        (cards / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (cards / "mine" / name).write_bytes(data)
    store = ModelStore(tmp_path / "cache", cards)
    assert store.path("thing", "a.bin") == cards / "mine" / "a.bin"
    assert store.folder("thing") == cards / "mine"
    assert [s.state for s in store.list()] == ["ready"]
    assert store.pull("thing").state == "ready"
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [".thing.lock"]  # nothing was copied
    (cards / "mine" / "a.bin").write_bytes(FILES["a.bin"].replace(b"f", b"g"))
    with pytest.raises(ModelError, match="thing is not on this machine"):
        store.path("thing", "a.bin")
    with pytest.raises(ModelError, match=r"a\.bin, which comes with the hub, is missing or changed"):
        store.pull("thing")


def test_a_broken_card_leaves_the_others(tmp_path: Path, cards: Path) -> None:
    (cards / "bad.toml").write_text("name = 5")
    store = ModelStore(tmp_path / "cache", cards)
    assert [c.name for c in store.cards()] == ["thing"]
    assert "bad.toml" in str(store.problems["bad"])
    with pytest.raises(ModelError, match=r"bad\.toml"):
        store.card("bad")
    with pytest.raises(NotFoundError, match="known are thing"):
        store.card("nothing")


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path, cards: Path, wheels: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="HEARTH_MODELS"):
        ModelStore(tmp_path / "file" / "cache", cards).pull("thing")


def _pull_in_process(cache: Path, cards: Path, wheel: Path, barrier: object) -> None:
    @contextmanager
    def fetched(_: WheelSource) -> Iterator[Path]:
        yield wheel

    store_module.fetched_wheel = fetched  # type: ignore[assignment]
    barrier.wait(30)  # type: ignore[attr-defined]
    assert ModelStore(cache, cards).pull("thing").state == "ready"


def test_pulls_at_the_same_time_do_not_disturb_each_other(tmp_path: Path, cards: Path) -> None:
    wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl")
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    arguments = (tmp_path / "cache", cards, wheel, barrier)
    processes = [context.Process(target=_pull_in_process, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [p.exitcode for p in processes] == [0] * 4
    assert [s.state for s in ModelStore(tmp_path / "cache", cards).verify()] == ["ready"]
    left = [p.name for p in (tmp_path / "cache").rglob(".pull-*")]
    assert left == []


# -- downloads -----------------------------------------------------------------------------------------------------

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


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEARTH_MODELS", str(tmp_path / "m"))
    assert ModelStore().cache == tmp_path / "m"
    assert os.environ["HEARTH_MODELS"]
