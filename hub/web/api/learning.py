"""The routes about what the hub learns from use: /api/v1/learning."""

from collections.abc import Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.web.api.ports.learning import LearningKeeper
from hub.web.bodies import read_json
from hub.web.failures import present
from hub.web.routes import Access, Route


class RoundResponse(Struct, frozen=True, kw_only=True):
    """What came of a round here: `outcome` is merged, own, alone or given up, and `reason` why it was not merged.

    `members` took part, the updates of those `counted` are in the result, those `out` were voted to do harm. Of `held`
    examples that were not learnt from, so many were `right_before` and are `right`, at a loss of `before` and `after`.
    `at`: UTC seconds; 0 when not kept yet.
    """

    kind: str
    round: int
    outcome: str
    reason: str
    members: tuple[str, ...]
    counted: tuple[str, ...]
    out: tuple[str, ...]
    held: int
    before: float
    after: float
    right_before: int
    right: int
    bytes_sent: int
    at: float


class KindResponse(Struct, frozen=True, kw_only=True):
    """What is kept of a kind: how many examples, their size, when the oldest came (UTC seconds), the last round.

    `rounds` are the newest ones, the last one last.
    """

    kind: str
    examples: int
    bytes: int
    oldest: float | None
    enough: bool
    round: int
    last: RoundResponse | None
    rounds: list[RoundResponse]


class LearningResponse(Struct, frozen=True, kw_only=True):
    """Every kind that the hub can learn."""

    kinds: list[KindResponse]


class RoundRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Learn this kind now, together with the other hubs where there are enough."""

    kind: str = "gesture"


class ForgetRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Forget this kind; empty: all, and throw the key away."""

    kind: str = ""


class ForgottenResponse(Struct, frozen=True, kw_only=True):
    """How many examples are gone."""

    kind: str
    forgotten: int


def learning_routes(keeper: Callable[[], LearningKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""
    handlers = _Handlers(keeper)
    member, admin = Access.MEMBER, Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/learning", access=member, summary="What is kept to learn from.",
              handler=handlers.status, response=LearningResponse),
        Route(method="POST", path="/api/v1/learning/round", access=admin, summary="Learn now, with other hubs.",
              handler=handlers.round, request=RoundRequest, response=RoundResponse),
        Route(method="POST", path="/api/v1/learning/forget", access=admin, summary="Forget what was learnt.",
              handler=handlers.forget, request=ForgetRequest, response=ForgottenResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], LearningKeeper | None]) -> None:
        self._asked = keeper

    def _keeper(self) -> LearningKeeper:
        remedy = "wait until it is up; [learning] enabled in hearth.toml must not be off"
        return present(self._asked(), "this hub does not learn, or not yet", remedy)

    async def status(self, _request: web.Request) -> LearningResponse:
        kinds = await self._keeper().status()
        return LearningResponse(kinds=[msgspec.convert(kind, KindResponse, from_attributes=True) for kind in kinds])

    async def round(self, request: web.Request) -> RoundResponse:
        asked = await read_json(request, RoundRequest)
        report = await self._keeper().round(asked.kind)
        return msgspec.convert(report, RoundResponse, from_attributes=True)

    async def forget(self, request: web.Request) -> ForgottenResponse:
        asked = await read_json(request, ForgetRequest)
        return ForgottenResponse(kind=asked.kind, forgotten=await self._keeper().forget(asked.kind))
