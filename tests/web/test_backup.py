"""A home as one file over the API, and a new one made of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.errors import UsageError
from hub.core.paths import HomePaths
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.store.accounts import AccountTable
from hub.store.backup_file import seal
from hub.store.database import Database
from hub.store.restore import finish, is_unfinished
from hub.web.api.backups import Backups
from hub.web.server import WebServer
from tests.fast_cipher import use_fast_cipher

from .conftest import OWNER, browser, cheap, let_in

Client = aiohttp.ClientSession
PASSPHRASE = "correct horse ✓ battery"
KIND = {"Content-Type": "application/octet-stream"}


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fast_cipher(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with more in it than its settings."""
    root = tmp_path / "old"
    (root / "web").mkdir(parents=True)
    (root / "hearth.toml").write_text('[home]\nname = "Old house"\n')
    (root / "web" / "ca.key").write_text("key")
    return root


@pytest.fixture
async def empty(tmp_path: Path, bus: Bus, states: StateTable) -> AsyncIterator[tuple[WebServer, Path, list[str]]]:
    """A hub over a home that has no owner, its directory, and how often it was told to begin anew."""
    root = tmp_path / "new"
    root.mkdir()
    database = await Database.open(root / "hearth.db")
    server = WebServer(WebSettings(port=0), bus, states, passwords=cheap())
    begun: list[str] = []

    async def restart() -> None:
        begun.append("restart")

    await server.start()
    await server.know(AccountTable(database))
    server.rooms.restart = restart
    server.rooms.backups = Backups(HomePaths(root), "", lambda: "New house")
    yield server, root, begun
    await server.close()
    await database.close()


def _headers(passphrase: str = PASSPHRASE) -> dict[str, str]:
    return {**KIND, "X-Hearth-Passphrase": quote(passphrase)}


async def test_a_home_goes_through_the_api_onto_an_empty_one(
    guarded: WebServer, owner: Client, home: Path, empty: tuple[WebServer, Path, list[str]]
) -> None:
    guarded.rooms.backups = Backups(HomePaths(home), "", lambda: "Änne's <Old> ../house")
    async with owner.post("api/v1/backup", json={"passphrase": PASSPHRASE}) as answer:
        assert answer.status == 200
        named = answer.headers["Content-Disposition"]
        sealed = await answer.read()
    assert named.startswith('attachment; filename="hearth-nne-s-old-house-20')
    server, root, begun = empty
    async with browser(server) as page, page.post("api/v1/restore", data=sealed, headers=_headers()) as answer:
        assert answer.status == 200, await answer.text()
        told = await answer.json()
    assert (told["home"], told["files"], begun) == ("Änne's <Old> ../house", 2, ["restart"])
    assert not list(root.glob(".upload*"))
    assert is_unfinished(root)  # it is moved into place between two runs of the hub
    aside = finish(root)
    assert (root / "web" / "ca.key").read_text() == "key"
    assert aside is not None and (aside / "hearth.db").exists()


async def test_what_is_no_backup_or_has_another_passphrase_changes_nothing(
    empty: tuple[WebServer, Path, list[str]],
) -> None:
    server, root, begun = empty
    sealed = await asyncio.to_thread(seal, b"not an archive", PASSPHRASE)
    async with browser(server) as page:
        for data, passphrase, why in (
            (b"GIF89a", PASSPHRASE, "no backup"),
            (sealed, "another one", "passphrase"),
            (sealed, PASSPHRASE, "backup"),
            (b"", PASSPHRASE, "no backup"),
        ):
            async with page.post("api/v1/restore", data=data, headers=_headers(passphrase)) as answer:
                assert answer.status == 422
                assert why in (await answer.json())["error"]["message"]
        async with page.post("api/v1/restore", json={}) as answer:
            assert answer.status == 415
        headers = {**_headers(), "Origin": "http://evil.example"}
        async with page.post("api/v1/restore", data=sealed, headers=headers) as answer:
            assert answer.status == 403
    assert begun == []
    assert sorted(path.name for path in root.iterdir() if not path.name.startswith("hearth.db")) == []


async def test_a_home_that_gets_an_owner_while_a_backup_is_sent_is_not_replaced(
    guarded: WebServer, owner: Client, home: Path, empty: tuple[WebServer, Path, list[str]]
) -> None:
    """Whoever began to send one before the owner was made must not take the home from them at its last byte."""
    guarded.rooms.backups = Backups(HomePaths(home), "", lambda: "theirs")
    async with owner.post("api/v1/backup", json={"passphrase": PASSPHRASE}) as answer:
        sealed = await answer.read()
    server, root, begun = empty
    owned = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield sealed[:100]
        await owned.wait()
        yield sealed[100:]

    async with browser(server) as eve, browser(server) as ann:
        sending = asyncio.create_task(eve.post("api/v1/restore", data=slowly(), headers=_headers()))
        async with asyncio.timeout(20):
            while not (root / ".upload.new").exists():
                await asyncio.sleep(0.01)
        await let_in(ann, "api/v1/setup", OWNER)
        owned.set()
        async with await sending as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (409, "owned")
    assert begun == []
    assert not is_unfinished(root)


async def test_a_home_with_an_owner_is_never_replaced(guarded: WebServer, owner: Client, home: Path) -> None:
    guarded.rooms.backups = Backups(HomePaths(home), "", lambda: "Old house")
    async with browser(guarded) as stranger:
        async with stranger.post("api/v1/restore", data=b"age", headers=_headers()) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (409, "owned")
        async with stranger.post("api/v1/backup", json={"passphrase": PASSPHRASE}) as answer:
            assert answer.status == 401


async def test_a_short_passphrase_and_a_second_backup_at_once_are_refused(
    guarded: WebServer, owner: Client, home: Path
) -> None:
    async with owner.post("api/v1/backup", json={"passphrase": PASSPHRASE}) as answer:
        assert answer.status == 503
    backups = guarded.rooms.backups = Backups(HomePaths(home), "", lambda: "Old house")
    async with owner.post("api/v1/backup", json={"passphrase": "short"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, UsageError.code)
    async with backups._busy, owner.post("api/v1/backup", json={"passphrase": PASSPHRASE}) as answer:
        assert answer.status == 503


async def test_threat_10_a_body_over_the_limit_or_compressed_is_not_taken(
    empty: tuple[WebServer, Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.api.backup_routes._MOST_BYTES", 1000)
    server, root, begun = empty

    async def unending() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    async with browser(server) as page:
        for data, headers, status in (
            (b"x" * 1001, _headers(), 413),
            (unending(), _headers(), 413),
            (b"x", {**_headers(), "Content-Encoding": "gzip"}, 400),
            (b"x", {**_headers(), "X-Hearth-Passphrase": "x" * 4001}, 400),
        ):
            async with page.post("api/v1/restore", data=data, headers=headers) as answer:
                assert answer.status == status, await answer.text()
    assert begun == []
    assert not list(root.glob(".upload*"))
