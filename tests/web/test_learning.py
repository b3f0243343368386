from typing import Any

import aiohttp

from hub.web.server import WebServer
from tests.web.asking import post

Client = aiohttp.ClientSession


async def _post(client: Client, what: str, body: Any, status: int = 200) -> Any:
    return await post(client, f"learning/{what}", body, status)


async def test_status_a_round_and_forgetting(server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/learning") as answer:
        gesture, wake = (await answer.json())["kinds"]
    assert (gesture["examples"], gesture["enough"], gesture["last"]["outcome"]) == (40, True, "merged")
    assert wake["last"] is None and wake["oldest"] is None
    report = await _post(client, "round", {"kind": "gesture"})
    assert (report["round"], report["counted"], report["right"]) == (4, ["a", "b"], 28)
    assert await _post(client, "round", {}) == report
    assert "nothing learns" in (await _post(client, "round", {"kind": "songs"}, 404))["error"]["message"]
    assert await _post(client, "forget", {"kind": "gesture"}) == {"kind": "gesture", "forgotten": 40}
    await _post(client, "round", {"hubs": 2}, 422)


async def test_a_hub_that_does_not_learn_says_so(empty_server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/learning") as answer:
        assert answer.status == 503
        assert "[learning]" in await answer.text()
    await _post(client, "round", {}, 503)


async def test_another_site_can_neither_see_nor_make_it_forget(server: WebServer, client: Client) -> None:
    headers = {"Origin": "http://evil.example"}
    for what in ("round", "forget"):
        async with client.post(f"/api/v1/learning/{what}", json={}, headers=headers) as answer:
            assert answer.status == 403
    async with client.get("/api/v1/learning", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
