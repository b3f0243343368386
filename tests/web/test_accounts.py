"""Making the owner, logging in and out, other people, and what each may do."""

import aiohttp
import pytest

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.settings import WebSettings
from hub.core.states import StateTable
from hub.store.accounts import AccountTable
from hub.web.server import WebServer
from tests.web.asking import get, post

from .conftest import OWNER, browser, let_in, rooms_of, somebody
from .players import House

Client = aiohttp.ClientSession


async def test_before_there_is_an_owner_this_machine_may_do_everything(guarded: WebServer) -> None:
    async with browser(guarded) as client:
        me = await get(client, "me")
        assert (me["role"], me["by"], me["owned"], me["account"]) == ("owner", "open", False, "")
        await post(client, "say", {"text": "lights on"})
        assert await get(client, "accounts") == {"accounts": []}
        error = await post(client, "accounts", {"name": "Bob", "password": "battery staple"}, 409)
        assert error["error"]["code"] == "not_owned"


async def test_the_owner_is_made_once_and_from_then_on_people_log_in(guarded: WebServer) -> None:
    async with browser(guarded) as first, browser(guarded) as other:
        me = await let_in(first, "api/v1/setup", OWNER)
        assert (me["name"], me["role"], me["by"], me["owned"]) == ("Ann", "owner", "session", True)
        assert await get(first, "me") == {**me, "account": me["account"]}
        assert (await post(other, "setup", {**OWNER, "name": "Eve"}, 409))["error"]["code"] == "owned"
        assert (await get(other, "me", 401))["error"]["code"] == "unauthenticated"
        await get(other, "home", 401)
        await let_in(other, "api/v1/login", {**OWNER, "name": " ANN "})
        assert (await get(other, "home"))["name"] == "Test home"


async def test_accounts_and_sessions_survive_a_restart(
    guarded: WebServer, owner: Client, accounts: AccountTable
) -> None:
    await guarded.know(accounts)
    assert (await get(owner, "me"))["name"] == "Ann"


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\u202eb", "a\nb", "\u200b", "a\x00", "\u200d", " \u200c"])
async def test_a_name_that_nobody_can_read_is_refused(guarded: WebServer, name: str) -> None:
    async with browser(guarded) as client:
        await post(client, "setup", {**OWNER, "name": name}, 422)
        await post(client, "setup", {**OWNER, "password": "short"}, 422)
        assert (await get(client, "me"))["owned"] is False


