"""Who sends a request."""

from typing import Final, Literal

from aiohttp import web
from msgspec import Struct

from hub.web.routes import Access


class Caller(Struct, frozen=True, kw_only=True):
    """Who a request is from, and what they may do.

    `by` says how they are known: `session` (a browser that logged in), `token` (a program's), `machine` (a command on
    the hub's own machine), or `open` (whoever sits at this machine, while the home has no accounts).
    """

    role: Access
    by: Literal["session", "token", "machine", "open"]
    account: str = ""
    """The account's id; empty for a machine, and where there are none."""
    name: str = ""
    credential: str = ""
    """The id of the session or token."""
    writes: bool = True
    """Whether they may change anything at all: a token to read may not, whatever its account may."""
    page_token: str = ""
    """What a page must send along, so that no other page can use the browser's cookie."""
    ends: float | None = None
    """When the session is over at the latest, UTC seconds."""


CALLER: Final = web.RequestKey("hearth_caller", Caller)
"""Set on every request that reaches a route which is not public."""
