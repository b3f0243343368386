import stat
from pathlib import Path

import aiohttp
import pytest

from hub.core.errors import StoreError
from hub.web.access.home_files import WebFiles
from hub.web.server import WebServer

from .conftest import browser

Client = aiohttp.ClientSession


def test_each_start_has_a_token_of_its_own_that_nobody_else_reads(tmp_path: Path) -> None:
    files = WebFiles.of(tmp_path)
    assert files.read_token() == ""
    first = files.new_token()
    assert files.read_token() == first
    assert stat.S_IMODE(files.token.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.folder.stat().st_mode) == 0o700
    assert files.new_token() != first
    files.token.chmod(0o640)
    with pytest.raises(StoreError, match="others can read"):
        files.read_token()


async def test_a_command_of_this_machine_may_do_everything(guarded: WebServer, owner: Client, tmp_path: Path) -> None:
    token = WebFiles.of(tmp_path).new_token()
    guarded.trust(token)
    async with browser(guarded, Authorization=f"Bearer {token}") as command:
        async with command.get("api/v1/me") as answer:
            me = await answer.json()
        assert (me["by"], me["role"], me["account"]) == ("machine", "owner", "")
        async with command.post("api/v1/say", json={"text": "hello"}) as answer:
            assert answer.status == 200
        async with command.get("api/v1/accounts") as answer:
            assert len((await answer.json())["accounts"]) == 1
    async with browser(guarded, Authorization=f"Bearer {token[:-1]}") as nearly, nearly.get("api/v1/me") as answer:
        assert answer.status == 401
