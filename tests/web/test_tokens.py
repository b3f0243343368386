from typing import Any

import aiohttp

from hub.core.clock import FakeClock
from hub.store.accounts import AccountTable
from hub.web.access.secrets_shown import digest
from hub.web.server import WebServer

from .conftest import OWNER, browser, let_in, token_of

Client = aiohttp.ClientSession


async def _tokens(client: Client) -> list[dict[str, Any]]:
    async with client.get("api/v1/tokens") as answer:
        found: list[dict[str, Any]] = (await answer.json())["tokens"]
        return found


async def test_a_token_is_told_once_and_kept_as_a_hash(
    guarded: WebServer, owner: Client, accounts: AccountTable
) -> None:
    token = await token_of(owner, "control")
    [told] = await _tokens(owner)
    assert (told["name"], told["scope"]) == ("to control", "control")
    assert token.startswith("hearth_")
    assert token not in str(told)
    [kept] = [known for known in await accounts.credentials() if known.kind == "token"]
    assert kept.secret == digest(token)
    async with browser(guarded, Authorization=f"Bearer {token}") as program:
        async with program.get("api/v1/me") as answer:
            me = await answer.json()
        assert (me["by"], me["name"], me["role"], me["page_token"]) == ("token", "Ann", "member", "")
        async with program.post("api/v1/say", json={"text": "lights on"}) as answer:
            assert answer.status == 200  # no page to be told apart from: a program shows its token by itself
        async with owner.post("api/v1/tokens/revoke", json={"id": told["id"]}) as answer:
            assert answer.status == 200
        async with program.get("api/v1/me") as answer:
            assert answer.status == 401
    assert await _tokens(owner) == []


async def test_use_is_noted_by_the_hour(
    guarded: WebServer, owner: Client, clock: FakeClock, accounts: AccountTable
) -> None:
    token = await token_of(owner, "read")
    made = clock.now()
    async with browser(guarded, Authorization=f"Bearer {token}") as program:
        for minutes, used in ((30, made), (31, made + 61 * 60)):
            await clock.advance(minutes * 60)
            async with program.get("api/v1/me") as answer:
                assert answer.status == 200
            assert (await _tokens(owner))[0]["used"] == used
    assert {known.used for known in await accounts.credentials() if known.kind == "token"} == {made + 61 * 60}


async def test_there_are_only_so_many_tokens_and_sessions(guarded: WebServer, owner: Client, clock: FakeClock) -> None:
    for number in range(50):
        async with owner.post("api/v1/tokens", json={"name": str(number), "scope": "read"}) as answer:
            assert answer.status == 200
    async with owner.post("api/v1/tokens", json={"name": "one more", "scope": "read"}) as answer:
        assert answer.status == 422
        assert "revoke" in (await answer.json())["error"]["remedy"]
    for _ in range(20):
        await clock.advance(1)
        async with browser(guarded) as other:
            await let_in(other, "api/v1/login", OWNER)
    async with owner.get("api/v1/me") as answer:
        assert answer.status == 401  # the one that was used longest ago made room
    async with browser(guarded) as other:
        await let_in(other, "api/v1/login", OWNER)
        async with other.get("api/v1/sessions") as answer:
            assert len((await answer.json())["sessions"]) == 20
