"""Who may not open a page's socket: other sites, guests, and whoever was let in only to read."""

import aiohttp
import pytest

from hub.web.server import WebServer

from .conftest import somebody, token_of
from .pages import upgrade
from .raw_connection import connect

PATHS = ("/api/v1/listen", "/api/v1/look")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "more", ["Origin: http://evil.example\r\n", "Origin: null\r\n", "Cookie: a=b\r\n", "Sec-Fetch-Site: cross-site\r\n"]
)
async def test_threat_05_no_other_site_listens_or_shows(server: WebServer, path: str, more: str) -> None:
    raw = await connect(server)
    await raw.send(upgrade(server, path, more))
    assert await raw.status() == 403
    raw.close()


@pytest.mark.parametrize("path", PATHS)
async def test_threat_14_who_may_not_command_may_not_be_heard_or_show(
    guarded: WebServer, owner: aiohttp.ClientSession, path: str
) -> None:
    guest = await somebody(owner, guarded, "guest")
    async with guest, guest.get(path) as answer:
        assert answer.status == 403
    async with aiohttp.ClientSession(guarded.url) as nobody:
        async with nobody.get(path) as answer:
            assert answer.status == 401
        headers = {"Authorization": f"Bearer {await token_of(owner, 'read')}"}
        async with nobody.get(path, headers=headers) as answer:
            assert answer.status == 403
