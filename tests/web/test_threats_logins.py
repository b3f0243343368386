"""Threat 3 of the list: guessing passwords, and keeping the owner out by guessing."""

import asyncio
from typing import Any

import aiohttp
import pytest

from hub.core.clock import FakeClock
from hub.web.server import WebServer

from .conftest import OWNER, WRONG, browser

Client = aiohttp.ClientSession


async def _login(client: Client, body: Any) -> tuple[int, int]:
    async with client.post("api/v1/login", json=body) as answer:
        return answer.status, int(answer.headers.get("Retry-After", 0))


async def test_threat_03_wrong_logins_take_longer_and_longer(
    guarded: WebServer, owner: Client, clock: FakeClock
) -> None:
    waits = []
    async with browser(guarded) as stranger:
        looked_at = 0
        for _ in range(1_000):
            status, wait = await _login(stranger, WRONG)
            looked_at += status == 401
            if status == 429:
                waits.append(wait)
                await clock.advance(wait)
            if len(waits) == 12:
                break
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == 900
    assert looked_at == 5 + 11


async def test_threat_03_a_thousand_at_once_are_a_thousand(guarded: WebServer, owner: Client) -> None:
    async with browser(guarded) as stranger:
        statuses = await asyncio.gather(*(_login(stranger, WRONG) for _ in range(60)))
    assert sorted(status for status, _ in statuses).count(401) == 5


async def test_threat_03_the_owner_gets_in_where_they_have_been_before(
    guarded: WebServer, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with owner.post("api/v1/logout", json={}) as answer:
        assert answer.status == 200
    addresses = iter(range(10_000))
    monkeypatch.setattr(
        aiohttp.web.BaseRequest, "remote", property(lambda _: f"10.0.{(n := next(addresses)) >> 8}.{n & 255}")
    )
    async with browser(guarded) as strangers:
        statuses = [(await _login(strangers, WRONG))[0] for _ in range(100)]
        assert statuses[:5] == [401] * 5
        assert set(statuses[5:]) == {429}
        assert (await _login(strangers, OWNER))[0] == 429
    monkeypatch.undo()
    assert (await _login(owner, OWNER))[0] == 200


async def test_threat_03_one_place_that_tries_many_names(guarded: WebServer, owner: Client) -> None:
    async with browser(guarded) as stranger:
        statuses = [(await _login(stranger, {**WRONG, "name": f"name {n}"}))[0] for n in range(20)]
    assert statuses == [401] * 10 + [429] * 10


async def test_threat_03_a_stolen_device_cookie_guesses_no_faster(guarded: WebServer, owner: Client) -> None:
    statuses = [(await _login(owner, WRONG))[0] for _ in range(10)]
    assert statuses == [401] * 5 + [429] * 5
    async with browser(guarded) as elsewhere:
        assert (await _login(elsewhere, OWNER))[0] == 200


async def test_threat_03_the_code_of_the_setup_cannot_be_guessed(
    guarded: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.setup_code = "ABCDE-FGHJK"
    monkeypatch.setattr(aiohttp.web.BaseRequest, "remote", property(lambda _: "192.168.1.77"))
    async with browser(guarded) as elsewhere:
        statuses = []
        for code in ("", "abcde-fghjk", "ABCDE", "ABCDE-FGHJKX", "x", guarded.setup_code):
            async with elsewhere.post("api/v1/setup", json={**OWNER, "code": code}) as answer:
                statuses.append(answer.status)
        assert statuses == [403] * 5 + [429]
        async with elsewhere.get("api/v1/home") as answer:
            assert answer.status == 401
