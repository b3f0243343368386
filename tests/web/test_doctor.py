"""Looking after the hub over the API: what could be wrong, what the hub mends, what its log says."""

from typing import Any

import aiohttp

from hub.core.log_ring import LogRing
from hub.web.server import WebServer
from tests.web.asking import post

Client = aiohttp.ClientSession
FOUND = {"check": "model for vad", "level": "broken", "detail": "gone", "mend": "pull it", "action": "models"}


async def _post(client: Client, action: str, status: int = 200) -> Any:
    return await post(client, "doctor/mend", {"action": action}, status)


async def test_findings_are_told_and_mended(server: WebServer, client: Client) -> None:
    done: list[str] = []

    async def look() -> list[dict[str, str]]:
        return [FOUND]

    async def restart() -> None:
        done.append("restart")

    async def pull() -> None:
        done.append("models")

    async def renew() -> None:
        done.append("certificate")

    server.rooms.doctor, server.rooms.restart = look, restart
    server.rooms.mends = {"models": pull, "certificate": renew}
    async with client.get("/api/v1/doctor") as answer:
        assert (await answer.json()) == {"findings": [FOUND]}
    assert (await _post(client, "models"))["run"]
    assert (await _post(client, "certificate"))["run"] == ""
    assert (await _post(client, "restart"))["run"]
    assert done == ["models", "restart", "certificate", "restart"]
    await _post(client, "format the disk", 422)


async def test_what_cannot_be_done_here_is_said(server: WebServer, client: Client) -> None:
    await _post(client, "models", 404)
    await _post(client, "restart", 503)
    for path in ("doctor", "logs"):
        async with client.get(f"/api/v1/{path}") as answer:
            assert answer.status == 503


async def test_the_log_is_told_newest_first(server: WebServer, client: Client) -> None:
    ring = LogRing()
    for name in ("first", "second"):
        ring(None, "info", {"event": name, "level": "info"})
    server.rooms.log = ring.lines
    async with client.get("/api/v1/logs") as answer:
        assert [line["text"] for line in (await answer.json())["lines"]] == ["second", "first"]
