"""The page's files: found by name, kept by browsers, and the plain page where nothing was built."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import hub.web.page_files as page_files_module
from hub.web.page_files import PageFile, page_files

PLAIN = {"/", "/page/style.css", "/page/home.js", "/page/door.js"}
SOURCE = Path(__file__).parents[2] / "frontend" / "src"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("page/index.html", "page/style.css", "page/home.js", "page/door.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"plain {name}")
    return tmp_path


@pytest.fixture
def built(here: Path) -> Path:
    (here / "static" / "ui").mkdir(parents=True)
    (here / "static" / "index.html").write_text("built")
    (here / "static" / "ui" / "index-Ab12.js").write_text("let a = 1;" * 100)
    (here / "static" / "ui" / "notes.txt").write_text("not of the page")
    return here


def test_without_a_build_the_plain_page_is_served(here: Path) -> None:
    files, bodies = page_files(here)
    assert set(files) == PLAIN
    assert bodies[files["/"][0]] == b"plain page/index.html"


def test_a_build_takes_the_place_of_the_plain_page_and_brings_its_files(built: Path) -> None:
    files, bodies = page_files(built)
    assert set(files) == PLAIN | {"/ui/index-Ab12.js"}
    assert files["/ui/index-Ab12.js"][1] == "text/javascript"
    assert bodies[files["/"][0]] == b"built"


def test_half_a_build_is_none(built: Path) -> None:
    (built / "static" / "index.html").unlink()
    assert set(page_files(built)[0]) == PLAIN


@pytest.fixture
def served(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[web.Application]:
    files, bodies = page_files(built)
    monkeypatch.setattr(page_files_module, "_BODIES", bodies)
    app = web.Application()
    for path, (name, kind) in files.items():
        app.router.add_get(path, PageFile(name, kind).answer)
    yield app


async def test_what_is_named_by_its_content_is_kept_for_good_and_the_rest_is_asked_about(
    served: web.Application,
) -> None:
    async with TestServer(served) as server, aiohttp.ClientSession(server.make_url("/")) as client:
        async with client.get("/ui/index-Ab12.js") as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        async with client.get("/") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


async def test_who_takes_it_compressed_gets_it_so_with_a_tag_of_its_own(served: web.Application) -> None:
    async with (
        TestServer(served) as server,
        aiohttp.ClientSession(server.make_url("/"), auto_decompress=False) as client,
    ):
        async with client.get("/ui/index-Ab12.js", headers={"Accept-Encoding": "identity"}) as plain:
            body = await plain.read()
        async with client.get("/ui/index-Ab12.js", headers={"Accept-Encoding": "gzip"}) as zipped:
            assert zipped.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await zipped.read()) == body
        assert plain.headers["ETag"] != zipped.headers["ETag"]
        known = {"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]}
        async with client.get("/ui/index-Ab12.js", headers=known) as again:
            assert again.status == 304


def test_the_page_never_makes_markup_of_text() -> None:
    sinks = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser", "unsafe", "srcdoc")
    plain = Path(page_files_module.__file__).parent / "page"
    for source in (*SOURCE.rglob("*.ts"), *plain.glob("*.js")):
        text = source.read_text()
        assert [sink for sink in sinks if sink in text] == [], source
