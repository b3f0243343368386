"""Asking the API for what is JSON. A path is one of /api/v1 unless it begins with a slash."""

from typing import Any

import aiohttp


async def get(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    """The answer, which has this status."""
    async with client.get(_whole(path)) as answer:
        return await _told(answer, status)


async def post(client: aiohttp.ClientSession, path: str, body: Any, status: int = 200) -> Any:
    """The answer, which has this status."""
    async with client.post(_whole(path), json=body) as answer:
        return await _told(answer, status)


async def _told(answer: aiohttp.ClientResponse, status: int) -> Any:
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/json"
    return await answer.json()


def _whole(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"
