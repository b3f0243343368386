"""GET /api/v1/turns."""

import aiohttp
import pytest

from hub.web.server import WebServer

from .players import Remembers


async def test_turns_cross_with_their_ids_as_text(server: WebServer, client: aiohttp.ClientSession) -> None:
    remembers = server.rooms.turns = Remembers()
    async with client.get("/api/v1/turns", params={"limit": 3, "before": str(2**60)}) as answer:
        [turn] = (await answer.json())["turns"]
    assert remembers.asked == [(3, 2**60)]
    assert (turn["id"], turn["text"], turn["deeds"][0]["value"], turn["stages_ms"]) == (
        str(2**60 + 1), "lamp on", True, {"act": 1.5},
    )  # fmt: skip


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "before=-1", f"before={2**63}", "what=1"])
async def test_a_query_that_cannot_be_is_refused(server: WebServer, client: aiohttp.ClientSession, query: str) -> None:
    async with client.get(f"/api/v1/turns?{query}") as answer:
        assert answer.status == 422


async def test_a_history_that_is_not_ready_is_named(server: WebServer, client: aiohttp.ClientSession) -> None:
    server.rooms.turns = None
    async with client.get("/api/v1/turns") as answer:
        assert answer.status == 503
