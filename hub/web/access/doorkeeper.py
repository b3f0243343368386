"""Who a request is from, and whether they may do what it asks for.

While a home has no account, whoever sits at its machine (a loopback address) is its owner: a home works before, and
without, anybody making one. From the first account on everybody has to show who they are.
"""

import hmac
from typing import Final

from aiohttp import web

from hub.guard.loopback import is_loopback
from hub.web.access.callers import CALLER, Caller
from hub.web.access.cookies import Cookies
from hub.web.access.keyring import LONGEST_S
from hub.web.access.people import People
from hub.web.access.secrets_shown import bearer, digest, page_token
from hub.web.failures import Refused, ready
from hub.web.routes import Access, Route

PAGE_TOKEN: Final = "X-Hearth-Page"  # noqa: S105 -- the header's name
_ROLE_OF_SCOPE: Final = {"read": Access.MEMBER, "control": Access.MEMBER, "admin": Access.ADMIN}


class Doorkeeper:
    """Checks requests; `people` is set once the store is open, and `machine` (a digest) once a token file is written.

    `accounts` off: whoever sits at this machine is the owner for good.
    """

    def __init__(self, *, accounts: bool) -> None:
        self.people: People | None = None
        self.machine = ""
        self.cookies = Cookies(port=0, tls=False)
        self.accounts = accounts

    @property
    def owned(self) -> bool:
        """Whether people have to show who they are."""
        return self.accounts and self.people is not None and self.people.owned

    def known_people(self) -> People:
        """The people. Raises `Refused` (503) while the store is not open."""
        return ready(self.people, "the hub")

    async def admit(self, request: web.Request, route: Route) -> None:
        """Take note of who it is. Raises `Refused`: 401 for nobody, 403 for somebody who may not, 503 at the start."""
        if route.access is Access.PUBLIC:
            return
        caller = await self.caller(request)
        if caller is None:
            raise self._stranger()
        if not caller.role.includes(route.access) or (route.writes and not caller.writes):
            raise Refused(403, "role", "this is for others to do", "ask somebody who looks after the hub")
        if caller.by == "session" and route.method != "GET":
            _of_our_page(request, caller)
        request[CALLER] = caller

    async def caller(self, request: web.Request) -> Caller | None:
        """Who the request is from; None for nobody that is known. Raises `Refused` (503) while the hub starts."""
        if "Authorization" in request.headers:
            # Whoever shows something is believed for that or not at all.
            return await self._with_token(bearer(request.headers.getall("Authorization")))
        here = request.remote is not None and is_loopback(request.remote)
        if not self.accounts:
            return Caller(role=Access.OWNER, by="open") if here else None
        people = self.known_people()
        if not people.owned:
            return Caller(role=Access.OWNER, by="open") if here else None
        secret = self.cookies.session(request)
        found = people.keys.find("session", secret) if secret else None
        account = None if found is None else people.account(found.account)
        if found is None or account is None:
            return None
        await people.keys.touch(found)
        return Caller(
            role=Access(account.role),
            by="session",
            account=account.id,
            name=account.name,
            credential=found.id,
            page_token=page_token(secret),
            ends=found.created + LONGEST_S,
        )

    async def lets(self, request: web.Request, access: Access) -> bool:
        """Whether the request, on a route that anybody may use, is from somebody who may do this."""
        try:
            caller = await self.caller(request)
        except Refused:  # the hub starts
            return False
        return caller is not None and caller.role.includes(access)

    async def _with_token(self, shown: str) -> Caller | None:
        if not shown:
            return None
        if self.machine and hmac.compare_digest(digest(shown), self.machine):
            return Caller(role=Access.OWNER, by="machine", name="this machine")
        people = self.known_people()
        found = people.keys.find("token", shown)
        account = None if found is None else people.account(found.account)
        if found is None or account is None:
            return None
        await people.keys.touch(found)
        most, own = _ROLE_OF_SCOPE[found.scope], Access(account.role)
        return Caller(
            role=most if own.includes(most) else own,
            by="token",
            account=account.id,
            name=account.name,
            credential=found.id,
            writes=found.scope != "read",
        )

    def _stranger(self) -> Refused:
        """The one answer to everybody who is not known, whatever they asked for."""
        if self.accounts and self.people is not None and not self.people.owned:
            # Only where another device may make the owner: a page that is told so asks for the code.
            return Refused(401, "unowned", "this home has no owner yet", "POST /api/v1/setup with the hub's code")
        return Refused(401, "unauthenticated", "log in first", "POST /api/v1/login, or show a token")


def _of_our_page(request: web.Request, caller: Caller) -> None:
    # A browser sends the cookie for whatever page asks; only our own page knows this.
    shown = request.headers.getall(PAGE_TOKEN, [])
    if len(shown) != 1 or not hmac.compare_digest(digest(shown[0]), digest(caller.page_token)):
        raise Refused(
            403, "page_token", f"{PAGE_TOKEN} is missing or not the one", "send what GET /api/v1/me says", close=True
        )