@pytest.mark.parametrize("name", ["\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "Zoë \U0001f469\u200d\U0001f680"])
async def test_a_name_that_is_spelt_with_joiners_is_one_with_and_without_them(guarded: WebServer, name: str) -> None:
    async with browser(guarded) as client, browser(guarded) as other:
        assert (await let_in(client, "api/v1/setup", {**OWNER, "name": name}))["name"] == name
        plain = name.replace("\u200c", "").replace("\u200d", "")
        assert (await let_in(other, "api/v1/login", {**OWNER, "name": plain}))["name"] == name
        body = {"name": plain, "password": "battery staple", "role": "member"}
        await post(client, "accounts", body, 422)  # nobody else looks the same


async def test_two_letters_that_look_the_same_are_one_password(guarded: WebServer) -> None:
    async with browser(guarded) as client, browser(guarded) as other:
        await let_in(client, "api/v1/setup", {"name": "Zoë", "password": "größer als du"})
        decomposed = {"name": "Zoe\u0308", "password": "gro\u0308ßer als du"}
        assert (await let_in(other, "api/v1/login", decomposed))["name"] == "Zoë"


async def test_the_cookie_is_for_this_site_and_no_script(guarded: WebServer, owner: Client) -> None:
    async with browser(guarded) as client, client.post("api/v1/login", json=OWNER) as answer:
        cookies = answer.headers.getall("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        for wanted in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            assert wanted in cookie
        assert f"-{guarded.port}=" in cookie
        assert "Domain" not in cookie


async def test_logging_out_ends_this_session_only(guarded: WebServer, owner: Client, clock: FakeClock) -> None:
    await clock.advance(1)
    async with browser(guarded) as other:
        await let_in(other, "api/v1/login", OWNER)
        sessions = (await get(other, "sessions"))["sessions"]
        assert [session["here"] for session in sessions] == [False, True]
        kept = {cookie.key: cookie.value for cookie in other.cookie_jar}
        await post(other, "logout", {})
        await get(other, "me", 401)
        other.cookie_jar.update_cookies(kept)  # who kept the cookie comes in no more either
        await get(other, "me", 401)
    await get(owner, "me")


async def test_a_session_ends_when_it_is_not_used_and_after_a_month(
    guarded: WebServer, owner: Client, clock: FakeClock
) -> None:
    for _ in range(4):
        await clock.advance(6 * 86_400)
        await get(owner, "me")
    await clock.advance(7 * 86_400)
    await get(owner, "me", 401)
    await let_in(owner, "api/v1/login", OWNER)
    await clock.advance(8 * 86_400)
    await get(owner, "me", 401)


async def test_another_browser_can_be_logged_out(guarded: WebServer, owner: Client) -> None:
    async with browser(guarded, **{"User-Agent": "kitchen tablet"}) as other:
        await let_in(other, "api/v1/login", OWNER)
        [session] = [s for s in (await get(owner, "sessions"))["sessions"] if not s["here"]]
        assert session["browser"] == "kitchen tablet"
        await post(owner, "sessions/revoke", {"id": session["id"]})
        await get(other, "me", 401)
        await post(owner, "sessions/revoke", {"id": session["id"]}, 404)


async def test_changing_the_password_ends_all_else(guarded: WebServer, owner: Client) -> None:
    async with browser(guarded) as other:
        await let_in(other, "api/v1/login", OWNER)
        await post(owner, "me/password", {"old": "wrong", "new": "new password"}, 401)
        await get(other, "me")
        await post(owner, "me/password", {"old": OWNER["password"], "new": "new password"})
        await get(other, "me", 401)
        await post(other, "login", OWNER, 401)
        await let_in(other, "api/v1/login", {**OWNER, "password": "new password"})
    await get(owner, "me")
    async with owner.post("api/v1/login", json={**OWNER, "password": "new password"}) as answer:
        assert len(answer.headers.getall("Set-Cookie")) == 1  # the device is known as before


async def test_an_admin_looks_after_members_and_guests_and_the_owner_after_all(
    guarded: WebServer, owner: Client
) -> None:
    admin = await somebody(owner, guarded, "admin")
    fresh = {"name": "Cy", "password": "battery staple"}
    for role in ("admin", "owner"):
        assert (await post(admin, "accounts", {**fresh, "role": role}, 403))["error"]["code"] == "denied"
    made = await post(admin, "accounts", {**fresh, "role": "guest"})
    assert (made["name"], made["role"], made["sessions"], made["tokens"]) == ("Cy", "guest", 0, 0)
    await post(admin, "accounts", {**fresh, "name": "CY"}, 422)
    assert (await post(admin, "accounts/change", {"account": made["account"], "role": "member"}))["role"] == "member"
    await post(admin, "accounts/change", {"account": made["account"], "role": "admin"}, 403)
    ann = next(a for a in (await get(admin, "accounts"))["accounts"] if a["role"] == "owner")
    for path in ("accounts/change", "accounts/remove"):
        await post(admin, path, {"account": ann["account"]}, 403)
        await post(admin, path, {"account": "nobody"}, 404)
    assert (await post(admin, "accounts/remove", {"account": made["account"]}))["name"] == "Cy"
    await post(owner, "accounts/change", {"account": ann["account"], "role": "member"}, 403)
    await post(owner, "accounts/remove", {"account": ann["account"]}, 403)
    await get(owner, "accounts")
    await admin.close()


async def test_who_is_removed_or_changed_is_out_at_once(guarded: WebServer, owner: Client) -> None:
    bob = await somebody(owner, guarded, "member")
    account = (await get(bob, "me"))["account"]
    await post(owner, "accounts/change", {"account": account, "role": "guest"})
    await get(bob, "me", 401)
    login = {"name": "member bob", "password": "battery staple"}
    assert (await let_in(bob, "api/v1/login", login))["role"] == "guest"
    await post(owner, "accounts/change", {"account": account, "password": "something else"})
    await post(bob, "login", login, 401)
    await let_in(bob, "api/v1/login", {**login, "password": "something else"})
    await post(owner, "accounts/remove", {"account": account})
    await get(bob, "me", 401)
    await post(bob, "login", {**login, "password": "something else"}, 401)
    await bob.close()


async def test_a_guest_sees_things_but_not_people_and_does_nothing_risky(
    guarded: WebServer, owner: Client, house: House
) -> None:
    guest = await somebody(owner, guarded, "guest")
    house._states.set("area.kitchen", "Presence", True)
    seen, known = await get(guest, "home"), await get(owner, "home")
    assert (seen["people"], seen["areas"][0]["presence"]) == ([], None)
    assert (len(known["people"]), known["areas"][0]["presence"]) == (1, True)
    light = {"entity": "light.kitchen", "trait": "OnOff", "value": True}
    door = {"entity": "lock.front_door", "trait": "Lock", "value": "unlocked"}
    await post(guest, "commands", light)
    await post(guest, "commands", door, 409)
    await post(guest, "commands", {**door, "confirmed": True}, 403)
    for value in (True, "on", 1):  # those who live there say whether the hub looks
        await post(guest, "commands", {"entity": "camera.hallway", "trait": "OnOff", "value": value}, 403)
    await post(guest, "commands", {"entity": "camera.hallway", "trait": "OnOff", "value": False}, 404)  # there is none
    await post(guest, "say", {"text": "unlock the front door"}, 403)
    await get(guest, "why/light.kitchen", 403)
    await guest.close()


async def test_with_accounts_off_nobody_is_asked(server: WebServer, client: Client, accounts: AccountTable) -> None:
    await server.know(accounts)
    async with client.get("/api/v1/me") as answer:
        assert (await answer.json())["by"] == "open"
    async with client.post("/api/v1/setup", json=OWNER) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (409, "no_accounts")
    assert await accounts.accounts() == []


async def test_until_the_accounts_are_known_nobody_is_let_in(bus: Bus, states: StateTable, house: House) -> None:
    server = WebServer(WebSettings(port=0), bus, states)
    await server.start()
    server.open(rooms_of(house))
    async with browser(server) as client:
        for path in ("me", "home", "live"):
            assert (await get(client, path, 503))["error"]["code"] == "starting"
        await post(client, "login", OWNER, 503)
        await post(client, "setup", OWNER, 503)
    await server.close()
