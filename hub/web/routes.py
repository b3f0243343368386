"""A route, declared once: from this come the server's table, its access checks and the OpenAPI description."""

import enum
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from msgspec import Struct

from hub.core.errors import UsageError


class Access(enum.Enum):
    """Who may use a route: people with this role and those above it. A route without a rule cannot be made."""

    PUBLIC = "public"
    """Whoever reaches the port. Says nothing about the household."""
    GUEST = "guest"
    """Somebody who is let in for a while: sees things and switches what needs no yes."""
    MEMBER = "member"
    """Somebody who lives here: also speaks to the hub, sees who is where and what happened."""
    ADMIN = "admin"
    """Somebody who looks after the hub: settings, hubs, learning, accounts of members and guests."""
    OWNER = "owner"
    """Whose home it is: everything."""

    def includes(self, other: "Access") -> bool:
        """Whether who has this role may do what `other` asks for."""
        return _ORDER[self] >= _ORDER[other]


_ORDER = {access: number for number, access in enumerate(Access)}

Answer = Callable[[web.Request], Awaitable[Any]]
"""Handles a request: returns a response, or a struct to be sent as JSON; raises `HearthError`."""


class Route(Struct, frozen=True, kw_only=True):
    """One method of one path.

    `request` is the struct of the JSON body, `query` of the query string, `response` of the JSON answer (None: not
    JSON, `content` says what). A body that is not JSON has no `request`; `takes` says what it is.
    """

    method: str
    path: str
    access: Access
    summary: str
    handler: Answer
    request: type[Struct] | None = None
    takes: str = "application/json"
    query: type[Struct] | None = None
    response: type[Struct] | None = None
    content: str = "application/json"
    socket: bool = False
    """Whether it becomes a WebSocket, which the page's own origin alone may open."""
    acts: bool = False
    """Whether things are done by it though it is a GET: who may only read may not."""

    @property
    def writes(self) -> bool:
        """Whether it takes somebody who may change things."""
        return self.method != "GET" or self.acts

    def __post_init__(self) -> None:
        if not isinstance(self.access, Access):
            raise UsageError(f"{self.method} {self.path} has no access rule", remedy="give it one of Access")
        has_body = (self.request is not None) != (self.takes != "application/json")
        if self.method not in ("GET", "POST") or (self.method == "POST") != has_body:
            raise UsageError(f"{self.method} {self.path} is not a GET, or a POST with a body of one kind")
