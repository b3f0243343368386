from typing import Any

import aiohttp

from hub.web.server import WebServer
from tests.web.asking import post

Client = aiohttp.ClientSession


async def _post(client: Client, what: str, body: Any, status: int = 200) -> Any:
    return await post(client, f"peers/{what}", body, status)


async def test_a_hub_is_paired_and_removed(server: WebServer, client: Client) -> None:
    waiting = await _post(client, "pair", {})
    assert (waiting["stage"], waiting["code"]) == ("waiting", "012345")
    async with client.get("/api/v1/peers") as answer:
        told = await answer.json()
    assert told["pairing"] == waiting
    assert told["nearby"] == [{"name": "cellar", "address": "192.168.1.9:8422"}]
    assert [(peer["peer"], peer["name"], peer["reachable"]) for peer in told["peers"]] == [("ab" * 32, "attic", None)]
    assert (await _post(client, "pair", {"stop": True}))["reason"] == "it was called off"
    assert (await _post(client, "join", {"address": "192.168.1.7", "code": "012345"}))["name"] == "attic"
    wrong = await _post(client, "join", {"address": "192.168.1.7", "code": "1"}, 409)
    assert (wrong["error"]["code"], wrong["error"]["remedy"]) == ("pairing", "type it once more")
    assert (await _post(client, "remove", {"peer": "attic"}))["short"] == "NENT-NENT-NENT-00"
    await _post(client, "remove", {"peer": "cellar"}, 404)
    await _post(client, "remove", {}, 422)
    await _post(client, "pair", {"code": "111111"}, 422)


async def test_a_hub_that_sees_no_others_says_what_to_do(empty_server: WebServer, client: Client) -> None:
    async with client.get("/api/v1/peers") as answer:
        assert answer.status == 503
        assert "enabled = true" in await answer.text()


async def test_another_site_cannot_open_the_door(server: WebServer, client: Client) -> None:
    headers = {"Origin": "http://evil.example"}
    async with client.post("/api/v1/peers/pair", json={}, headers=headers) as answer:
        assert answer.status == 403
    async with client.get("/api/v1/peers", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
