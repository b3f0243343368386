"""The route about what was said of late: /api/v1/turns."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hub.core.events import Value
from hub.web.bodies import read_query
from hub.web.failures import ready
from hub.web.routes import Access, Route
from hub.web.wire import Id


class TurnReader(Protocol):
    """Remembers what was said; what it gives fits `TurnResponse`."""

    async def turns(self, limit: int = 50, before: int | None = None) -> Sequence[Any]:
        """The newest turns that began before the event `before`, newest first."""
        ...


class TurnsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many, and before which one's id."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    before: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


class DeedResponse(Struct, frozen=True, kw_only=True):
    """Something that was asked of a thing; `code` and `reason` say why it did not happen."""

    entity: str
    trait: str
    value: Value
    code: str
    reason: str


class TurnResponse(Struct, frozen=True, kw_only=True):
    """What was said or shown (`how`: voice, text, gesture), where, and what came of it.

    `wake` and its `score`, `text` and its `confidence` are what was heard; `intents` and `target` what it meant;
    `deeds` what was done; `reply` the answer, `asked` whether it is a question; `reason` why nothing came of it;
    `stages_ms` how long each stage took.
    """

    id: Id
    at: float
    how: str
    area: str
    source: str
    wake: str
    score: float | None
    text: str
    confidence: float | None
    intents: list[str]
    target: list[str]
    deeds: list[DeedResponse]
    reply: str
    asked: bool
    reason: str
    stages_ms: dict[str, float]


class TurnsResponse(Struct, frozen=True):
    """The newest first."""

    turns: list[TurnResponse]


def turn_routes(reader: Callable[[], TurnReader | None]) -> tuple[Route, ...]:
    """The route; `reader` is asked at a request."""

    async def turns(request: web.Request) -> TurnsResponse:
        """GET /api/v1/turns"""
        query = read_query(request, TurnsQuery)
        told = await ready(reader(), "the history").turns(query.limit, query.before)
        return TurnsResponse([_response(turn) for turn in told])

    return (
        Route(method="GET", path="/api/v1/turns", access=Access.MEMBER, summary="What was said of late.",
              handler=turns, query=TurnsQuery, response=TurnsResponse),
    )  # fmt: skip


def _response(turn: Any) -> TurnResponse:
    return msgspec.convert({**msgspec.to_builtins(turn), "id": str(turn.id)}, TurnResponse)
