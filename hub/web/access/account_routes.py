"""The routes about who may come in: /api/v1/accounts, /tokens, /sessions."""

from aiohttp import web

from hub.store.account_rows import Account, Credential, Kind
from hub.web.access.account_wire import (
    AccountResponse,
    AccountsResponse,
    ChangeAccountRequest,
    NewAccountRequest,
    NewTokenRequest,
    NewTokenResponse,
    RemoveAccountRequest,
    RevokedResponse,
    RevokeRequest,
    Role,
    Scope,
    SessionResponse,
    SessionsResponse,
    TokenResponse,
    TokensResponse,
)
from hub.web.access.callers import CALLER
from hub.web.access.doorkeeper import Doorkeeper
from hub.web.access.entry_routes import in_person, people_of
from hub.web.access.people import People, checked_name
from hub.web.bodies import read_json
from hub.web.routes import Access, Route


def account_routes(door: Doorkeeper) -> tuple[Route, ...]:
    """The routes."""
    people, keys = _OfPeople(door), _OfKeys(door)
    admin, member, guest = Access.ADMIN, Access.MEMBER, Access.GUEST
    return (
        Route(method="GET", path="/api/v1/accounts", access=admin, summary="Everybody who may come in.",
              handler=people.all, response=AccountsResponse),
        Route(method="POST", path="/api/v1/accounts", access=admin, summary="Let somebody else come in.",
              handler=people.add, request=NewAccountRequest, response=AccountResponse),
        Route(method="POST", path="/api/v1/accounts/change", access=admin, summary="Another role or password.",
              handler=people.change, request=ChangeAccountRequest, response=AccountResponse),
        Route(method="POST", path="/api/v1/accounts/remove", access=admin, summary="Let somebody in no more.",
              handler=people.remove, request=RemoveAccountRequest, response=AccountResponse),
        Route(method="GET", path="/api/v1/tokens", access=member, summary="My programs' tokens.",
              handler=keys.tokens, response=TokensResponse),
        Route(method="POST", path="/api/v1/tokens", access=member, summary="A token for a program, told once.",
              handler=keys.make_token, request=NewTokenRequest, response=NewTokenResponse),
        Route(method="POST", path="/api/v1/tokens/revoke", access=member, summary="End a token.",
              handler=keys.revoke_token, request=RevokeRequest, response=RevokedResponse),
        Route(method="GET", path="/api/v1/sessions", access=guest, summary="Where I am logged in.",
              handler=keys.sessions, response=SessionsResponse),
        Route(method="POST", path="/api/v1/sessions/revoke", access=guest, summary="Log another browser out.",
              handler=keys.revoke_session, request=RevokeRequest, response=RevokedResponse),
    )  # fmt: skip


class _OfPeople:
    def __init__(self, door: Doorkeeper) -> None:
        self._door = door

    async def all(self, _request: web.Request) -> AccountsResponse:
        people = people_of(self._door)
        return AccountsResponse(accounts=[_account(people, account) for account in people.all()])

    async def add(self, request: web.Request) -> AccountResponse:
        asked = await read_json(request, NewAccountRequest)
        people = people_of(self._door)
        return _account(people, await people.add(request[CALLER], asked.name, asked.password, Access(asked.role)))

    async def change(self, request: web.Request) -> AccountResponse:
        asked = await read_json(request, ChangeAccountRequest)
        people = people_of(self._door)
        role = None if asked.role is None else Access(asked.role)
        return _account(people, await people.change(request[CALLER], asked.account, role, asked.password))

    async def remove(self, request: web.Request) -> AccountResponse:
        asked = await read_json(request, RemoveAccountRequest)
        people = people_of(self._door)
        return _account(people, await people.remove(request[CALLER], asked.account))


class _OfKeys:
    def __init__(self, door: Doorkeeper) -> None:
        self._door = door

    async def tokens(self, request: web.Request) -> TokensResponse:
        own = people_of(self._door).keys.of(request[CALLER].account, "token")
        return TokensResponse(tokens=[_token(token) for token in own])

    async def make_token(self, request: web.Request) -> NewTokenResponse:
        asked = await read_json(request, NewTokenRequest)
        caller = in_person(request)
        token, kept = await people_of(self._door).keys.open_token(caller.account, checked_name(asked.name), asked.scope)
        return NewTokenResponse(id=kept.id, name=kept.name, scope=asked.scope, token=token)

    async def revoke_token(self, request: web.Request) -> RevokedResponse:
        return await self._revoke(request, "token")

    async def sessions(self, request: web.Request) -> SessionsResponse:
        caller = request[CALLER]
        own = people_of(self._door).keys.of(caller.account, "session")
        return SessionsResponse(sessions=[_session(session, caller.credential) for session in own])

    async def revoke_session(self, request: web.Request) -> RevokedResponse:
        return await self._revoke(request, "session")

    async def _revoke(self, request: web.Request, kind: Kind) -> RevokedResponse:
        asked = await read_json(request, RevokeRequest)
        await people_of(self._door).keys.revoke(in_person(request).account, kind, asked.id)
        return RevokedResponse(id=asked.id)


def _account(people: People, account: Account) -> AccountResponse:
    role: Role = account.role  # type: ignore[assignment]
    return AccountResponse(
        account=account.id,
        name=account.name,
        role=role,
        created=account.created,
        sessions=len(people.keys.of(account.id, "session")),
        tokens=len(people.keys.of(account.id, "token")),
    )


def _token(token: Credential) -> TokenResponse:
    scope: Scope = token.scope  # type: ignore[assignment]
    return TokenResponse(id=token.id, name=token.name, scope=scope, created=token.created, used=token.used)


def _session(session: Credential, here: str) -> SessionResponse:
    return SessionResponse(
        id=session.id,
        browser=session.name,
        created=session.created,
        used=session.used,
        here=session.id == here,
    )
