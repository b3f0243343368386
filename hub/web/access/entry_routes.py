"""The routes by which people come in and go: set-up, log-in, log-out, who am I."""

import hmac
from collections.abc import Callable

from aiohttp import web

from hub.guard.loopback import is_loopback
from hub.web.access.account_wire import (
    LoginRequest,
    LogoutRequest,
    MeResponse,
    PasswordRequest,
    Role,
    SetupRequest,
)
from hub.web.access.callers import CALLER, Caller
from hub.web.access.cookies import Cookies
from hub.web.access.doorkeeper import Doorkeeper
from hub.web.access.logins import Attempt, Entered, Logins
from hub.web.access.people import People
from hub.web.access.secrets_shown import digest, page_token
from hub.web.bodies import read_json
from hub.web.failures import Refused
from hub.web.routes import Access, Route
from hub.web.wire import encode


class Newcomers:
    """Who may come to a home that has no owner yet, and make it theirs.

    `setup_code` says with which code somebody from elsewhere may, empty for none.
    """

    def __init__(self, door: Doorkeeper, logins: Logins, setup_code: Callable[[], str]) -> None:
        self._door = door
        self._logins = logins
        self._setup_code = setup_code

    def check(self, request: web.Request, code: str) -> Attempt:
        """Raise `Refused`: 409 where the home has an owner, 403 for another code than the hub's, 429 too soon."""
        self.check_unowned()
        attempt = _attempt(request, self._door.cookies)
        if not is_loopback(attempt.address):
            self._logins.code_tried(attempt)
            right = self._setup_code()
            if not right or not hmac.compare_digest(digest(code), digest(right)):
                raise Refused(403, "setup_code", "this is not the code", "type the one that the hub printed")
        return attempt

    def check_unowned(self) -> None:
        """Raise `Refused` (409) where the home has an owner by now."""
        if people_of(self._door).owned:
            raise Refused(409, "owned", "this home has an owner", "log in, or ask them for an account")


def entry_routes(
    door: Doorkeeper, logins: Logins, newcomers: Newcomers, owned: Callable[[], None]
) -> tuple[Route, ...]:
    """The routes. `owned` is told when somebody has become the owner."""
    handlers = _Handlers(door, logins, newcomers, owned)
    public, guest = Access.PUBLIC, Access.GUEST
    return (
        Route(method="POST", path="/api/v1/setup", access=public, summary="Make the owner, once.",
              handler=handlers.setup, request=SetupRequest, response=MeResponse),
        Route(method="POST", path="/api/v1/login", access=public, summary="Log in.",
              handler=handlers.login, request=LoginRequest, response=MeResponse),
        Route(method="POST", path="/api/v1/logout", access=guest, summary="End this session.",
              handler=handlers.logout, request=LogoutRequest, response=MeResponse),
        Route(method="GET", path="/api/v1/me", access=guest, summary="Who am I, and what may I do?",
              handler=handlers.me, response=MeResponse),
        Route(method="POST", path="/api/v1/me/password", access=guest, summary="Change my password.",
              handler=handlers.password, request=PasswordRequest, response=MeResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, door: Doorkeeper, logins: Logins, newcomers: Newcomers, owned: Callable[[], None]) -> None:
        self._door = door
        self._logins = logins
        self._newcomers = newcomers
        self._owned = owned

    async def setup(self, request: web.Request) -> web.Response:
        asked = await read_json(request, SetupRequest)
        people = self._people()
        attempt = self._newcomers.check(request, asked.code)
        owner = await people.make_owner(asked.name, asked.password)
        self._owned()
        return self._entered(await self._logins.enter(people, owner, attempt))

    async def login(self, request: web.Request) -> web.Response:
        asked = await read_json(request, LoginRequest)
        attempt = _attempt(request, self._door.cookies)
        return self._entered(await self._logins.log_in(self._people(), asked.name, asked.password, attempt))

    async def logout(self, request: web.Request) -> web.Response:
        await read_json(request, LogoutRequest)
        caller = request[CALLER]
        if caller.by == "session":
            await self._people().keys.revoke(caller.account, "session", caller.credential)
        response = _json(me_response(caller, owned=self._door.owned))
        self._door.cookies.take(response)
        return response

    async def me(self, request: web.Request) -> MeResponse:
        return me_response(request[CALLER], owned=self._door.owned)

    async def password(self, request: web.Request) -> MeResponse:
        asked = await read_json(request, PasswordRequest)
        caller = in_person(request)
        self._logins.password_tried(caller.account)
        device = self._door.cookies.device(request)
        await self._people().change_own_password(caller, asked.old, asked.new, device=device)
        self._logins.password_right(caller.account)
        return me_response(caller, owned=self._door.owned)

    def _people(self) -> People:
        return people_of(self._door)

    def _entered(self, entered: Entered) -> web.Response:
        caller = Caller(
            role=Access(entered.account.role),
            by="session",
            account=entered.account.id,
            name=entered.account.name,
            page_token=page_token(entered.session),
        )
        response = _json(me_response(caller, owned=True))
        self._door.cookies.give(response, entered.session, entered.device)
        return response


def people_of(door: Doorkeeper) -> People:
    """The people; raises `Refused` (503) while the store is not open, 409 where accounts are off."""
    if not door.accounts:
        raise Refused(409, "no_accounts", "accounts are off here", 'remove accounts = "off" from [web] of hearth.toml')
    return door.known_people()


def in_person(request: web.Request) -> Caller:
    """The caller, who logged in. Raises `Refused` (403) for a program: a token must not beget another."""
    caller = request[CALLER]
    if caller.by != "session":
        raise Refused(403, "role", "only somebody who logged in may do this", "log in with name and password")
    return caller


def me_response(caller: Caller, *, owned: bool) -> MeResponse:
    """The caller as the API tells of them."""
    role: Role = caller.role.value  # type: ignore[assignment]
    return MeResponse(
        account=caller.account,
        name=caller.name,
        role=role,
        by=caller.by,
        writes=caller.writes,
        owned=owned,
        page_token=caller.page_token,
    )


def _attempt(request: web.Request, cookies: Cookies) -> Attempt:
    browser = "".join(letter for letter in request.headers.get("User-Agent", "") if letter.isprintable())
    return Attempt(address=request.remote or "", device=cookies.device(request), browser=browser[:200])


def _json(answer: MeResponse) -> web.Response:
    return web.Response(body=encode(answer), content_type="application/json")
