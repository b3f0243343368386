"""What crosses the API about accounts, sessions and tokens."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.web.access.passwords import LEAST, MOST

Role = Literal["guest", "member", "admin", "owner"]
Scope = Literal["read", "control", "admin"]
Name = Annotated[str, Meta(min_length=1, max_length=64, description="what somebody is called, and logs in as")]
NewPassword = Annotated[str, Meta(min_length=LEAST, max_length=MOST)]
AnyPassword = Annotated[str, Meta(max_length=MOST)]
ThingId = Annotated[str, Meta(min_length=1, max_length=64)]


class SetupRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make the first account, the owner's. `code` is what the hub printed; its own machine needs none."""

    name: Name
    password: NewPassword
    code: Annotated[str, Meta(max_length=64)] = ""


class LoginRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Log in; the session comes as a cookie."""

    name: Annotated[str, Meta(max_length=64)]
    password: AnyPassword


class LogoutRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the session that asks."""


class MeResponse(Struct, frozen=True, kw_only=True):
    """Who asks. `owned`: the home has an owner; until then whoever sits at its machine may do everything.

    `by` says how the hub knows them: session, token, machine, or open (nobody has to say who they are yet). A session
    sends `page_token` as the header `X-Hearth-Page` with every POST.
    """

    account: str
    name: str
    role: Role
    by: Literal["session", "token", "machine", "open"]
    writes: bool
    owned: bool
    page_token: str


class PasswordRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the own password; all other sessions, tokens and devices of the account are revoked."""

    old: AnyPassword
    new: NewPassword


class AccountResponse(Struct, frozen=True, kw_only=True):
    """Somebody who may come in. `created` is UTC seconds, `sessions` and `tokens` how many are open."""

    account: str
    name: str
    role: Role
    created: float
    sessions: int
    tokens: int


class AccountsResponse(Struct, frozen=True, kw_only=True):
    """Everybody who may come in."""

    accounts: list[AccountResponse]


class NewAccountRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let somebody else come in."""

    name: Name
    password: NewPassword
    role: Role = "member"


class ChangeAccountRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another role or password for `account`; what it was let in with is revoked."""

    account: ThingId
    role: Role | None = None
    password: NewPassword | None = None


class RemoveAccountRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let `account` in no more."""

    account: ThingId


class TokenResponse(Struct, frozen=True, kw_only=True):
    """A program's token, of which the hub knows only a hash. Times are UTC seconds; `used` is right to an hour."""

    id: str
    name: str
    scope: Scope
    created: float
    used: float


class TokensResponse(Struct, frozen=True, kw_only=True):
    """The tokens of who asks."""

    tokens: list[TokenResponse]


class NewTokenRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token for a program: to `read`, to `control` and read, or to `admin` and both; never more than its account."""

    name: Name
    scope: Scope


class NewTokenResponse(Struct, frozen=True, kw_only=True):
    """The token itself, told this once."""

    id: str
    name: str
    scope: Scope
    token: str


class SessionResponse(Struct, frozen=True, kw_only=True):
    """A browser that is logged in; `here`: the one that asks. Times are UTC seconds; `used` is right to an hour."""

    id: str
    browser: str
    created: float
    used: float
    here: bool


class SessionsResponse(Struct, frozen=True, kw_only=True):
    """The sessions of who asks."""

    sessions: list[SessionResponse]


class RevokeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the token or session with this id, at once."""

    id: ThingId


class RevokedResponse(Struct, frozen=True, kw_only=True):
    """It opens nothing any more."""

    id: str
