"""What `hearth doctor` says of the page: who comes in, its certificate, its port."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.cli.doctor.finding import Finding
from hub.cli.doctor.web_checks import certificate, door, port
from hub.core.clock import FakeClock, SystemClock
from hub.core.paths import HomePaths
from hub.core.running import the_only_hub
from hub.core.settings import Settings, WebSettings
from hub.store.account_rows import Account
from hub.store.accounts import AccountTable
from hub.store.database import Database
from hub.web.access.certificates import Certificates
from hub.web.access.home_files import WebFiles
from hub.web.access.own_names import own_names


async def _all(findings: AsyncIterator[Finding]) -> list[tuple[str, str]]:
    return [(finding.level, finding.mend) async for finding in findings]


async def _own(root: Path) -> None:
    database = await Database.open(root / "hearth.db")
    owner = Account(id="a", name="Ann", key="ann", role="owner", password="x", created=0.0)
    await AccountTable(database).add_first(owner)
    await database.close()


@pytest.mark.parametrize(
    ("web", "level", "mend"),
    [
        (WebSettings(host="0.0.0.0"), "broken", "tls"),
        (WebSettings(host="0.0.0.0", tls=True), "broken", "owner"),
        (WebSettings(host="0.0.0.0", tls=True, accounts="off"), "broken", "accounts"),
        (WebSettings(accounts="off"), "absent", "accounts"),
        (WebSettings(), "absent", "owner"),
    ],
)
async def test_a_home_without_an_owner(tmp_path: Path, web: WebSettings, level: str, mend: str) -> None:
    ((found, how),) = await _all(door(Settings(web=web), HomePaths(tmp_path)))
    assert found == level and mend in how


async def test_a_home_with_an_owner(tmp_path: Path) -> None:
    await _own(tmp_path)
    open_home = WebSettings(host="0.0.0.0", tls=True, setup_code=True)
    first, second = await _all(door(Settings(web=open_home), HomePaths(tmp_path)))
    assert first[0] == "absent" and "setup_code" in first[1]
    assert second == ("ok", "")


async def test_a_certificate_that_ends_or_has_other_names(tmp_path: Path) -> None:
    paths, web = HomePaths(tmp_path), WebSettings(tls=True)
    assert await _all(certificate(Settings(), paths)) == []
    assert [level for level, _ in await _all(certificate(Settings(web=web), paths))] == ["absent"]
    files = WebFiles.of(tmp_path)
    now = SystemClock().now()
    await Certificates(files, lambda: own_names(web.host, ()), SystemClock()).context()
    assert [level for level, _ in await _all(certificate(Settings(web=web), paths))] == ["ok"]
    named = WebSettings(tls=True, names=("hub.home.arpa",))
    assert [level for level, _ in await _all(certificate(Settings(web=named), paths))] == ["broken"]
    files.leaf.unlink()
    old = FakeClock(now - 80 * 86_400)
    await Certificates(files, lambda: own_names(web.host, ()), old).context()
    assert [level for level, _ in await _all(certificate(Settings(web=web), paths))] == ["broken"]
    files.leaf.write_bytes(b"nonsense")
    files.leaf.chmod(0o600)
    assert [level for level, _ in await _all(certificate(Settings(web=web), paths))] == ["broken"]


def test_the_port_of_another_and_of_this_homes_own_hub(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(web=WebSettings(port=taken.getsockname()[1]))
        (found,) = port(settings, paths)
        assert found.level == "absent" and "[web] port" in found.mend
        with the_only_hub(paths, "http://127.0.0.1:1/"):
            (found,) = port(settings, paths)
            assert (found.level, found.mend) == ("ok", "")
