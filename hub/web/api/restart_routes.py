"""POST /api/v1/restart: the hub ends cleanly and begins anew, with the settings and files as they are then."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from msgspec import Struct

from hub.web.bodies import read_json
from hub.web.failures import present
from hub.web.routes import Access, Route

Restart = Callable[[], Awaitable[None]]
"""Begin anew soon. Raises `SettingsError` where the hub would not come up again."""


class RestartRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin anew."""


class RestartResponse(Struct, frozen=True, kw_only=True):
    """It will. When /healthz tells of another `run`, it has."""

    run: str


def restart_routes(restart: Callable[[], Restart | None], run: str) -> tuple[Route, ...]:
    """The route; `restart` is asked at each request, `run` is which of the hub's runs this is."""

    async def begin_anew(request: web.Request) -> RestartResponse:
        await read_json(request, RestartRequest)
        await begin(restart())
        return RestartResponse(run=run)

    return (
        Route(method="POST", path="/api/v1/restart", access=Access.ADMIN, summary="End cleanly and begin anew.",
              handler=begin_anew, request=RestartRequest, response=RestartResponse),
    )  # fmt: skip


async def begin(restart: Restart | None) -> None:
    """Have the hub begin anew. Raises `UnavailableError` where nothing would start it."""
    await present(restart, "the hub cannot start itself again now", "wait until it is up, or start it by hand")()
