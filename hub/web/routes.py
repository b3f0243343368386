"""A route, declared once: from this come the server's table, its access checks and the OpenAPI description."""

import enum
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from msgspec import Struct

from hub.core.errors import UsageError


class Access(enum.Enum):
    """Who may use a route. There is no default: a route without a rule cannot be made."""

    PUBLIC = "public"
    """Whoever reaches the port. Says nothing about the household."""
    HOUSEHOLD = "household"
    """The people of this home. Until there are accounts: whoever sits at this machine (a loopback address)."""


Answer = Callable[[web.Request], Awaitable[Any]]
"""Handles a request: returns a response, or a struct to be sent as JSON; raises `HearthError`."""


class Route(Struct, frozen=True, kw_only=True):
    """One method of one path.

    `request` is the struct of the JSON body, `query` of the query string, `response` of the JSON answer (None: not
    JSON, `content` says what).
    """

    method: str
    path: str
    access: Access
    summary: str
    handler: Answer
    request: type[Struct] | None = None
    query: type[Struct] | None = None
    response: type[Struct] | None = None
    content: str = "application/json"

    def __post_init__(self) -> None:
        if not isinstance(self.access, Access):
            raise UsageError(f"{self.method} {self.path} has no access rule", remedy="give it one of Access")
        if self.method not in ("GET", "POST") or (self.method == "POST") != (self.request is not None):
            raise UsageError(f"{self.method} {self.path} is not a GET, or a POST with a request struct")
